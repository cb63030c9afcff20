package io.dcmix.core.screening;

import io.dcmix.schema.event.AlertKind;
import io.dcmix.schema.event.AlertSeverity;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something that is wrong with a plate now.
 *
 * @param timepoint 0-based; null where it concerns all
 * @param channel null where it concerns none in particular
 * @param wells those that show it, first ones first
 * @param value what was measured; null where nothing was
 * @param threshold what it was held against
 * @param message what happened, for people
 * @param remedy what to do about it
 */
public record AlertCondition(
    AlertKind kind, AlertSeverity severity, @Nullable Integer timepoint, @Nullable String channel, List<String> wells, @Nullable Double value,
    @Nullable Double threshold, String message, String remedy) {
  /** Wells that an alert names. */
  public static final int MAX_WELLS = 10;

  public AlertCondition {
    wells = wells.stream().limit(MAX_WELLS).toList();
  }

  /** Names what is wrong within a plate's acquisition: kind, timepoint, channel. */
  public String id() {
    return id(kind, timepoint, channel);
  }

  static String id(AlertKind kind, @Nullable Integer timepoint, @Nullable String channel) {
    return kind + (timepoint == null ? "" : "/" + timepoint) + (channel == null ? "" : "/" + channel);
  }
}
