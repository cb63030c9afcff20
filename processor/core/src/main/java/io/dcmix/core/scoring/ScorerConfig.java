package io.dcmix.core.scoring;

import io.dcmix.core.model.CudaOptions;
import io.dcmix.core.model.ModelCard;
import java.time.Duration;

/**
 * How a scorer uses memory and threads.
 *
 * @param workers threads that decode planes and, on a CPU, run the model; 1 or more
 * @param poolBytes off-heap bytes for the pixels of sites that wait for planes or for the model; room for one site at least
 * @param backlogBytes bytes of encoded images that may be on their way to the decoders
 * @param slabBytes on devices that want batches: bytes of one batch, of which the number of sites follows
 * @param maxDelay on such devices: how long a site that is ready may wait for others to join it
 * @param timed whether outcomes tell when their site went through
 */
public record ScorerConfig(int workers, long poolBytes, long backlogBytes, long slabBytes, Duration maxDelay, boolean timed) {
  /** Outcomes tell no times. */
  public ScorerConfig(int workers, long poolBytes, long backlogBytes, long slabBytes, Duration maxDelay) {
    this(workers, poolBytes, backlogBytes, slabBytes, maxDelay, false);
  }

  /** A worker a core, 256 MiB of pixels, 64 MiB of encoded images, batches of 128 MiB that wait 20 ms at most. */
  public static final ScorerConfig DEFAULT =
      new ScorerConfig(Runtime.getRuntime().availableProcessors(), 256L << 20, 64L << 20, 128L << 20, Duration.ofMillis(20));

  public ScorerConfig withWorkers(int threads) {
    return new ScorerConfig(threads, poolBytes, backlogBytes, slabBytes, maxDelay, timed);
  }

  public ScorerConfig withPoolBytes(long bytes) {
    return new ScorerConfig(workers, bytes, backlogBytes, slabBytes, maxDelay, timed);
  }

  public ScorerConfig withBacklogBytes(long bytes) {
    return new ScorerConfig(workers, poolBytes, bytes, slabBytes, maxDelay, timed);
  }

  public ScorerConfig withBatches(long bytes, Duration delay) {
    return new ScorerConfig(workers, poolBytes, backlogBytes, bytes, delay, timed);
  }

  public ScorerConfig withTimes(boolean told) {
    return new ScorerConfig(workers, poolBytes, backlogBytes, slabBytes, maxDelay, told);
  }

  /** How many site buffers the pool has for this model. */
  public int slots(ModelCard model) {
    return Math.toIntExact(poolBytes / model.siteBytes());
  }

  /** How many sites of this model make a batch, 1 or more: the number that a model loaded with this slab size was checked with. */
  public int batchSites(ModelCard model) {
    return CudaOptions.slabSites(model, slabBytes);
  }
}
