package io.dcmix.core.scoring;

import io.dcmix.core.images.CorruptPlaneException;
import io.dcmix.core.images.MaximumProjection;
import io.dcmix.core.log.LogFields;
import io.dcmix.core.model.ModelCard;
import io.dcmix.core.quality.PlaneStatistics;
import io.dcmix.core.quality.QualityPolicy;
import io.dcmix.core.scoring.PlaneSource.SourceExpiredException;
import io.dcmix.core.scoring.SiteRunner.Job;
import io.dcmix.core.scoring.StagedSite.PlaneFailure;
import io.dcmix.schema.event.FailureReason;
import io.dcmix.schema.event.PlaneQuality;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Scores sites from a bounded pool of off-heap buffers. Planes are decoded into their site's buffer as they come; the site is
 * scored when the last is there. On a CPU the worker that decoded it scores it at once; devices that want batches have a
 * thread each, and all take from one queue.
 *
 * <p>A plane for which there is no room stays a pointer and is read when its site is complete. Buffers of incomplete sites can
 * be taken away, oldest first, so nothing here ever waits for a plane that is yet to come; a complete site keeps its buffer.
 *
 * <p>An image that is the maximum over several focal planes is made when its site is complete: its planes are read and decoded
 * one after the other, the first into the slice, the others into a scratch plane of the worker.
 *
 * <p>Threading: {@code lock} guards the pool, the staged sites and the counts. Stream threads offer, submit and drain; workers
 * decode (and score, on a CPU); virtual threads read planes through their pointers; device threads score batches.
 */
public final class PooledSiteScorer implements SiteScorer {
  private static final Logger LOG = LoggerFactory.getLogger(PooledSiteScorer.class);

  /** An incomplete site that got no plane for so long makes room for a new one. */
  private static final long STALE_NANOS = Duration.ofSeconds(30).toNanos();

  /** Complete sites that a worker may have before it: enough to keep it busy while the stream thread is in a commit. */
  private static final int SITES_PER_WORKER = 8;

  /** Of the version that the lane began with; those that take its place have the same channels and images. */
  private final ModelCard card;
  private final PlaneSource source;
  private final SiteReader reader;
  private final QualityPolicy quality;
  private final ScoringMeter meter;
  private final Outcomes outcomes = new Outcomes();
  private final Arena slabs = Arena.ofShared();
  private final List<Thread> threads = new ArrayList<>();
  private final BlockingDeque<Runnable> work = new LinkedBlockingDeque<>();
  private final BlockingQueue<StagedSite> ready = new LinkedBlockingQueue<>();
  private final @Nullable SiteRunner inPlace;
  private final ThreadLocal<ByteBuffer> scratch;
  private final long backlogLimit;
  private final int completeLimit;
  private final int incompleteLimit;
  private final boolean timed;

  /** Whose sites these are, as far as the log knows. */
  private final @Nullable String lane = MDC.get(LogFields.LANE);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition progress = lock.newCondition();
  private final SitePool pool; // this and all below: guarded by lock
  private final Map<SiteId, StagedSite> staged = new LinkedHashMap<>();
  private int complete;
  private long backlogBytes;

  private volatile @Nullable DeviceSickException sick;
  private volatile boolean closed;

  /**
   * Starts the threads.
   *
   * @param active what serves on each device; its owner closes it after this scorer
   * @param batches whether sites are run in batches by a thread a device; false: one by one, by the workers, on the only device
   * @param source where planes are read that memory does not hold
   * @param quality which images must not reach the model
   * @throws IllegalArgumentException if not a single site fits the pool
   */
  public PooledSiteScorer(
      ActiveModel active, boolean batches, PlaneSource source, SiteReader reader, QualityPolicy quality, ScorerConfig config,
      ScoringMeter meter) {
    this.card = active.get().card();
    this.source = source;
    this.reader = reader;
    this.quality = quality;
    this.meter = meter;
    int slots = config.slots(card);
    if (slots < 1) {
      throw new IllegalArgumentException(
          "The pixel pool of %d bytes does not hold one site of %d bytes: make it larger".formatted(config.poolBytes(), card.siteBytes()));
    }
    int batch = batches ? config.batchSites(card) : 1;
    int inFlight = batches ? 2 * batch * active.devices().size() : 0;
    this.completeLimit = Math.min(slots, inFlight + SITES_PER_WORKER * config.workers());
    this.incompleteLimit = Math.max(1, slots - Math.min(completeLimit, slots / 4));
    this.backlogLimit = config.backlogBytes();
    this.timed = config.timed();
    this.pool = new SitePool(slots, card.siteBytes());
    this.scratch = ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(card.planeBytes()).order(ByteOrder.nativeOrder()));
    this.inPlace = batches ? null : new SiteRunner(active, 0, 1, slabs, meter);
    for (int i = 0; i < config.workers(); i++) {
      start("scorer-" + i, this::work);
    }
    if (batches) {
      for (int device = 0; device < active.devices().size(); device++) {
        SiteRunner runner = new SiteRunner(active, device, batch, slabs, meter);
        start("device-" + active.devices().get(device), () -> runBatches(runner, batch, config.maxDelay()));
      }
    }
  }

  private interface Loop {
    void run() throws InterruptedException;
  }

  private void start(String name, Loop loop) {
    Thread thread = Thread.ofPlatform().name(name).daemon().unstarted(LogFields.alike(() -> {
      try {
        loop.run();
      } catch (InterruptedException | CancellationException e) {
        LOG.debug("{} ends", name);
      } catch (DeviceSickException e) {
        fallSick(e);
      } catch (RuntimeException | Error e) {
        // Not an outcome of the site: something here is broken, and publishing on, or without this thread, would hide it.
        LOG.error("Scoring ended by an unexpected error", e);
        fallSick(new DeviceSickException("Scoring ended by an unexpected error: " + e, e));
      }
    }));
    threads.add(thread);
    thread.start();
  }

  private void fallSick(DeviceSickException e) {
    sick = e;
    lock.lock();
    try {
      progress.signalAll();
    } finally {
      lock.unlock();
    }
  }

  // ---- stream threads ----

  @Override
  public void offer(SiteId id, SitePlane plane, @Nullable ByteBuffer payload) {
    int channel = card.channels().indexOf(plane.channel());
    long now = System.nanoTime();
    lock.lock();
    try {
      StagedSite site = staged.remove(id);
      if (site == null) {
        ByteBuffer buffer = roomForIncomplete(now);
        if (buffer == null) {
          return;
        }
        site = stage(id, buffer);
      } else {
        staged.put(id, site); // now the youngest
        if (site.ticket() != null) {
          return; // it is being scored as it was submitted
        }
      }
      if (site.claim(channel, plane, now)) {
        fill(site, channel, plane, plane.projected() ? null : payload);
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean submit(SiteTicket ticket, List<SitePlane> planes) {
    long now = System.nanoTime();
    lock.lock();
    try {
      if (closed || complete >= completeLimit) {
        return false;
      }
      StagedSite site = staged.get(ticket.site());
      if (site == null) {
        ByteBuffer buffer = pool.take();
        buffer = buffer == null ? revoke(Long.MAX_VALUE) : buffer;
        if (buffer == null) {
          return false;
        }
        site = stage(ticket.site(), buffer);
      }
      outcomes.open(ticket.site());
      complete++;
      site.reserve(ticket, planes);
      claimAll(site, planes, now);
      if (!site.busy()) {
        StagedSite done = site;
        work.addFirst(() -> proceed(done));
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean awaitRoom(Duration atMost) {
    long left = atMost.toNanos();
    lock.lock();
    try {
      while (!hasRoom()) {
        if (left <= 0 || closed || sick != null) {
          return false;
        }
        left = progress.awaitNanos(left);
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }

  private boolean hasRoom() {
    return complete < completeLimit
        && backlogBytes < backlogLimit
        && (pool.hasFree() || staged.values().stream().anyMatch(StagedSite::revocable));
  }

  @Override
  public List<SiteOutcome> drain(String task, long generation) {
    DeviceSickException sickness = sick;
    if (sickness != null) {
      throw sickness;
    }
    return outcomes.drain(task, generation);
  }

  @Override
  public @Nullable DeviceSickException sickness() {
    return sick;
  }

  @Override
  public void forget(String task, long generation) {
    outcomes.forget(task, generation);
    lock.lock();
    try {
      for (StagedSite site : List.copyOf(staged.values())) {
        if (site.id().task().equals(task) && site.id().generation() == generation) {
          if (site.revocable()) {
            release(site);
          } else {
            site.drop();
          }
        }
      }
      progress.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** What it holds now. */
  public ScoringMeter.Usage usage() {
    lock.lock();
    try {
      return new ScoringMeter.Usage(pool.bytes(), pool.usedBytes(), complete, staged.size() - complete);
    } finally {
      lock.unlock();
    }
  }

  // ---- the pool; all with the lock held ----

  private StagedSite stage(SiteId id, ByteBuffer buffer) {
    StagedSite site = new StagedSite(id, buffer, card.channels().size(), card.planeBytes());
    staged.put(id, site);
    return site;
  }

  /** A buffer for a site that may never become complete, if enough are left for those that are. */
  private @Nullable ByteBuffer roomForIncomplete(long now) {
    if (staged.size() - complete >= incompleteLimit) {
      return revoke(now - STALE_NANOS);
    }
    ByteBuffer free = pool.take();
    return free == null ? revoke(now - STALE_NANOS) : free;
  }

  /** Takes the buffer of the incomplete site that was touched longest ago, if that is before this time. */
  private @Nullable ByteBuffer revoke(long touchedBefore) {
    for (Iterator<StagedSite> oldest = staged.values().iterator(); oldest.hasNext(); ) {
      StagedSite site = oldest.next();
      if (site.revocable()) {
        if (touchedBefore != Long.MAX_VALUE && site.touchedNanos() - touchedBefore > 0) {
          return null;
        }
        oldest.remove();
        meter.evicted();
        return site.pixels();
      }
    }
    return null;
  }

  private void release(StagedSite site) {
    staged.remove(site.id(), site);
    if (site.ticket() != null) {
      complete--;
    }
    pool.giveBack(site.pixels());
  }

  /** Fills whatever is not filled yet with the planes of a complete site. */
  private void claimAll(StagedSite site, List<SitePlane> planes, long now) {
    for (int c = 0; c < planes.size(); c++) {
      if (site.claim(c, planes.get(c), now)) {
        fill(site, c, planes.get(c), null);
      }
    }
  }

  private void fill(StagedSite site, int channel, SitePlane plane, @Nullable ByteBuffer payload) {
    if (payload == null) {
      fetch(site, channel, plane, 0);
    } else {
      long size = payload.remaining();
      backlogBytes += size;
      work.addLast(() -> decode(site, channel, plane, 0, payload, size));
    }
  }

  private void fetch(StagedSite site, int channel, SitePlane plane, int layer) {
    Thread.ofVirtual().name("plane-reader").start(() -> read(site, channel, plane, layer));
  }

  // ---- readers ----

  private void read(StagedSite site, int channel, SitePlane plane, int layer) {
    PlanePointer pointer = plane.layers().get(layer).pointer();
    long size = pointer.size();
    try {
      ByteBuffer payload = switch (pointer) {
        case PlanePointer.InTopic in -> {
          awaitBacklog(size);
          yield source.read(in);
        }
        // Its file may be long in coming, which must not hold up the others: it counts here only once it is read.
        case PlanePointer.AtUri at -> source.read(at, fetched -> {
          awaitBacklog(size);
          return fetched;
        });
      };
      meter.readAgain(payload.remaining());
      work.addLast(() -> decode(site, channel, plane, layer, payload, size));
    } catch (SourceExpiredException e) {
      PlaneFailure failure = new PlaneFailure(e.reason(), plane.layers().get(layer).z(), String.valueOf(e.getMessage()));
      long counted = pointer instanceof PlanePointer.InTopic ? size : 0;
      work.addLast(() -> landed(site, channel, counted, failure, null));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error e) {
      if (!closed) {
        LogFields.of(LOG.atError().addKeyValue(LogFields.LANE, lane), site.id().well()).addKeyValue(LogFields.SITE, site.id().site()).addKeyValue(LogFields.CHANNEL, plane.channel())
            .setCause(e).log("A plane of {} could not be read", site.id().well());
        fallSick(new DeviceSickException("A plane could not be read: " + e, e));
      }
    }
  }

  private void awaitBacklog(long size) throws InterruptedException {
    lock.lock();
    try {
      while (backlogBytes > 0 && backlogBytes + size > backlogLimit && !closed) {
        progress.await();
      }
      backlogBytes += size;
    } finally {
      lock.unlock();
    }
  }

  // ---- workers ----

  private void work() throws InterruptedException {
    while (!closed) {
      work.take().run();
    }
  }

  private void decode(StagedSite site, int channel, SitePlane plane, int layer, ByteBuffer payload, long size) {
    long start = System.nanoTime();
    PlaneFailure failure = null;
    try {
      decode(plane, layer, payload, site.slice(channel));
    } catch (CorruptPlaneException e) {
      failure = new PlaneFailure(FailureReason.CORRUPT_PLANE, plane.layers().get(layer).z(), String.valueOf(e.getMessage()));
    }
    long end = System.nanoTime();
    meter.decoded(end - start, payload.remaining());
    if (timed) {
      note(site, start, end);
    }
    if (failure == null && layer + 1 < plane.layers().size()) {
      giveBack(size);
      fetch(site, channel, plane, layer + 1);
    } else {
      landed(site, channel, size, failure, failure == null ? measure(site, channel, plane) : null);
    }
  }

  /** Looks at the image that the model will see, while it is still in a cache. */
  private PlaneQuality measure(StagedSite site, int channel, SitePlane plane) {
    long start = System.nanoTime();
    PlaneQuality measured =
        PlaneStatistics.of(site.slice(channel), plane.format(), quality.bitDepth()).at(site.id().site(), plane.channel());
    meter.measured(System.nanoTime() - start, quality.defects(measured));
    return measured;
  }

  private void decode(SitePlane plane, int layer, ByteBuffer payload, ByteBuffer slice) throws CorruptPlaneException {
    SitePlane one = new SitePlane(plane.channel(), List.of(plane.layers().get(layer)));
    if (layer == 0) {
      reader.decode(one, payload, slice);
    } else {
      ByteBuffer decoded = scratch.get().clear();
      reader.decode(one, payload, decoded);
      MaximumProjection.add(slice, decoded.clear(), card.pixelType());
    }
  }

  private void note(StagedSite site, long start, long end) {
    lock.lock();
    try {
      site.decoded(start, end);
    } finally {
      lock.unlock();
    }
  }

  private void giveBack(long size) {
    lock.lock();
    try {
      backlogBytes -= size;
      progress.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void landed(StagedSite site, int channel, long size, @Nullable PlaneFailure failure, @Nullable PlaneQuality measured) {
    lock.lock();
    try {
      backlogBytes -= size;
      site.landed(channel, failure, measured);
      progress.signalAll();
    } finally {
      lock.unlock();
    }
    proceed(site);
  }

  /** Takes a site a step further, if nobody is filling it any more. */
  private void proceed(StagedSite site) {
    SiteTicket ticket;
    SiteOutcome failure;
    lock.lock();
    try {
      if (site.busy()) {
        return;
      }
      if (site.dropped()) {
        if (site.start()) {
          release(site);
          progress.signalAll();
        }
        return;
      }
      ticket = site.ticket();
      List<SitePlane> planes = site.planes();
      if (ticket == null || planes == null) {
        return;
      }
      claimAll(site, planes, System.nanoTime());
      if (site.busy()) {
        return; // a plane that was replaced while it was decoded is read anew
      }
      if (!site.start()) {
        return;
      }
      failure = site.failure(ticket, planes, quality);
      site.ready(System.nanoTime());
    } finally {
      lock.unlock();
    }
    if (failure != null) {
      end(site, failure, 0, 0);
    } else if (inPlace != null) {
      meter.queued(0);
      long start = System.nanoTime();
      end(site, inPlace.run(List.of(new Job(ticket, site.pixels()))).getFirst(), start, 1);
    } else {
      ready.add(site);
    }
  }

  /** @param sites in the run of the model, which began then and ends now; 0: it came to none */
  private void end(StagedSite site, SiteOutcome outcome, long runNanos, int sites) {
    SiteOutcome measured = outcome.withQuality(site.quality());
    outcomes.post(timed ? measured.withPassage(passage(site, runNanos, sites)) : measured);
    lock.lock();
    try {
      release(site);
      progress.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private static SitePassage passage(StagedSite site, long runNanos, int sites) {
    Instant now = Instant.now();
    long nowNanos = System.nanoTime();
    return site.passage(sites == 0 ? null : SitePassage.Interval.of(runNanos, nowNanos, now, nowNanos), sites, now, nowNanos);
  }

  // ---- devices ----

  private void runBatches(SiteRunner runner, int most, Duration maxDelay) throws InterruptedException {
    List<StagedSite> batch = new ArrayList<>(most);
    List<Job> jobs = new ArrayList<>(most);
    while (!closed) {
      StagedSite first = ready.take();
      batch.add(first);
      long until = first.readyNanos() + maxDelay.toNanos();
      while (batch.size() < most) {
        StagedSite next = ready.poll(Math.max(0, until - System.nanoTime()), TimeUnit.NANOSECONDS);
        if (next == null) {
          break;
        }
        batch.add(next);
      }
      long now = System.nanoTime();
      for (StagedSite site : batch) {
        meter.queued(now - site.readyNanos());
        SiteTicket ticket = site.ticket();
        if (ticket != null) {
          jobs.add(new Job(ticket, site.pixels()));
        }
      }
      List<SiteOutcome> ended = runner.run(jobs);
      for (int i = 0; i < ended.size(); i++) {
        end(batch.get(i), ended.get(i), now, ended.size());
      }
      batch.clear();
      jobs.clear();
    }
  }

  /** Ends the threads after what each is doing; what still waits is dropped, its state being in the store. */
  @Override
  public void close() {
    closed = true;
    lock.lock();
    try {
      progress.signalAll();
    } finally {
      lock.unlock();
    }
    threads.forEach(Thread::interrupt);
    for (Thread thread : threads) {
      try {
        if (!thread.join(Duration.ofSeconds(10))) {
          LOG.warn("{} is still running; its memory is freed with the process", thread.getName());
          return;
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
    pool.close();
    slabs.close();
  }
}
