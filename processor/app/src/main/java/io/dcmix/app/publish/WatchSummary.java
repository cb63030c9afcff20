package io.dcmix.app.publish;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dcmix.app.Amount;
import io.dcmix.core.archive.AbsentPlane;
import io.dcmix.schema.PlateKey;
import io.dcmix.schema.event.AcquisitionStatus;
import java.util.List;
import java.util.Locale;

/**
 * What came of following folders. Pure.
 *
 * @param plates in the order in which they appeared
 * @param problem why there is none; empty if there is one
 */
record WatchSummary(String lane, List<Plate> plates, String problem, double seconds) {
  private static final int ABANDONED = 4;

  /**
   * What was published of a plate.
   *
   * @param images number of image events
   * @param wells number of wells with at least one
   * @param before planes that earlier publishers had sent piece by piece
   * @param absent planes that were promised and did not come, each with its reason
   * @param warnings what a person should look at
   */
  record Plate(
      PlateKey key, AcquisitionStatus status, long images, int wells, long bytes, long before, List<AbsentPlane> absent, List<String> warnings,
      boolean changed) {}

  WatchSummary {
    plates = List.copyOf(plates);
  }

  int exitCode() {
    return plates.stream().anyMatch(Plate::changed) ? 1
        : plates.isEmpty() || plates.stream().anyMatch(plate -> plate.status == AcquisitionStatus.ABORTED) ? ABANDONED : 0;
  }

  String text() {
    StringBuilder text = new StringBuilder();
    for (Plate plate : plates) {
      text.append("  Plate %s, run %s: %s, %,d images of %,d wells published%s%n".formatted(plate.key.plate(), plate.key.acquisition(),
          plate.status == AcquisitionStatus.ABORTED ? "aborted, because nothing more came" : "finished", plate.images, plate.wells,
          plate.before == 0 ? "" : ", %,d images before".formatted(plate.before)));
      if (!plate.absent.isEmpty()) {
        text.append("    Absent   %,d planes, such as %s: %s%n".formatted(plate.absent.size(), plate.absent.getFirst().id(), plate.absent.getFirst().reason()));
      }
      plate.warnings.forEach(warning -> text.append("    Note     ").append(warning).append('\n'));
    }
    if (plates.isEmpty()) {
      text.append("  No plate came: ").append(problem).append('\n');
    }
    long bytes = plates.stream().mapToLong(Plate::bytes).sum();
    if (bytes > 0) {
      text.append(String.format(Locale.ROOT, "  Lane %s  %s in %.0f s%n", lane, Amount.text(bytes), seconds));
    }
    return text.toString();
  }

  ObjectNode json(ObjectMapper mapper) {
    ObjectNode root = mapper.createObjectNode().put("lane", lane).put("seconds", seconds)
        .put("images", plates.stream().mapToLong(Plate::images).sum()).put("bytes", plates.stream().mapToLong(Plate::bytes).sum());
    ArrayNode each = root.putArray("plates");
    for (Plate plate : plates) {
      ObjectNode node = each.addObject().put("plate", plate.key.plate()).put("acquisition", plate.key.acquisition())
          .put("status", plate.status.name()).put("images", plate.images).put("wells", plate.wells).put("bytes", plate.bytes)
          .put("imagesBefore", plate.before);
      ArrayNode absent = node.putArray("absent");
      plate.absent.forEach(plane -> absent.addObject().put("well", plane.id().well().toString()).put("site", plane.id().site())
          .put("channel", plane.id().channel()).put("timepoint", plane.id().timepoint()).put("z", plane.id().z())
          .put("kind", plane.kind().name()).put("reason", plane.reason()));
      ArrayNode warnings = node.putArray("warnings");
      plate.warnings.forEach(warnings::add);
    }
    if (plates.isEmpty()) {
      root.put("problem", problem);
    }
    return root;
  }
}
