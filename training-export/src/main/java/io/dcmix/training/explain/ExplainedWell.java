package io.dcmix.training.explain;

import io.dcmix.core.archive.PlateMap;
import io.dcmix.core.model.ModelCard;
import io.dcmix.schema.PlateKey;
import io.dcmix.schema.WellAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An explanation with everything that says what it is of.
 *
 * @param timepoint 0-based
 * @param sites the sites that were averaged, ascending
 * @param content what the plate map says of the well; null where it says nothing
 * @param card the model
 * @param device where it ran
 */
public record ExplainedWell(
    PlateKey plate,
    WellAddress well,
    int timepoint,
    List<Integer> sites,
    PlateMap.@Nullable Content content,
    ModelCard card,
    String device,
    Method method,
    WellExplanation explanation) {
  public ExplainedWell {
    sites = List.copyOf(sites);
  }

  /** The class with the highest mean probability. */
  public String predictedClass() {
    return card.classes().get(explanation.score().predictedIndex());
  }
}
