package io.dcmix.app.publish;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dcmix.app.Amount;
import io.dcmix.streams.publish.ArchivePublisher.Published;
import io.dcmix.streams.publish.ChangedWell;
import java.util.List;
import java.util.Locale;

/**
 * What came of publishing. Pure.
 *
 * @param plates in the order in which they were published
 * @param seconds that it took
 */
record PublishSummary(String lane, List<Published> plates, double seconds) {
  private static final int SHOWN = 10;

  PublishSummary {
    plates = List.copyOf(plates);
  }

  /** Whether an archive holds something else now than was published of it. */
  boolean hasChanges() {
    return plates.stream().anyMatch(plate -> !plate.changed().isEmpty());
  }

  String text() {
    StringBuilder text = new StringBuilder();
    for (Published plate : plates) {
      line(text, "  Plate %s, run %s: %s".formatted(plate.key().plate(), plate.key().acquisition(), said(plate)));
      if (!plate.absent().isEmpty()) {
        line(text, "    Absent   %,d planes, such as %s: %s".formatted(
            plate.absent().size(), plate.absent().getFirst().id(), plate.absent().getFirst().reason()));
      }
      plate.changed().stream().limit(SHOWN).forEach(well -> line(text, "    Changed  " + well));
      if (!plate.changed().isEmpty()) {
        line(text, "    %,d wells are not what was published of them. Nothing of them was published again: give the plate another run with --acquisition ID"
            .formatted(plate.changed().size()));
      }
    }
    long bytes = plates.stream().mapToLong(Published::bytes).sum();
    if (bytes > 0) {
      line(text, String.format(Locale.ROOT, "  Lane %s  %s in %.1f s, %.1f MB/s", lane, Amount.text(bytes), seconds, bytes / 1e6 / Math.max(seconds, 1e-3)));
    }
    return text.toString();
  }

  private static String said(Published plate) {
    String now = "%,d images of %,d wells published".formatted(plate.images(), plate.wells());
    if (plate.nothingToDo()) {
      return "nothing to do, all %,d images of %,d wells were published before".formatted(plate.imagesBefore(), plate.wellsBefore());
    }
    return plate.wellsBefore() == 0 ? now : now + ", %,d of %,d wells before".formatted(plate.imagesBefore(), plate.wellsBefore());
  }

  ObjectNode json(ObjectMapper mapper) {
    ObjectNode root = mapper.createObjectNode().put("lane", lane).put("seconds", seconds)
        .put("images", plates.stream().mapToLong(Published::images).sum()).put("bytes", plates.stream().mapToLong(Published::bytes).sum());
    ArrayNode each = root.putArray("plates");
    for (Published plate : plates) {
      ObjectNode node = each.addObject().put("plate", plate.key().plate()).put("acquisition", plate.key().acquisition())
          .put("images", plate.images()).put("wells", plate.wells()).put("bytes", plate.bytes())
          .put("imagesBefore", plate.imagesBefore()).put("wellsBefore", plate.wellsBefore()).put("nothingToDo", plate.nothingToDo());
      ArrayNode absent = node.putArray("absent");
      plate.absent().forEach(plane -> absent.addObject().put("well", plane.id().well().toString()).put("site", plane.id().site())
          .put("channel", plane.id().channel()).put("timepoint", plane.id().timepoint()).put("z", plane.id().z())
          .put("kind", plane.kind().name()).put("reason", plane.reason()));
      ArrayNode changed = node.putArray("changed");
      for (ChangedWell well : plate.changed()) {
        changed.addObject().put("well", well.well().well().toString()).put("timepoint", well.well().timepoint())
            .put("planesBefore", well.before()).put("planesNow", well.now());
      }
    }
    return root;
  }

  private static void line(StringBuilder text, String line) {
    text.append(line).append('\n');
  }
}
