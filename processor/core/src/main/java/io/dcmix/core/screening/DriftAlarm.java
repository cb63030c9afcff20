package io.dcmix.core.screening;

import io.dcmix.schema.event.AlertKind;
import io.dcmix.schema.event.AlertSeverity;
import io.dcmix.schema.event.ChannelImportance;
import io.dcmix.schema.event.ChannelStatistics;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * When the contributions on a plate have drifted so far that a person should look: a pure function of the plate's importance and of
 * what was raised before. Shares sum to 1, so where one channel moves the others do too: one alert a plate, of the channel that moved
 * most. It stays with that channel until that one is clearly back, so that it does not change its name with every well.
 */
public final class DriftAlarm {
  /** What was raised is over below this part of the threshold. */
  private static final double CLEARLY_BELOW = 0.8;

  private DriftAlarm() {}

  /**
   * What is wrong now: nothing, or one condition.
   *
   * @param plate importance of the plate; null when it has none
   * @param wells fewer wells than that alarm nobody
   * @param threshold SDs beyond which drift is an alert
   * @param raised ids of what is raised of this plate
   */
  public static List<AlertCondition> of(@Nullable ChannelImportance plate, int wells, double threshold, Set<String> raised) {
    if (plate == null) {
      return List.of();
    }
    Optional<ChannelStatistics> held = plate.getChannels().stream()
        .filter(channel -> raised.contains(id(channel)) && Math.abs(furthest(channel)) >= CLEARLY_BELOW * threshold).findFirst();
    Optional<ChannelStatistics> fresh = plate.getWells() < wells ? Optional.empty() : plate.getChannels().stream()
        .max(Comparator.comparingDouble(channel -> Math.abs(furthest(channel)))).filter(channel -> Math.abs(furthest(channel)) > threshold);
    return held.or(() -> fresh).map(channel -> List.of(condition(channel, plate.getWells(), wells, threshold))).orElse(List.of());
  }

  private static String id(ChannelStatistics channel) {
    return AlertCondition.id(AlertKind.CHANNEL_DRIFT, null, channel.getChannel());
  }

  /** The larger of the two drifts, with its sign; 0 when neither is known. */
  private static double furthest(ChannelStatistics channel) {
    return isOfStart(channel) ? orZero(channel.getDriftFromStart()) : orZero(channel.getDrift());
  }

  private static boolean isOfStart(ChannelStatistics channel) {
    return Math.abs(orZero(channel.getDriftFromStart())) > Math.abs(orZero(channel.getDrift()));
  }

  private static double orZero(@Nullable Double value) {
    return value == null ? 0 : value;
  }

  private static AlertCondition condition(ChannelStatistics channel, long plateWells, int wells, double threshold) {
    double drift = furthest(channel);
    String moved = String.format(Locale.ROOT, "%.1f SDs %s", Math.abs(drift), drift > 0 ? "above" : "below");
    String message = isOfStart(channel)
        ? String.format(Locale.ROOT, "Channel %s contributes %s what it did at the plate's start: its newest %d wells against its first %d",
            channel.getChannel(), moved, wells, wells)
        : String.format(Locale.ROOT, "Channel %s makes up %.1f %% of the blended image over %d wells, %s the wells that the model was trained on",
            channel.getChannel(), 100 * channel.getContribution().getMean(), plateWells, moved);
    return new AlertCondition(AlertKind.CHANNEL_DRIFT, AlertSeverity.WARNING, null, channel.getChannel(), List.of(), drift, threshold, message,
        "Look at this channel's images, exposure and staining, and at the lamp. If the assay was changed on purpose, train on wells of the new one.");
  }
}
