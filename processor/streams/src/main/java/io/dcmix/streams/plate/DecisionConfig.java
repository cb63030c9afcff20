package io.dcmix.streams.plate;

import io.dcmix.core.screening.HitRules;
import java.time.Duration;

/**
 * How plates are judged.
 *
 * @param rules hit calls, quality and alerts
 * @param callsEvery how often at most the calls of a plate are emitted while it runs: each control changes the score of every
 *     well, so a beat is as many records as the plate has wells. Final calls do not wait
 */
public record DecisionConfig(HitRules rules, Duration callsEvery) {
  /** Robust z against the negative controls; provisional calls every ten seconds. */
  public static final DecisionConfig DEFAULT = new DecisionConfig(HitRules.CONTROLS, Duration.ofSeconds(10));

  public DecisionConfig withRules(HitRules wanted) {
    return new DecisionConfig(wanted, callsEvery);
  }
}
