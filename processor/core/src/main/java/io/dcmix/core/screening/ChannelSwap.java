package io.dcmix.core.screening;

import io.dcmix.schema.state.PlateRow;
import java.util.ArrayList;
import java.util.List;

/**
 * Wells in which two channels look exchanged: each is as bright as the other is on most of the plate.
 *
 * <p>Brightness is log(1 + mean pixel value), so it is about ratios. Two channels are compared only where their medians over the
 * plate lie further apart than {@link #APART} times the scaled MAD of either, and by a factor of 1.5 at least. A well is exchanged
 * where both of its channels lie closer to the other's median than to their own, by {@link #CLOSER} times. The median is that of
 * most wells; if more than half of the plate is exchanged, the others are found, and if all is, nothing is.
 */
final class ChannelSwap {
  static final double APART = 6;
  static final double CLOSER = 3;
  private static final double FACTOR = Math.log(1.5);

  private ChannelSwap() {}

  /** Two channels, and the wells in which they look exchanged. */
  record Swap(String first, String second, List<String> wells) {}

  /**
   * Finds such channels.
   *
   * @param least wells that must look so; twice as many must not
   */
  static List<Swap> find(List<PlateRow> rows, int least) {
    if (rows.isEmpty()) {
      return List.of();
    }
    List<String> channels = rows.getFirst().getChannels();
    List<PlateRow> measured = rows.stream().filter(row -> row.getChannels().equals(channels) && row.getChannelMeans().size() == channels.size()).toList();
    double[][] brightness = new double[channels.size()][];
    for (int c = 0; c < channels.size(); c++) {
      int channel = c;
      brightness[c] = measured.stream().mapToDouble(row -> Math.log1p(Math.max(0, row.getChannelMeans().get(channel)))).toArray();
    }
    List<Swap> swaps = new ArrayList<>();
    for (int i = 0; i < channels.size(); i++) {
      for (int j = i + 1; j < channels.size(); j++) {
        List<String> wells = exchanged(measured, brightness[i], brightness[j]);
        if (wells.size() >= least && measured.size() - wells.size() >= 2 * least) {
          swaps.add(new Swap(channels.get(i), channels.get(j), wells));
        }
      }
    }
    return swaps;
  }

  private static List<String> exchanged(List<PlateRow> rows, double[] a, double[] b) {
    List<String> wells = new ArrayList<>();
    if (rows.isEmpty()) {
      return wells;
    }
    double ofA = SampleStatistics.median(a);
    double ofB = SampleStatistics.median(b);
    double apart = Math.abs(ofA - ofB);
    if (apart < FACTOR || apart <= APART * Math.max(SampleStatistics.scaledMad(a), SampleStatistics.scaledMad(b))) {
      return wells;
    }
    for (int w = 0; w < rows.size(); w++) {
      if (CLOSER * Math.abs(a[w] - ofB) < Math.abs(a[w] - ofA) && CLOSER * Math.abs(b[w] - ofA) < Math.abs(b[w] - ofB)) {
        wells.add(rows.get(w).getWell());
      }
    }
    return wells;
  }
}
