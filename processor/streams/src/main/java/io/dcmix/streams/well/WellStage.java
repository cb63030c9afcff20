package io.dcmix.streams.well;

import io.dcmix.core.log.LogFields;
import io.dcmix.core.scoring.ServedModel;
import io.dcmix.core.scoring.SiteScorer;
import io.dcmix.core.wells.ArrivalClock;
import io.dcmix.core.wells.Manifest;
import io.dcmix.schema.WellKey;
import io.dcmix.schema.event.Acquisition;
import io.dcmix.schema.event.ImageEvent;
import io.dcmix.schema.state.SiteStatus;
import io.dcmix.schema.state.WellLife;
import io.dcmix.schema.state.WellState;
import io.dcmix.streams.LaneTopics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * The wells of one task: images come in, complete sites go to the scorer, outcomes come back, time passes. The steps
 * themselves are in {@link WellLedger}.
 *
 * <p>What is pending stands in the stores; the fields here are an index of it that {@link #init} rebuilds lazily. Nothing is
 * forwarded but from this task's own thread.
 */
final class WellStage implements Processor<byte[], byte[], byte[], WellOutput> {
  private static final Duration DRAIN_EVERY = Duration.ofMillis(10);
  private static final Duration DEADLINES_EVERY = Duration.ofSeconds(1);
  private static final Duration EXPIRE_EVERY = Duration.ofMinutes(1);
  private static final int CURSOR_SLICE = 256;

  /** Bytes of a batch's and a record's own fields, generously. */
  private static final long RECORD_OVERHEAD = 256;

  /** Nanoseconds that this stream thread waited for the scorer since its last punctuation, over all its tasks. */
  private static final ThreadLocal<long[]> WAITED = ThreadLocal.withInitial(() -> new long[1]);

  private final WellStageConfig config;
  private final Supplier<ServedModel> model;
  private final SiteScorer scorer;
  private final ImageIntake intake;
  private final WellResults results;
  private final Function<byte[], Acquisition> acquisitionDecoder;
  private final StageMeter meter;
  private final @Nullable WellTracer tracer;

  // Set by init(), once per life of the task.
  private @Nullable Life life;

  WellStage(
      WellStageConfig config,
      Supplier<ServedModel> model,
      SiteScorer scorer,
      Function<byte[], ImageEvent> imageDecoder,
      Function<byte[], Acquisition> acquisitionDecoder,
      StageMeter meter,
      @Nullable WellTracer tracer) {
    this.config = config;
    this.model = model;
    this.scorer = scorer;
    this.intake = new ImageIntake(model.get().card(), imageDecoder, config.topicId(), config.partitions(), config.checkHashOf());
    this.results = new WellResults(config.screening());
    this.acquisitionDecoder = acquisitionDecoder;
    this.meter = meter;
    this.tracer = tracer;
  }

  @Override
  public void init(ProcessorContext<byte[], WellOutput> context) {
    life = new Life(context);
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    life().process(record);
  }

  @Override
  public void close() {
    if (life != null) {
      life.end();
      life = null;
    }
  }

  private Life life() {
    if (life == null) {
      throw new IllegalStateException("The well stage is used before init()");
    }
    return life;
  }

  private record Retained(String well, long untilMillis) {}

  /** One life of the task, from init() to close(). */
  private final class Life implements WellLedger.Listener {
    private final ProcessorContext<byte[], WellOutput> context;
    private final WellStores stores;
    private final Announcements<Manifest> manifests;
    private final ArrivalClock clock;
    private final SiteFlights flights;
    private final WellLedger ledger;
    private final StageMeter.Task counts = meter.task();
    private final WellTracer.@Nullable Task traces = tracer == null ? null : tracer.task();

    private final Set<String> pendingWells = new HashSet<>();
    private final Map<String, @Nullable Manifest> settledWith = new HashMap<>();
    private final PriorityQueue<Retained> retained = new PriorityQueue<>((a, b) -> Long.compare(a.untilMillis(), b.untilMillis()));

    private @Nullable KeyValueIterator<String, WellState> cursor;
    private boolean cursorDone;
    private @Nullable Cancellable draining;
    private @Nullable Cancellable deadlines;
    private @Nullable Cancellable expiring;

    Life(ProcessorContext<byte[], WellOutput> context) {
      MDC.put(LogFields.LANE, config.lane()); // A stream thread has tasks of one lane alone.
      this.context = context;
      this.stores = new WellStores(context);
      this.manifests = new Announcements<>(
          context.getStateStore(Announcements.STORE), bytes -> Manifest.of(acquisitionDecoder.apply(bytes)), config.lane());
      this.clock = new ArrivalClock(context.currentSystemTimeMs());
      this.flights = new SiteFlights(scorer, model.get().card().channels(), stores, context.taskId().toString(), config.screening().explain(), traces);
      this.ledger = new WellLedger(stores, manifests, model, results, config.screening(), this, this::forward);
      WAITED.get()[0] = 0;
      schedule();
    }

    void end() {
      for (Cancellable schedule : Arrays.asList(draining, deadlines, expiring)) {
        if (schedule != null) {
          schedule.cancel();
        }
      }
      if (cursor != null) {
        cursor.close();
      }
      flights.abandon();
      counts.close();
    }

    @Override
    public void complete(String well, int site) {
      flights.enqueue(well, site);
      if (traces != null) {
        traces.complete(well, site);
      }
    }

    @Override
    public void pending(String well) {
      pendingWells.add(well);
    }

    @Override
    public void done(String well, long lastArrival) {
      pendingWells.remove(well);
      retained.add(new Retained(well, lastArrival + config.screening().lateWindow().toMillis()));
    }

    // ---- images ----

    void process(Record<byte[], byte[]> record) {
      RecordMetadata source = context.recordMetadata().orElseThrow();
      clock.observe(record.timestamp(), context.currentSystemTimeMs());
      switch (intake.read(record.key(), record.value(), source.partition(), source.offset(), record.timestamp())) {
        case ImageIntake.Unreadable unreadable -> {
          meter.deadLetter(unreadable.kind());
          WellLog.setAside(config.lane(), source, unreadable.kind(), unreadable.reason());
          forwardDead(record, source, unreadable.reason());
        }
        case ImageIntake.Unused unused -> ledger.leaveOut(unused, record.timestamp());
        case ImageIntake.Plane plane -> {
          if (traces != null) {
            traces.image(plane.well().toString(), record.headers(), record.timestamp());
          }
          // The payload goes to memory before the site can be complete, so that it need not be read again.
          if (ledger.take(plane, record.timestamp()) && plane.state().getProblem() == null) {
            flights.offer(plane);
          }
          flights.submit();
          relieve();
          if (traces != null && !pendingWells.contains(plane.well().toString())) {
            traces.settled(plane.well());
          }
        }
      }
      schedule();
    }

    private void forwardDead(Record<byte[], byte[]> record, RecordMetadata source, String reason) {
      Record<byte[], WellOutput> dead = record.withValue(new WellOutput.Dead(record.value()));
      DeadLetterHeaders.add(dead.headers(), source, reason);
      if (size(record.key(), record.value(), dead.headers()) > LaneTopics.MAX_MESSAGE_BYTES) {
        // A record that Kafka refuses would end the processor, at this offset, again and again.
        dead = new Record<>(null, new WellOutput.Dead(null), record.timestamp());
        DeadLetterHeaders.add(dead.headers(), source, "Left out here as too large, see its offset. " + reason);
      }
      context.forward(dead);
    }

    private static long size(byte @Nullable [] key, byte @Nullable [] value, Headers headers) {
      long size = RECORD_OVERHEAD + (key == null ? 0 : key.length) + (value == null ? 0 : value.length);
      for (Header header : headers) {
        byte[] content = header.value();
        size += 10L + 3L * header.key().length() + (content == null ? 0 : content.length);
      }
      return size;
    }

    private void forward(WellKey key, WellOutput output) {
      long now = context.currentSystemTimeMs();
      meter.forwarded(output, now);
      if (output instanceof WellOutput.Failed failed) {
        WellLog.failed(config.lane(), key, failed.failure());
      }
      Record<byte[], WellOutput> result = new Record<>(key.toString().getBytes(StandardCharsets.UTF_8), output, now);
      if (traces != null) {
        traces.forwarded(key, output, result.headers());
      }
      context.forward(result);
    }

    /**
     * Back pressure: waits a little for the scorer to catch up, so that it is not given more than it can hold; results go out
     * meanwhile. What the scorer is busy with depends on no later record. The time is the thread's: between two commits lie a
     * record of each task at least, and all their waits must fit in a transaction.
     */
    private void relieve() {
      if (!flights.hasWaiting() && scorer.awaitRoom(Duration.ZERO)) {
        return;
      }
      long[] waited = WAITED.get();
      long start = System.nanoTime();
      long budget = config.backPressure().toNanos() - waited[0];
      boolean room = false;
      while ((flights.hasWaiting() || !room) && System.nanoTime() - start < budget) {
        room = scorer.awaitRoom(DRAIN_EVERY);
        flights.land(ledger);
        flights.submit();
      }
      waited[0] += System.nanoTime() - start;
    }

    // ---- time ----

    /** Schedules what is needed and cancels what is not: each wall-clock punctuation costs a commit. */
    private void schedule() {
      draining = when(!flights.idle() || !cursorDone, draining, DRAIN_EVERY, this::onDrain);
      deadlines = when(!pendingWells.isEmpty(), deadlines, DEADLINES_EVERY, this::onDeadlines);
      expiring = when(!retained.isEmpty(), expiring, EXPIRE_EVERY, this::onExpire);
      counts.holds(pendingWells.size(), flights.waiting());
    }

    private @Nullable Cancellable when(boolean needed, @Nullable Cancellable now, Duration every, Runnable action) {
      if (needed && now == null) {
        return context.schedule(every, PunctuationType.WALL_CLOCK_TIME, time -> action.run());
      }
      if (!needed && now != null) {
        now.cancel();
        return null;
      }
      return now;
    }

    private void onDrain() {
      WAITED.get()[0] = 0;
      advanceCursor();
      flights.land(ledger);
      flights.submit();
      schedule();
    }

    /** Walks over the stored wells in slices, to find what an earlier life left unfinished. */
    private void advanceCursor() {
      if (cursorDone) {
        return;
      }
      if (cursor == null) {
        cursor = stores.allWells();
      }
      for (int i = 0; i < CURSOR_SLICE && cursor.hasNext(); i++) {
        KeyValue<String, WellState> entry = cursor.next();
        WellState well = stores.well(entry.key);
        if (well != null) {
          restore(entry.key, well);
        }
      }
      if (!cursor.hasNext()) {
        cursor.close();
        cursor = null;
        cursorDone = true;
      }
    }

    private void restore(String key, WellState well) {
      clock.restore(well.getLastArrival());
      switch (well.getLife()) {
        case DONE -> retained.add(new Retained(key, well.getLastArrival() + config.screening().lateWindow().toMillis()));
        case EXPIRED -> retained.add(new Retained(key, well.getLastArrival() + 2 * config.screening().lateWindow().toMillis()));
        case ASSEMBLING, SCORING -> {
          pendingWells.add(key);
          if (traces != null) {
            traces.restored(key);
          }
          ledger.reconsider(WellKey.parse(key));
          stores.sitesOf(key).forEach((number, site) -> {
            if (site.getStatus() == SiteStatus.COMPLETE) {
              complete(key, number);
            }
          });
        }
      }
    }

    /** Takes in changed announcements, and ends the wells whose last image is too long ago. */
    private void onDeadlines() {
      long now = clock.now(context.currentSystemTimeMs());
      Set<String> plates = new HashSet<>();
      for (String name : List.copyOf(pendingWells)) {
        WellKey key = WellKey.parse(name);
        WellState well = stores.well(name);
        if (well == null) {
          pendingWells.remove(name);
          continue;
        }
        Manifest manifest = manifests.of(key.plate().toString());
        plates.add(key.plate().toString());
        if (manifest != settledWith.get(name)) {
          settledWith.put(name, manifest);
          ledger.reconsider(key);
        }
        if (well.getLife() == WellLife.ASSEMBLING && now >= well.getLastArrival() + config.screening().wellDeadline().toMillis()) {
          if (traces != null) {
            traces.gaveUp(name);
          }
          ledger.endIncomplete(key);
        }
      }
      settledWith.keySet().retainAll(pendingWells);
      manifests.retain(plates);
      schedule();
    }

    /** Forgets the planes and sites of wells that are past correction, and later the wells themselves. */
    private void onExpire() {
      long now = clock.now(context.currentSystemTimeMs());
      while (!retained.isEmpty() && retained.peek().untilMillis() <= now) {
        String name = retained.remove().well();
        WellState well = stores.well(name);
        if (well == null || (well.getLife() != WellLife.DONE && well.getLife() != WellLife.EXPIRED)) {
          continue;
        }
        boolean expired = well.getLife() == WellLife.EXPIRED;
        long until = well.getLastArrival() + (expired ? 2 : 1) * config.screening().lateWindow().toMillis();
        if (until > now) {
          retained.add(new Retained(name, until));
        } else if (expired) {
          stores.forgetWell(name);
        } else {
          stores.forgetDetails(name);
          well.setLife(WellLife.EXPIRED);
          stores.put(name, well);
          retained.add(new Retained(name, well.getLastArrival() + 2 * config.screening().lateWindow().toMillis()));
        }
      }
      schedule();
    }
  }
}
