package io.dcmix.streams;

import io.dcmix.core.quality.QualityPolicy;
import io.dcmix.core.scoring.ExplainPolicy;
import io.dcmix.core.wells.FocalPolicy;
import io.dcmix.streams.plate.DecisionConfig;
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
 * @param plateRetention how long after the last result of a plate its wells are kept, so that they can be corrected and a late layout counts
 * @param importance windows of channel importance
 * @param minSites a well of which fewer sites could be scored fails, 1 or more
 * @param focal which focal planes make an image
 * @param quality what counts as a bad image and what is done about it
 * @param decisions hit calls, plate quality and alerts
 */
public record ScreeningConfig(
    ExplainPolicy explain,
    Duration wellDeadline,
    Duration lateWindow,
    Duration plateRetention,
    ImportanceConfig importance,
    int minSites,
    FocalPolicy focal,
    QualityPolicy quality,
    DecisionConfig decisions) {
  public static final ScreeningConfig DEFAULT = new ScreeningConfig(
      ExplainPolicy.ALL,
      Duration.ofMinutes(30),
      Duration.ofHours(24),
      Duration.ofDays(30),
      ImportanceConfig.DEFAULT,
      1,
      FocalPolicy.DEFAULT,
      QualityPolicy.DEFAULT,
      DecisionConfig.DEFAULT);

  public ScreeningConfig withExplain(ExplainPolicy wanted) {
    return new ScreeningConfig(wanted, wellDeadline, lateWindow, plateRetention, importance, minSites, focal, quality, decisions);
  }

  public ScreeningConfig withWellDeadline(Duration deadline) {
    return new ScreeningConfig(explain, deadline, lateWindow, plateRetention, importance, minSites, focal, quality, decisions);
  }

  public ScreeningConfig withLateWindow(Duration window) {
    return new ScreeningConfig(explain, wellDeadline, window, plateRetention, importance, minSites, focal, quality, decisions);
  }

  public ScreeningConfig withPlateRetention(Duration retention) {
    return new ScreeningConfig(explain, wellDeadline, lateWindow, retention, importance, minSites, focal, quality, decisions);
  }

  public ScreeningConfig withImportance(ImportanceConfig wanted) {
    return new ScreeningConfig(explain, wellDeadline, lateWindow, plateRetention, wanted, minSites, focal, quality, decisions);
  }

  public ScreeningConfig withMinSites(int sites) {
    return new ScreeningConfig(explain, wellDeadline, lateWindow, plateRetention, importance, sites, focal, quality, decisions);
  }

  public ScreeningConfig withFocal(FocalPolicy wanted) {
    return new ScreeningConfig(explain, wellDeadline, lateWindow, plateRetention, importance, minSites, wanted, quality, decisions);
  }

  public ScreeningConfig withQuality(QualityPolicy wanted) {
    return new ScreeningConfig(explain, wellDeadline, lateWindow, plateRetention, importance, minSites, focal, wanted, decisions);
  }

  public ScreeningConfig withDecisions(DecisionConfig wanted) {
    return new ScreeningConfig(explain, wellDeadline, lateWindow, plateRetention, importance, minSites, focal, quality, wanted);
  }

  /** What is wrong with the settings, each with its remedy; empty if nothing is. */
  List<String> problems() {
    List<String> problems = new ArrayList<>();
    if (wellDeadline.compareTo(lateWindow) > 0) {
      problems.add("the well deadline (" + wellDeadline + ") is longer than the late window (" + lateWindow + "): shorten it");
    }
    if (plateRetention.compareTo(lateWindow) < 0) {
      problems.add("the plate retention (" + plateRetention + ") is shorter than the late window (" + lateWindow
          + "): a late image would find its plate forgotten; lengthen it");
    }
    if (minSites < 1) {
      problems.add("a well needs at least one scored site, not " + minSites);
    }
    problems.addAll(quality.problems());
    return problems;
  }
}
