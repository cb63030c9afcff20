package io.dcmix.app.compare;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** One well in both lanes. */
record WellPair(ScoredWell a, ScoredWell b) {
  /** Whether both results rest on the same images. PARTLY: on some, as when the models take different channels. */
  enum Images { SAME, PARTLY, OTHER }

  /** Hit logit of the second less that of the first. */
  double difference() {
    return b.hitLogit() - a.hitLogit();
  }

  boolean classChanged() {
    return !a.predictedClass().equals(b.predictedClass());
  }

  boolean hasCalls() {
    return a.call() != null && b.call() != null;
  }

  boolean explained() {
    return !a.importance().isEmpty() && !b.importance().isEmpty();
  }

  Images images() {
    if (a.planes().equals(b.planes())) {
      return Images.SAME;
    }
    return Collections.disjoint(a.planes(), b.planes()) ? Images.OTHER : Images.PARTLY;
  }

  /** By channel, in the first lane's order; channels of one model alone are left out. */
  static Map<String, Double> ofBoth(Map<String, Double> some, Map<String, Double> others) {
    Map<String, Double> common = new LinkedHashMap<>(some);
    common.keySet().retainAll(others.keySet());
    return common;
  }
}
