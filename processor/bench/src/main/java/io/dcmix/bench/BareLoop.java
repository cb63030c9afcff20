package io.dcmix.bench;

import io.dcmix.core.images.CorruptPlaneException;
import io.dcmix.core.images.PlaneDecoder;
import io.dcmix.core.model.ModelCard;
import io.dcmix.core.model.SiteModel;
import io.dcmix.core.model.SiteModel.InferenceException;
import io.dcmix.core.quality.PlaneStatistics;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * Decoding, measuring what was decoded, and scoring, and nothing else, in the arrangement that was fastest on a CPU: as many
 * threads as cores, each with a whole well, one shared session, one thread inside a run, one site a run. What it reaches is what
 * a pipeline could at best.
 */
final class BareLoop {
  private final SiteModel model;
  private final ImagePool pool;
  private final int threads;
  private final LongAdder modelNanos = new LongAdder();
  private final LongAdder modelRuns = new LongAdder();

  BareLoop(SiteModel model, ImagePool pool, int threads) {
    this.model = model;
    this.pool = pool;
    this.threads = threads;
  }

  /**
   * What a run came to.
   *
   * @param wells that were scored, those of the warm-up left out
   * @param seconds of wall time for them
   * @param cpuSeconds of CPU time of this process for them
   * @param modelMillis mean time of one run of the model, one site
   */
  record Result(int wells, double seconds, double cpuSeconds, double modelMillis) {
    double wellsPerSecond() {
      return wells / seconds;
    }

    /** Both runs as one. */
    Result and(Result other) {
      int all = wells + other.wells;
      return new Result(all, seconds + other.seconds, cpuSeconds + other.cpuSeconds,
          (modelMillis * wells + other.modelMillis * other.wells) / all);
    }
  }

  /** Scores wells for warming up, then the wells that count. */
  Result run(int warmUp, int wells) throws InterruptedException {
    score(warmUp);
    modelNanos.reset();
    modelRuns.reset();
    ProcessMeter self = new ProcessMeter(ProcessHandle.current());
    double cpu = self.cpuSeconds();
    long start = System.nanoTime();
    score(wells);
    double seconds = (System.nanoTime() - start) / 1e9;
    return new Result(wells, seconds, self.cpuSeconds() - cpu, modelNanos.sum() / 1e6 / Math.max(1, modelRuns.sum()));
  }

  private void score(int wells) throws InterruptedException {
    AtomicInteger next = new AtomicInteger();
    try (ExecutorService workers = Executors.newFixedThreadPool(threads)) {
      List<Future<?>> running = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        running.add(workers.submit(() -> {
          ByteBuffer site = ByteBuffer.allocateDirect(model.card().siteBytes()).order(ByteOrder.nativeOrder());
          for (int well = next.getAndIncrement(); well < wells; well = next.getAndIncrement()) {
            score(well, site);
          }
          return null;
        }));
      }
      for (Future<?> worker : running) {
        worker.get();
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("The bare loop failed: " + e.getCause(), e);
    }
  }

  private void score(int well, ByteBuffer site) throws IOException, CorruptPlaneException, InferenceException {
    ModelCard card = model.card();
    int channels = card.channels().size();
    for (int s = 0; s < pool.images().sites(); s++) {
      for (int c = 0; c < channels; c++) {
        ByteBuffer plane = site.slice(c * card.planeBytes(), card.planeBytes()).order(ByteOrder.nativeOrder());
        PlaneDecoder.decode(pool.images().format(), pool.payload(well, s * channels + c), plane);
        var _ = PlaneStatistics.of(plane.flip(), pool.images().format(), PlaneStatistics.DEFAULT_BIT_DEPTH);
      }
      long start = System.nanoTime();
      var _ = model.score(site.duplicate().order(ByteOrder.nativeOrder()).clear(), false);
      modelNanos.add(System.nanoTime() - start);
      modelRuns.increment();
    }
  }
}
