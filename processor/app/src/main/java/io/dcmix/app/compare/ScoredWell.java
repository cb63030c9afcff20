package io.dcmix.app.compare;

import io.dcmix.schema.WellKey;
import io.dcmix.schema.event.WellPrediction;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a lane says of one well, as far as lanes are compared.
 *
 * @param hitLogit logit margin of the hit class
 * @param call whether it is a hit by the lane's hit calls; null where there is no call
 * @param contribution share in the blended image, by channel
 * @param importance hit logit with all channels minus without this one, by channel; empty if the well was not explained
 * @param planes SHA-256 of the images that the result rests on
 * @param model name, version and the first digits of the file's hash
 */
record ScoredWell(
    WellKey key,
    int revision,
    String predictedClass,
    double hitLogit,
    @Nullable Boolean call,
    Map<String, Double> contribution,
    Map<String, Double> importance,
    Set<String> planes,
    String model) {
  private static final int HASH_DIGITS = 8;

  static ScoredWell of(WellPrediction p) {
    String hash = p.getModelSha256();
    return new ScoredWell(
        WellKey.of(p.getPlate(), p.getAcquisition(), p.getWell(), p.getTimepoint()), p.getRevision(), p.getPredictedClass(), p.getHitLogit(), null,
        byChannel(p.getChannels(), p.getContribution()), byChannel(p.getChannels(), p.getImportance()), Set.copyOf(p.getPlaneSha256()),
        "%s %s (%s)".formatted(p.getModelName(), p.getModelVersion(), hash.substring(0, Math.min(HASH_DIGITS, hash.length()))));
  }

  private static Map<String, Double> byChannel(List<String> channels, @Nullable List<Double> values) {
    Map<String, Double> named = new LinkedHashMap<>();
    for (int c = 0; values != null && c < channels.size() && c < values.size(); c++) {
      named.put(channels.get(c), values.get(c));
    }
    return Collections.unmodifiableMap(named);
  }

  ScoredWell withCall(@Nullable Boolean hit) {
    return new ScoredWell(key, revision, predictedClass, hitLogit, hit, contribution, importance, planes, model);
  }
}
