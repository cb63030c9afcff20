package io.dcmix.core.archive.layout;

import io.dcmix.core.archive.ArchiveException;
import io.dcmix.core.archive.ArchiveOptions;
import io.dcmix.core.archive.Findings;
import io.dcmix.core.archive.FolderScan;
import io.dcmix.core.archive.PlateIndex;
import io.dcmix.core.archive.Shown;
import io.dcmix.schema.PlateKey;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What {@link ArchiveOptions} mean, the same in every layout. */
final class Chosen {
  private Chosen() {}

  /**
   * The plates that are asked for, by their keys. A barcode or acquisition that is given names the only one, or chooses among
   * several.
   *
   * @throws ArchiveException if what is asked for is not among several
   */
  static List<PlateIndex> plates(List<PlateIndex> all, FolderScan folder, ArchiveOptions options, Findings findings) throws ArchiveException {
    List<PlateIndex> plates = one(all, options.plate(), "plate", PlateKey::plate,
        key -> new PlateKey(String.valueOf(options.plate()), key.acquisition()), folder, findings);
    plates = one(plates, options.acquisition(), "acquisition", PlateKey::acquisition,
        key -> new PlateKey(key.plate(), String.valueOf(options.acquisition())), folder, findings);
    return plates.stream().sorted(Comparator.comparing((PlateIndex p) -> p.key().plate()).thenComparing(p -> p.key().acquisition())).toList();
  }

  /**
   * One of the readings that a layout knows.
   *
   * @param readings the first is taken if nothing is chosen
   */
  static String reading(ArchiveOptions options, String name, String... readings) throws ArchiveException {
    String chosen = options.choices().getOrDefault(name, readings[0]);
    if (!Arrays.asList(readings).contains(chosen)) {
      throw new ArchiveException("The choice " + name + "=" + Shown.of(chosen), "must be one of " + Arrays.toString(readings));
    }
    return chosen;
  }

  /**
   * The names that channels go by. Of several with one name each gets its number behind it, because planes are told apart by
   * the name alone.
   *
   * @param names by the number or text that the archive tells them apart by, in its order
   * @throws ArchiveException if two are given the same name
   */
  static <K> Map<K, String> channels(Map<K, String> names, FolderScan folder, ArchiveOptions options, Findings findings) throws ArchiveException {
    Map<String, Integer> counts = new HashMap<>();
    names.values().forEach(name -> counts.merge(name, 1, Integer::sum));
    Map<K, String> channels = new LinkedHashMap<>();
    Set<String> taken = new HashSet<>();
    for (Map.Entry<K, String> channel : names.entrySet()) {
      boolean twin = counts.getOrDefault(channel.getValue(), 1) > 1;
      String own = twin ? channel.getValue() + " (" + channel.getKey() + ")" : channel.getValue();
      String name = options.channel(own);
      if (twin) {
        findings.choice("two channels are called '%s'; this one goes by '%s'".formatted(Shown.of(channel.getValue()), Shown.of(name)),
            "another name for the channel '" + Shown.of(own) + "'");
      }
      if (!taken.add(name)) {
        throw new ArchiveException("Archive " + folder.root(), "has two channels that are to be called '" + Shown.of(name) + "'");
      }
      channels.put(channel.getKey(), name);
    }
    return channels;
  }

  private static List<PlateIndex> one(
      List<PlateIndex> plates, @Nullable String wanted, String what, Function<PlateKey, String> part, Function<PlateKey, PlateKey> renamed,
      FolderScan folder, Findings findings) throws ArchiveException {
    if (wanted == null) {
      return plates;
    }
    List<String> there = plates.stream().map(p -> part.apply(p.key())).distinct().sorted().toList();
    if (there.contains(wanted)) {
      return plates.stream().filter(p -> part.apply(p.key()).equals(wanted)).toList();
    }
    if (there.size() != 1) {
      throw new ArchiveException("Archive " + folder.root(), "has no %s %s; there are %d, such as %s".formatted(
          what, Shown.of(wanted), there.size(), there.stream().limit(10).map(Shown::of).toList()));
    }
    findings.choice("the archive calls the %s '%s'; it goes by '%s', as told".formatted(what, Shown.of(there.getFirst()), Shown.of(wanted)),
        "no other name for the " + what);
    return plates.stream().map(p -> new PlateIndex(
        renamed.apply(p.key()), p.format(), p.instrument(), p.channels(), p.planes(), p.absent(), p.map())).toList();
  }
}
