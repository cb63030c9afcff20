package io.dcmix.training.report.page;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Gives each name a hue that it keeps on the whole page. Hues are told apart with all common kinds of colour blindness; what they look like,
 * in light and dark, stands in {@code page.css} as classes {@code h0} to {@code h7}.
 */
public final class Palette {
  private static final int HUES = 8;
  // The same eight hues bright enough for a black ground.
  private static final int[] TINTS = {0x56b4e9, 0xff8a4c, 0x3ddbb0, 0xe08fd9, 0xe3c13a, 0xff77a8, 0x9d92ff, 0xaab4c2};

  private final Set<String> channels;
  private final Map<String, Integer> places = new HashMap<>();

  Palette(List<String> channels) {
    this.channels = Set.copyOf(new HashSet<>(channels));
    for (String channel : channels) {
      places.putIfAbsent(channel, places.size());
    }
  }

  /** Pseudo colour, red-green-blue, for the picture of a channel; it goes with the hue of the channel's lines and bars. */
  public static int tint(int channel) {
    return TINTS[Math.floorMod(channel, HUES)];
  }

  boolean isChannel(String name) {
    return channels.contains(name);
  }

  /**
   * Style classes for the names of one chart, in their order. A new name gets a hue that neither the chart uses yet nor a channel has, if there is
   * one, else one that the chart does not use yet.
   */
  List<String> classes(Collection<String> names) {
    for (String name : names) {
      if (!places.containsKey(name)) {
        Set<Integer> used = new HashSet<>();
        names.stream().filter(places::containsKey).forEach(n -> used.add(places.getOrDefault(n, 0) % HUES));
        Set<Integer> better = new HashSet<>(used);
        channels.forEach(c -> better.add(places.getOrDefault(c, 0) % HUES));
        Set<Integer> avoided = better.size() < HUES ? better : used;
        int place = places.size();
        while (avoided.size() < HUES && avoided.contains(place % HUES)) {
          place++;
        }
        places.put(name, place);
      }
    }
    List<String> classes = new ArrayList<>();
    for (String name : names) {
      int place = places.getOrDefault(name, 0);
      classes.add("h" + place % HUES + (place >= HUES && isChannel(name) ? " again" : "")); // with many channels a hue comes again, dashed
    }
    return classes;
  }
}
