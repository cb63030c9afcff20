package io.dcmix.streams;

import io.dcmix.core.scoring.ExplainPolicy;
import io.dcmix.streams.plate.ImportanceConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What is made of the images: everything that changes results rather than how fast they come. Start from {@link #DEFAULT} and
 * change what differs.
 *
 * @param explain which wells get their leave-one-out importance, at the cost of one more pass a channel
 * @param wellDeadline a well without all its sites ends this long after its last image
 * @param lateWindow how long after its last image a finished well can still be corrected
 * @param importance windows of channel importance
 */
public record ScreeningConfig(ExplainPolicy explain, Duration wellDeadline, Duration lateWindow, ImportanceConfig importance) {
  public static final ScreeningConfig DEFAULT =
      new ScreeningConfig(ExplainPolicy.ALL, Duration.ofMinutes(30), Duration.ofHours(24), ImportanceConfig.DEFAULT);

  public ScreeningConfig withExplain(ExplainPolicy wanted) {
    return new ScreeningConfig(wanted, wellDeadline, lateWindow, importance);
  }

  public ScreeningConfig withWellDeadline(Duration deadline) {
    return new ScreeningConfig(explain, deadline, lateWindow, importance);
  }

  public ScreeningConfig withImportance(ImportanceConfig wanted) {
    return new ScreeningConfig(explain, wellDeadline, lateWindow, wanted);
  }

  /** What is wrong with the settings, each with its remedy; empty if nothing is. */
  List<String> problems() {
    List<String> problems = new ArrayList<>();
    if (wellDeadline.compareTo(lateWindow) > 0) {
      problems.add("the well deadline (" + wellDeadline + ") is longer than the late window (" + lateWindow + "): shorten it");
    }
    return problems;
  }
}
