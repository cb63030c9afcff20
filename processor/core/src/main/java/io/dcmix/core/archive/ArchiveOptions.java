package io.dcmix.core.archive;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.zone.ZoneRules;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a person knows better than the archive.
 *
 * @param plate barcode of the only plate, or of the one to be read; null takes what the archive says
 * @param acquisition id of the imaging run; null takes what the archive says
 * @param zone where the microscope's clock hangs; null where nobody knows: local times are then kept as text only
 * @param channels other names of channels, by the archive's own; what is not here keeps its name
 * @param choices which of two readings is taken, by the name that the findings give it: {@code projections=only}
 */
public record ArchiveOptions(
    @Nullable String plate, @Nullable String acquisition, @Nullable ZoneId zone, Map<String, String> channels, Map<String, String> choices) {
  /** The archive is right. */
  public static final ArchiveOptions NONE = new ArchiveOptions(null, null, null, Map.of(), Map.of());

  public ArchiveOptions {
    channels = Map.copyOf(channels);
    choices = Map.copyOf(choices);
  }

  /** The name that a channel goes by. */
  public String channel(String archiveName) {
    return channels.getOrDefault(archiveName, archiveName);
  }

  /** The instant of a local time; null without a zone, and for a time that comes twice or never as clocks are changed. */
  public @Nullable Instant instant(LocalDateTime local) {
    if (zone == null) {
      return null;
    }
    ZoneRules rules = zone.getRules();
    return rules.getValidOffsets(local).size() == 1 ? local.toInstant(rules.getOffset(local)) : null;
  }
}
