package io.dcmix.core.screening;

import io.dcmix.schema.event.AcquisitionStatus;
import io.dcmix.schema.event.AlertKind;
import io.dcmix.schema.event.AlertSeverity;
import io.dcmix.schema.event.CallFlag;
import io.dcmix.schema.event.PlateQuality;
import io.dcmix.schema.event.WellFlag;
import io.dcmix.schema.state.PlateRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong with a plate: a pure function of the plate, what was evaluated of it, and what was raised before. What was raised
 * stays so until it is clearly over, so that a value at its threshold does not raise and resolve in turn. docs/hit-calls.md says
 * the conditions in words.
 */
public final class PlateAlerts {
  /** Z′ must be so much above the gate for its alert to be resolved. */
  private static final double Z_PRIME_MARGIN = 0.1;

  /** Any other value must fall below this part of its threshold. */
  private static final double CLEARLY_BELOW = 0.8;

  private final AlertRules rules;
  private final PlateView plate;
  private final Set<String> raised;
  private final List<AlertCondition> found = new ArrayList<>();

  private PlateAlerts(AlertRules rules, PlateView plate, Set<String> raised) {
    this.rules = rules;
    this.plate = plate;
    this.raised = raised;
  }

  /**
   * What is wrong now.
   *
   * @param evaluations by timepoint
   * @param rules by which they were evaluated
   * @param silent whether nothing came of a started acquisition for too long
   * @param raised ids of what is raised
   */
  public static List<AlertCondition> of(
      PlateView plate, SortedMap<Integer, PlateEvaluation> evaluations, HitRules rules, boolean silent, Set<String> raised) {
    PlateAlerts alerts = new PlateAlerts(rules.alerts(), plate, raised);
    evaluations.values().forEach(evaluation -> alerts.quality(evaluation, rules));
    alerts.channel(AlertKind.BLANK_CHANNEL, WellFlag.BLANK_CHANNEL, "is blank",
        "Check the lamp, the filter and the staining of this channel, and image the plate again.");
    alerts.channel(AlertKind.SATURATED_CHANNEL, WellFlag.SATURATED_CHANNEL, "is saturated", "Shorten the exposure of this channel and image the plate again.");
    alerts.channel(AlertKind.BLURRED, WellFlag.BLURRED, "is out of focus", "Check the autofocus and the channel's focal offset, and image the plate again.");
    alerts.identicalChannels();
    alerts.swappedChannels();
    alerts.failures();
    alerts.mixedModels();
    alerts.acquisition(silent);
    return List.copyOf(alerts.found);
  }

  private void quality(PlateEvaluation evaluation, HitRules hitRules) {
    PlateQuality q = evaluation.quality();
    int t = q.getTimepoint();
    Double zPrime = q.getZPrime();
    double gate = rules.zPrime() + (isRaised(AlertKind.PLATE_QUALITY, t, null) ? Z_PRIME_MARGIN : 0);
    if (zPrime != null && Math.min(q.getPositiveControls(), q.getNegativeControls()) >= rules.minControls() && zPrime < gate) {
      add(AlertKind.PLATE_QUALITY, AlertSeverity.CRITICAL, t, null, List.of(), zPrime, rules.zPrime(),
          "Z' is %s, below %s, over %d positive and %d negative controls".formatted(text(zPrime), text(rules.zPrime()), q.getPositiveControls(), q.getNegativeControls()),
          "Look at the controls' images and at the layout; if the controls themselves failed, repeat the plate.");
    }
    Double edge = q.getEdgeEffect();
    if (edge != null && exceeds(Math.abs(edge), rules.edgeEffect(), AlertKind.EDGE_EFFECT, t, null)) {
      add(AlertKind.EDGE_EFFECT, AlertSeverity.WARNING, t, null, List.of(), edge, rules.edgeEffect(),
          "Samples on the plate's edge lie %s scaled MADs %s those inside".formatted(text(Math.abs(edge)), edge > 0 ? "above" : "below"),
          "Be wary of calls on the edge; B-scores take out rows and columns. Against evaporation, leave the edge empty or seal the plate.");
    }
    Double rate = q.getHitRate();
    boolean tooMany = evaluation.calls().stream().anyMatch(call -> call.getFlags().contains(CallFlag.HIT_RATE));
    if (rate != null && (tooMany || (isRaised(AlertKind.HIT_RATE, t, null) && rate >= CLEARLY_BELOW * hitRules.maxHitRate()))) {
      add(AlertKind.HIT_RATE, AlertSeverity.WARNING, t, null, List.of(), rate, hitRules.maxHitRate(),
          "%s %% of the samples are hits, more than %s %%".formatted(text(100 * rate), text(100 * hitRules.maxHitRate())),
          "If the library is not made of hits, check the negative controls and the threshold; scores that rest on the samples are not used on this plate.");
    }
    if (q.getControlsMirrored()) {
      add(AlertKind.CONTROLS_MIRRORED, AlertSeverity.CRITICAL, t, null, List.of(), null, null,
          "The controls do not differ as the layout has them, but do if the plate lay turned by 180 degrees",
          "If it did, publish the layout again with orientation ROTATED_180: all calls are then corrected.");
    }
  }

  private void channel(AlertKind kind, WellFlag flag, String is, String remedy) {
    SortedMap<String, List<String>> wells = new TreeMap<>();
    for (PlateRow row : plate.rows()) {
      row.getBadChannels().forEach((channel, what) -> {
        if (what.equals(flag.name())) {
          wells.computeIfAbsent(channel, c -> new ArrayList<>()).add(row.getWell());
        }
      });
    }
    wells.forEach((channel, bad) -> {
      double share = share(bad.size());
      if (bad.size() >= rules.channelWells() && exceeds(share, rules.channelShare(), kind, null, channel)) {
        add(kind, AlertSeverity.CRITICAL, null, channel, bad, share, rules.channelShare(),
            "Channel %s %s in %d of %d wells".formatted(channel, is, bad.size(), plate.rows().size()), remedy);
      }
    });
  }

  private void identicalChannels() {
    List<String> bad = new ArrayList<>();
    SortedSet<String> channels = new TreeSet<>();
    for (PlateRow row : plate.rows()) {
      List<String> same = row.getBadChannels().entrySet().stream()
          .filter(e -> e.getValue().equals(WellFlag.DUPLICATE_CHANNEL.name())).map(Map.Entry::getKey).toList();
      if (!same.isEmpty()) {
        bad.add(row.getWell());
        channels.addAll(same);
      }
    }
    double share = share(bad.size());
    if (bad.size() >= rules.channelWells() && exceeds(share, rules.channelShare(), AlertKind.CHANNELS_IDENTICAL, null, null)) {
      add(AlertKind.CHANNELS_IDENTICAL, AlertSeverity.CRITICAL, null, null, bad, share, rules.channelShare(),
          "%s in %d of %d wells".formatted(
              channels.size() == 1 ? "Channel " + channels.first() + " has the same bytes as another" : "Channels " + String.join(" and ", channels) + " have the same bytes",
              bad.size(), plate.rows().size()),
          "Check the export: one channel was probably written under two names. Publish the plate again under a new acquisition.");
    }
  }

  private void swappedChannels() {
    for (ChannelSwap.Swap swap : ChannelSwap.find(plate.results(), rules.swapWells())) {
      String pair = swap.first() + " and " + swap.second();
      add(AlertKind.CHANNELS_SWAPPED, AlertSeverity.CRITICAL, null, swap.first() + "," + swap.second(), swap.wells(), (double) swap.wells().size(),
          (double) rules.swapWells(), "In %d wells %s are as bright as the other is in most wells".formatted(swap.wells().size(), pair),
          "Check the channel names of these images; if they are exchanged, publish these wells again under a new acquisition.");
    }
  }

  private void failures() {
    List<String> failed = plate.rows().stream().filter(PlateRow::getFailed).map(PlateRow::getWell).toList();
    double share = share(failed.size());
    if (failed.size() >= rules.failureWells() && exceeds(share, rules.failureShare(), AlertKind.FAILURES, null, null)) {
      add(AlertKind.FAILURES, AlertSeverity.CRITICAL, null, null, failed, share, rules.failureShare(),
          "%d of %d wells have no result".formatted(failed.size(), plate.rows().size()), "The failures of these wells name the reason and what to do.");
    }
  }

  /** Logits of two versions are not on one scale, and scores within a plate compare them. */
  private void mixedModels() {
    SortedMap<String, Long> wells = new TreeMap<>(
        plate.results().stream().collect(Collectors.groupingBy(row -> row.getModelName() + " " + row.getModelVersion(), Collectors.counting())));
    if (wells.size() > 1) {
      add(AlertKind.MODELS_MIXED, AlertSeverity.WARNING, null, null, List.of(), (double) wells.size(), 1.0,
          "Wells of this plate were scored by different versions of the model: " + wells.entrySet().stream()
              .map(entry -> entry.getKey() + " (" + entry.getValue() + " wells)").collect(Collectors.joining(", ")),
          "Do not compare their scores with each other. Score the whole plate with one version: dcmix rescore --plate, into a lane of its own.");
    }
  }

  private void acquisition(boolean silent) {
    var acquisition = plate.acquisition();
    if (acquisition == null) {
      return;
    }
    if (acquisition.getStatus() == AcquisitionStatus.ABORTED) {
      add(AlertKind.ABORTED, AlertSeverity.CRITICAL, null, null, List.of(), null, null,
          "The instrument ended the run early, after %d of %d wells".formatted(wellsSeen(), acquisition.getWells().size()),
          "Look at the instrument, and image the plate again under a new acquisition.");
    }
    if (silent && acquisition.getStatus() == AcquisitionStatus.STARTED && !PlateEvaluator.isComplete(plate)) {
      add(AlertKind.NO_IMAGES, AlertSeverity.CRITICAL, null, null, List.of(), null, (double) rules.silence().toSeconds(),
          "The run started and brings nothing: %d of %d wells are there, nothing new for %d s or more"
              .formatted(wellsSeen(), acquisition.getWells().size(), rules.silence().toSeconds()),
          "Look at the instrument and at the publisher of its images. If the run is over, announce it as finished.");
    }
  }

  private long wellsSeen() {
    return plate.rows().stream().map(PlateRow::getWell).distinct().count();
  }

  private double share(int wells) {
    return plate.rows().isEmpty() ? 0 : (double) wells / plate.rows().size();
  }

  /** Whether the value is beyond its threshold, or was and is not clearly below it. */
  private boolean exceeds(double value, double threshold, AlertKind kind, @Nullable Integer timepoint, @Nullable String channel) {
    return isRaised(kind, timepoint, channel) ? value >= CLEARLY_BELOW * threshold : value > threshold;
  }

  private boolean isRaised(AlertKind kind, @Nullable Integer timepoint, @Nullable String channel) {
    return raised.contains(AlertCondition.id(kind, timepoint, channel));
  }

  private void add(
      AlertKind kind, AlertSeverity severity, @Nullable Integer timepoint, @Nullable String channel, List<String> wells, @Nullable Double value,
      @Nullable Double threshold, String message, String remedy) {
    found.add(new AlertCondition(kind, severity, timepoint, channel, wells, value, threshold, message, remedy));
  }

  private static String text(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }
}
