package io.dcmix.core.scoring;

import io.dcmix.schema.event.WellFlag;
import java.util.Set;

/**
 * Is told what happens behind the {@link SiteScorer}, for metrics. Called from many threads, often: implementations count and
 * return.
 */
public interface ScoringMeter {
  /** Counts nothing. */
  ScoringMeter NONE = new ScoringMeter() {};

  /** A plane was decoded. */
  default void decoded(long nanos, long payloadBytes) {}

  /** An image was measured, and this is wrong with it. */
  default void measured(long nanos, Set<WellFlag> defects) {}

  /** A complete site's planes were all decoded, and it waited this long from then on for its run of the model. */
  default void queued(long nanos) {}

  /** One run of the model. */
  default void ran(String device, int sites, long nanos) {}

  /** A buffer of an incomplete site was taken away for a complete one. */
  default void evicted() {}

  /** A payload that memory did not hold was read through its pointer. */
  default void readAgain(long payloadBytes) {}

  /**
   * What the scorer holds now.
   *
   * @param poolBytes bytes that site buffers may take
   * @param usedBytes bytes that they take
   * @param completeSites sites that were submitted and have no outcome yet
   * @param incompleteSites sites that hold a buffer and wait for more planes
   */
  record Usage(long poolBytes, long usedBytes, int completeSites, int incompleteSites) {}
}
