package io.dcmix.training.explain;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dcmix.core.archive.PlateMap;
import io.dcmix.core.model.ModelCard;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** An explanation for programs, with every digit. What is not known is left out. */
public final class ExplanationJson {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private ExplanationJson() {}

  /** Indented JSON without a line break at its end. */
  public static String write(ExplainedWell well) {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.put("plate", well.plate().plate()).put("acquisition", well.plate().acquisition())
        .put("well", well.well().toString()).put("timepoint", well.timepoint());
    ArrayNode sites = root.putArray("sites");
    well.sites().forEach(sites::add);
    content(root, well.content());

    ModelCard card = well.card();
    root.putObject("model").put("name", card.name()).put("version", card.version()).put("sha256", card.sha256());
    root.put("device", well.device()).put("method", well.method().toString());

    WellExplanation explanation = well.explanation();
    root.put("predictedClass", well.predictedClass()).put("hitClass", card.hitClass());
    ObjectNode probabilities = root.putObject("probabilities");
    for (int k = 0; k < card.classes().size(); k++) {
      probabilities.put(card.classes().get(k), explanation.score().probabilities()[k]);
    }
    root.put("margin", explanation.score().hitLogit());
    WellExplanation.Shares shapley = explanation.shapley();
    ArrayNode channels = root.putArray("channels");
    for (int c = 0; c < card.channels().size(); c++) {
      ObjectNode channel = channels.addObject()
          .put("channel", card.channels().get(c))
          .put("weight", card.normalisedWeights().get(c))
          .put("contribution", explanation.score().contribution()[c])
          .put("leaveOneOut", explanation.leaveOneOut()[c]);
      if (shapley != null) {
        channel.put("shapley", shapley.values()[c]);
      }
    }
    if (shapley != null) {
      root.putObject("shapley").put("sum", shapley.sum()).put("marginAll", shapley.all()).put("marginNone", shapley.none());
    }
    try {
      return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(root);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A tree of numbers and text can always be written", e);
    }
  }

  private static void content(ObjectNode root, PlateMap.@Nullable Content content) {
    if (content != null) {
      root.put("role", content.role().name().toLowerCase(Locale.ROOT));
      if (content.treatment() != null) {
        root.put("treatment", content.treatment());
      }
      if (content.concentration() != null) {
        root.put("concentration", content.concentration());
      }
      if (content.unit() != null) {
        root.put("concentrationUnit", content.unit());
      }
    }
  }
}
