package io.dcmix.core.scoring;

import io.dcmix.core.images.CorruptPlaneException;
import io.dcmix.core.model.SiteModel;
import io.dcmix.core.model.SiteModel.InferenceException;
import io.dcmix.core.model.SiteScore;
import io.dcmix.core.scoring.PlaneSource.SourceExpiredException;
import io.dcmix.schema.event.FailureReason;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Scores one site at a time (N = 1) on each of a few threads: the best arrangement on a CPU, where batching brings nothing.
 *
 * <p>Threading: stream threads submit and drain; each worker owns one site buffer and shares the model, which is safe to
 * share. The hand-offs are the submission queue and one outcome queue per task and generation.
 */
public final class DirectSiteScorer implements SiteScorer {
  private static final Logger LOG = LoggerFactory.getLogger(DirectSiteScorer.class);

  /** Sites a worker may have waiting: enough to keep it busy while the stream thread is in a commit. */
  private static final int WAITING_PER_WORKER = 8;

  private final SiteModel model;
  private final PlaneSource source;
  private final SiteReader reader;
  private final boolean explain;
  private final PlaneCache cache;
  private final long cacheBytes;
  private final ScoringMeter meter;
  private final int places;
  private final Semaphore room;
  private final BlockingQueue<Submission> submissions = new LinkedBlockingQueue<>();
  private final Map<Owner, ConcurrentLinkedQueue<SiteOutcome>> outcomes = new ConcurrentHashMap<>();
  private final List<Thread> workers = new ArrayList<>();
  private volatile @Nullable DeviceSickException sick;
  private volatile boolean closed;

  /**
   * @param model the model; closed by its owner, after this scorer
   * @param source where evicted payloads are read again
   * @param threads number of workers, 1 or more
   * @param cacheBytes how many bytes of payloads may wait in memory
   * @param explain whether each site also gets its importance
   */
  public DirectSiteScorer(SiteModel model, PlaneSource source, SiteReader reader, int threads, long cacheBytes, boolean explain) {
    this(model, source, reader, threads, cacheBytes, explain, ScoringMeter.NONE);
  }

  /** The same, with a meter. */
  public DirectSiteScorer(
      SiteModel model, PlaneSource source, SiteReader reader, int threads, long cacheBytes, boolean explain, ScoringMeter meter) {
    this.model = model;
    this.source = source;
    this.reader = reader;
    this.explain = explain;
    this.cache = new PlaneCache(cacheBytes);
    this.cacheBytes = cacheBytes;
    this.meter = meter;
    this.places = threads * (1 + WAITING_PER_WORKER);
    this.room = new Semaphore(places);
    for (int i = 0; i < threads; i++) {
      Thread worker = Thread.ofPlatform().name("scorer-" + i).daemon().unstarted(this::work);
      workers.add(worker);
      worker.start();
    }
  }

  private record Owner(String task, long generation) {}

  private record Submission(SiteTicket ticket, List<SitePlane> planes, long at) {
    Owner owner() {
      return new Owner(ticket.task(), ticket.generation());
    }
  }

  @Override
  public void offer(PlanePointer pointer, ByteBuffer payload) {
    cache.put(pointer, payload);
  }

  @Override
  public boolean submit(SiteTicket ticket, List<SitePlane> planes) {
    if (closed || !room.tryAcquire()) {
      return false;
    }
    Submission submission = new Submission(ticket, planes, System.nanoTime());
    outcomes.computeIfAbsent(submission.owner(), owner -> new ConcurrentLinkedQueue<>());
    submissions.add(submission);
    return true;
  }

  @Override
  public boolean awaitRoom(Duration atMost) {
    try {
      if (room.tryAcquire(atMost.toNanos(), TimeUnit.NANOSECONDS)) {
        room.release();
        return true;
      }
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Override
  public List<SiteOutcome> drain(String task, long generation) {
    DeviceSickException sickness = sick;
    if (sickness != null) {
      throw sickness;
    }
    ConcurrentLinkedQueue<SiteOutcome> queue = outcomes.get(new Owner(task, generation));
    if (queue == null || queue.isEmpty()) {
      return List.of();
    }
    List<SiteOutcome> drained = new ArrayList<>();
    for (SiteOutcome outcome = queue.poll(); outcome != null; outcome = queue.poll()) {
      drained.add(outcome);
    }
    return drained;
  }

  @Override
  public @Nullable DeviceSickException sickness() {
    return sick;
  }

  /** What it holds now; the pool is that of payloads, since each worker has one site buffer for ever. */
  public ScoringMeter.Usage usage() {
    return new ScoringMeter.Usage(cacheBytes, cache.bytes(), places - room.availablePermits(), 0);
  }

  @Override
  public void forget(String task, long generation) {
    Owner owner = new Owner(task, generation);
    outcomes.remove(owner);
    for (Submission submission : submissions) {
      // Not removeIf: that asks its predicate of elements which a worker takes meanwhile, and their room would count twice.
      if (submission.owner().equals(owner) && submissions.remove(submission)) {
        room.release();
      }
    }
  }

  private void work() {
    try {
      ByteBuffer site = ByteBuffer.allocateDirect(model.card().siteBytes()).order(ByteOrder.nativeOrder());
      while (!closed) {
        Submission submission = submissions.take();
        SiteOutcome outcome = score(submission, site);
        room.release();
        ConcurrentLinkedQueue<SiteOutcome> queue = outcomes.get(submission.owner());
        if (queue != null) {
          queue.add(outcome);
        }
      }
    } catch (InterruptedException e) {
      LOG.debug("A scorer ends");
    } catch (DeviceSickException e) {
      sick = e;
    } catch (RuntimeException | Error e) {
      // Not an outcome of the site: something here is broken, and publishing on, or without this worker, would hide it.
      sick = new DeviceSickException("Scoring ended by an unexpected error: " + e, e);
      LOG.error("Scoring ended by an unexpected error", e);
    }
  }

  private SiteOutcome score(Submission submission, ByteBuffer site) {
    SiteTicket ticket = submission.ticket();
    meter.queued(System.nanoTime() - submission.at());
    int planeBytes = model.card().planeBytes();
    for (int c = 0; c < submission.planes().size(); c++) {
      SitePlane plane = submission.planes().get(c);
      try {
        ByteBuffer payload = cache.take(plane.pointer());
        if (payload == null) {
          payload = source.read(plane.pointer());
          meter.readAgain(payload.remaining());
        }
        long bytes = payload.remaining();
        long start = System.nanoTime();
        reader.decode(plane, payload, site.slice(c * planeBytes, planeBytes).order(ByteOrder.nativeOrder()));
        meter.decoded(System.nanoTime() - start, bytes);
      } catch (CorruptPlaneException e) {
        return new SiteOutcome.Failed(ticket, FailureReason.CORRUPT_PLANE, plane.channel(), String.valueOf(e.getMessage()));
      } catch (SourceExpiredException e) {
        return new SiteOutcome.Failed(ticket, FailureReason.SOURCE_EXPIRED, plane.channel(), String.valueOf(e.getMessage()));
      }
    }
    try {
      long start = System.nanoTime();
      SiteScore score = model.score(site.duplicate().order(ByteOrder.nativeOrder()).clear(), explain);
      meter.ran(model.device(), 1, System.nanoTime() - start);
      return new SiteOutcome.Scored(ticket, score, model.device());
    } catch (InferenceException e) {
      canary(e);
      return new SiteOutcome.Failed(ticket, FailureReason.MODEL_FAILED, null, "The model failed on this site and on no other: " + e.getMessage());
    }
  }

  /** A site is to blame only if a blank one passes; otherwise the device is. */
  private void canary(InferenceException failure) {
    ByteBuffer blank = ByteBuffer.allocateDirect(model.card().siteBytes()).order(ByteOrder.nativeOrder());
    try {
      model.score(blank, explain);
    } catch (InferenceException e) {
      failure.addSuppressed(e);
      throw new DeviceSickException(
          "The device " + model.device() + " fails on a blank site too, so nothing it says can be trusted: " + failure.getMessage(), failure);
    }
  }

  /** Ends the workers after the site that each is scoring; what still waits is dropped, its state being in the store. */
  @Override
  public void close() {
    closed = true;
    workers.forEach(Thread::interrupt);
    for (Thread worker : workers) {
      try {
        worker.join(Duration.ofSeconds(10));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
