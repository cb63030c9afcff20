package io.dcmix.demo;

import io.dcmix.core.archive.PlateMap;
import io.dcmix.core.archive.simulation.SimulatedPlate;
import io.dcmix.schema.WellAddress;
import io.dcmix.schema.event.WellPrediction;
import io.dcmix.schema.event.WellRole;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What is known beforehand of a plate's wells: the planted hits of a simulated plate, the controls of a real one.
 *
 * @param positive wells that should be hits
 * @param negative wells that should not
 * @param plantedChannels channels that were made to carry the effect; empty for a real plate
 * @param what what the truth rests on, in words: "planted hits", "controls"
 */
record Truth(Set<WellAddress> positive, Set<WellAddress> negative, List<String> plantedChannels, String what) {

  static Truth of(SimulatedPlate plate) {
    Set<WellAddress> negative = new HashSet<>();
    plate.map().wells().forEach((well, content) -> {
      if (content.role() == WellRole.SAMPLE && !plate.plantedHits().contains(well)) {
        negative.add(well);
      }
    });
    return new Truth(plate.plantedHits(), negative, plate.plantedChannels(), "planted hits");
  }

  static Truth of(@Nullable PlateMap map) {
    Set<WellAddress> positive = new HashSet<>();
    Set<WellAddress> negative = new HashSet<>();
    if (map != null) {
      map.wells().forEach((well, content) -> {
        if (content.role() == WellRole.POSITIVE_CONTROL) {
          positive.add(well);
        } else if (content.role() == WellRole.NEGATIVE_CONTROL) {
          negative.add(well);
        }
      });
    }
    return new Truth(positive, negative, List.of(), "controls");
  }

  /**
   * How the calls compare with the truth; wells of unknown truth do not count.
   *
   * @param recall share of the true hits that were called; null without true hits
   * @param precision share of the calls that are true; null without calls
   */
  record Comparison(int truePositives, int falsePositives, int falseNegatives, @Nullable Double recall, @Nullable Double precision) {}

  Comparison compare(Collection<WellPrediction> predictions) {
    return compare(predictions.stream().filter(Truth::isHit).map(p -> WellAddress.parse(p.getWell())).collect(Collectors.toSet()));
  }

  /** The same for wells that are called hits. */
  Comparison compare(Set<WellAddress> hits) {
    int truePositives = 0;
    int falsePositives = 0;
    for (WellAddress well : hits) {
      truePositives += positive.contains(well) ? 1 : 0;
      falsePositives += negative.contains(well) ? 1 : 0;
    }
    int called = truePositives + falsePositives;
    return new Comparison(
        truePositives, falsePositives, positive.size() - truePositives,
        positive.isEmpty() ? null : (double) truePositives / positive.size(),
        called == 0 ? null : (double) truePositives / called);
  }

  static boolean isHit(WellPrediction p) {
    return p.getPredictedClass().equals(p.getHitClass());
  }
}
