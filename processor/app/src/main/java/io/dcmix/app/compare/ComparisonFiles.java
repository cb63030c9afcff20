package io.dcmix.app.compare;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dcmix.app.compare.LaneComparison.Basis;
import io.dcmix.schema.WellKey;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A comparison as other programs read it: JSON of the counts, CSV of the wells. Pure. */
final class ComparisonFiles {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int LARGEST = 10;
  private static final String HEADER = "Metadata_Plate,Metadata_Acquisition,Metadata_Well,Metadata_Timepoint,in,class_a,class_b,"
      + "hit_logit_a,hit_logit_b,difference,hit_a,hit_b,flipped,images,revision_a,revision_b,model_a,model_b\n";

  private ComparisonFiles() {}

  /** The counts and correlations; undefined numbers are null. */
  static String json(LaneComparison c) {
    ObjectNode root = counts(JSON.createObjectNode(), c);
    root.put("laneA", c.laneA()).put("laneB", c.laneB());
    c.models(WellPair::a).forEach(root.putArray("modelsA")::add);
    c.models(WellPair::b).forEach(root.putArray("modelsB")::add);
    c.renamed().forEach(root.putArray("renamedRuns")::add);
    ArrayNode largest = root.putArray("largestDifferences");
    for (WellPair pair : c.largest(LARGEST)) {
      WellKey key = pair.a().key();
      largest.addObject().put("plate", key.plate().plate()).put("acquisition", key.plate().acquisition()).put("well", key.well().toString())
          .put("timepoint", key.timepoint()).put("hitLogitA", pair.a().hitLogit()).put("hitLogitB", pair.b().hitLogit())
          .put("difference", pair.difference()).put("classA", pair.a().predictedClass()).put("classB", pair.b().predictedClass());
    }
    ArrayNode channels = root.putArray("channels");
    c.channels().forEach(channel -> channels.addObject().put("channel", channel.name())
        .put("importanceA", channel.importanceA()).put("importanceB", channel.importanceB())
        .put("contributionA", channel.contributionA()).put("contributionB", channel.contributionB()));
    root.put("wellsExplained", c.explained().size()).put("importanceSpearman", defined(c.importanceRank()));
    ArrayNode plates = root.putArray("plates");
    c.byPlate().forEach((plate, own) -> counts(plates.addObject().put("plate", plate), own));
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A tree of texts can always be written", e);
    }
  }

  private static ObjectNode counts(ObjectNode node, LaneComparison c) {
    return node.put("wells", c.pairs().size()).put("onlyA", c.onlyA().size()).put("onlyB", c.onlyB().size())
        .put("sameImages", c.images(WellPair.Images.SAME)).put("partlySameImages", c.images(WellPair.Images.PARTLY))
        .put("otherImages", c.images(WellPair.Images.OTHER)).put("classesChanged", c.classesChanged())
        .put("callsBy", c.basis().name()).put("called", c.called().size()).put("flipped", c.flipped().size()).put("becameHits", c.becameHits())
        .put("pearson", defined(c.pearson())).put("spearman", defined(c.spearman()));
  }

  private static @Nullable Double defined(double value) {
    return Double.isNaN(value) ? null : Double.valueOf(value);
  }

  /** One line a well, of shared plates, those of one lane alone at the end; RFC 4180. Where the runs differ, the first lane's is named. */
  static String csv(LaneComparison c) {
    StringBuilder text = new StringBuilder(HEADER);
    Basis basis = c.basis();
    Set<WellPair> flipped = new HashSet<>(c.flipped());
    for (WellPair pair : c.pairs()) {
      ScoredWell a = pair.a();
      ScoredWell b = pair.b();
      line(text, place(a.key()), "both", a.predictedClass(), b.predictedClass(), number(a.hitLogit()), number(b.hitLogit()), number(pair.difference()),
          hit(a, basis), hit(b, basis), flipped.contains(pair) ? "1" : "0", pair.images().name().toLowerCase(Locale.ROOT),
          Integer.toString(a.revision()), Integer.toString(b.revision()), a.model(), b.model());
    }
    c.onlyA().forEach(key -> line(text, place(key), "a"));
    c.onlyB().forEach(key -> line(text, place(key), "b"));
    return text.toString();
  }

  private static List<String> place(WellKey key) {
    return List.of(key.plate().plate(), key.plate().acquisition(), key.well().toString(), Integer.toString(key.timepoint()));
  }

  private static void line(StringBuilder text, List<String> place, String... fields) {
    int columns = HEADER.split(",", -1).length;
    text.append(place.stream().map(ComparisonFiles::quoted).collect(Collectors.joining(",")));
    for (int i = 0; i < columns - place.size(); i++) {
      text.append(',').append(i < fields.length ? quoted(fields[i]) : "");
    }
    text.append('\n');
  }

  private static String quoted(String field) {
    return field.chars().anyMatch(ch -> ch == ',' || ch == '"' || ch == '\n' || ch == '\r') ? '"' + field.replace("\"", "\"\"") + '"' : field;
  }

  private static String hit(ScoredWell well, Basis basis) {
    Boolean hit = LaneComparison.isHit(well, basis);
    return hit == null ? "" : hit ? "1" : "0";
  }

  private static String number(double value) {
    return Double.toString(value);
  }
}
