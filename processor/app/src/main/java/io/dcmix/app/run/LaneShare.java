package io.dcmix.app.run;

import io.dcmix.core.model.ModelCard;
import io.dcmix.core.scoring.ScorerConfig;
import io.dcmix.streams.LaneTopics;
import io.dcmix.streams.MemoryBudget;
import io.dcmix.streams.ProcessorConfig;
import io.dcmix.streams.Topics;

/**
 * What a lane may have beside the first of its process: a quarter of its decoding threads, pixel pool and input buffer, in memory
 * of its own. So it can take nothing from the first but turns at the device, for which it waits. Pure.
 */
final class LaneShare {
  private static final int PART = 4;

  private LaneShare() {}

  /** The configuration of a further lane: as the first, with smaller quotas, but never too small to work with this model. */
  static ProcessorConfig beside(ProcessorConfig first, Topics topics, ModelCard model) {
    ScorerConfig scoring = first.scoring();
    MemoryBudget memory = first.memory();
    long pool = Math.max(model.siteBytes(), scoring.poolBytes() / PART);
    return first.withTopics(topics)
        .withStreamThreads(1)
        .withScoring(scoring
            .withWorkers(Math.max(1, scoring.workers() / PART))
            .withPoolBytes(pool)
            .withBacklogBytes(Math.max(1, scoring.backlogBytes() / PART)))
        .withMemory(memory.withInputBytes(Math.max(LaneTopics.MAX_MESSAGE_BYTES, memory.inputBytes() / PART)));
  }
}
