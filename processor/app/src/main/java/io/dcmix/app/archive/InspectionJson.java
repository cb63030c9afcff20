package io.dcmix.app.archive;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dcmix.app.archive.Inspection.Channel;
import io.dcmix.app.archive.Inspection.Image;
import io.dcmix.app.archive.Inspection.Plate;
import io.dcmix.app.archive.Inspection.Times;
import io.dcmix.core.archive.Findings.Group;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** An inspection as other programs read it. Names are never changed, only added. Pure. */
final class InspectionJson {
  private static final ObjectMapper JSON = new ObjectMapper();

  private InspectionJson() {}

  static String of(Inspection i) {
    ObjectNode root = JSON.createObjectNode();
    root.put("folder", i.folder()).put("files", i.files()).put("layout", i.layout().name()).put("checked", i.checked()).put("complete", i.complete());
    i.others().forEach(root.putArray("otherLayouts")::add);
    ArrayNode plates = root.putArray("plates");
    i.plates().forEach(plate -> plate(plates.addObject(), plate));
    group(root.putObject("notInIndex"), i.findings().unknown());
    ObjectNode ignored = root.putObject("ignored");
    i.findings().ignored().forEach((why, files) -> group(ignored.putObject(why), files));
    ArrayNode choices = root.putArray("choices");
    i.findings().choices().forEach(c -> choices.addObject().put("what", c.what()).put("otherwise", c.otherwise()));
    i.refused().forEach(root.putArray("refused")::add);
    i.findings().warnings().forEach(root.putArray("warnings")::add);
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A tree of texts can always be written", e);
    }
  }

  private static void plate(ObjectNode node, Plate p) {
    node.put("plate", p.plate()).put("acquisition", p.acquisition()).put("instrument", p.instrument()).put("format", p.format().size());
    ArrayNode wells = node.putArray("wells");
    p.wells().forEach(well -> wells.add(well.toString()));
    p.sites().forEach(node.putArray("sites")::add);
    p.timepoints().forEach(node.putArray("timepoints")::add);
    p.zs().forEach(node.putArray("focalPlanes")::add);
    node.put("planes", p.planes());
    ArrayNode channels = node.putArray("channels");
    p.channels().forEach(c -> channel(channels.addObject(), c));
    Times t = p.times();
    node.putObject("acquired").put("first", text(t.first())).put("last", text(t.last())).put("firstLocal", t.firstLocal())
        .put("lastLocal", t.lastLocal()).put("planesLocal", t.local()).put("planesWithoutTime", t.unknown());
    node.put("plateMapWells", p.mapped());
    ObjectNode absent = node.putObject("absent");
    p.absent().forEach((kind, planes) -> group(absent.putObject(kind.name()), planes));
    group(node.putObject("unreadable"), p.unreadable());
    group(node.putObject("differing"), p.differing());
  }

  private static void channel(ObjectNode node, Channel c) {
    Image image = c.image();
    node.put("name", c.name()).put("planes", c.planes()).put("width", image == null ? null : Integer.valueOf(image.width()))
        .put("height", image == null ? null : Integer.valueOf(image.height())).put("pixelType", image == null ? null : image.pixelType().name());
  }

  private static void group(ObjectNode node, Group group) {
    group.examples().forEach(node.put("count", group.count()).putArray("examples")::add);
  }

  private static @Nullable String text(@Nullable Object value) {
    return Objects.toString(value, null);
  }
}
