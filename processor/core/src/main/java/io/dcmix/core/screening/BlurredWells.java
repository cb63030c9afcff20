package io.dcmix.core.screening;

import io.dcmix.schema.event.WellFlag;
import io.dcmix.schema.event.WellStatus;
import io.dcmix.schema.state.PlateRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Marks the wells that are blurred by the measure of their plate: in one channel, at one timepoint, much less sharp than the
 * others ({@link FocusOutliers}). A well alone cannot tell, because a focus score means nothing without its plate.
 */
public final class BlurredWells {
  private BlurredWells() {}

  /**
   * The rows in their order; those that are blurred as copies with the flag BLURRED and the channel named among the bad ones, unless
   * something graver is said of it.
   *
   * @param rows of one acquisition; not changed
   */
  public static List<PlateRow> marked(List<PlateRow> rows) {
    List<PlateRow> marked = new ArrayList<>(rows);
    SortedMap<Integer, List<Integer>> timepoints = new TreeMap<>();
    for (int i = 0; i < rows.size(); i++) {
      PlateRow row = rows.get(i);
      if (!row.getFailed() && row.getStatus() == WellStatus.SCORED && row.getChannelFocus().size() == row.getChannels().size()) {
        timepoints.computeIfAbsent(row.getTimepoint(), t -> new ArrayList<>()).add(i);
      }
    }
    timepoints.values().forEach(indexes -> mark(marked, indexes));
    return marked;
  }

  private static void mark(List<PlateRow> rows, List<Integer> indexes) {
    Set<String> channels = indexes.stream().flatMap(i -> rows.get(i).getChannels().stream()).collect(Collectors.toCollection(TreeSet::new));
    for (String channel : channels) {
      double[] z = FocusOutliers.robustZ(indexes.stream().mapToDouble(i -> focus(rows.get(i), channel)).toArray());
      for (int k = 0; k < z.length; k++) {
        if (z[k] < FocusOutliers.BLURRED_BELOW) {
          rows.set(indexes.get(k), blurred(rows.get(indexes.get(k)), channel));
        }
      }
    }
  }

  private static double focus(PlateRow row, String channel) {
    int c = row.getChannels().indexOf(channel);
    return c < 0 ? Double.NaN : row.getChannelFocus().get(c);
  }

  private static PlateRow blurred(PlateRow row, String channel) {
    SortedSet<WellFlag> flags = new TreeSet<>(row.getFlags());
    flags.add(WellFlag.BLURRED);
    Map<String, String> bad = new TreeMap<>(row.getBadChannels());
    bad.putIfAbsent(channel, WellFlag.BLURRED.name());
    return PlateRow.newBuilder(row).setFlags(List.copyOf(flags)).setBadChannels(bad).build();
  }
}
