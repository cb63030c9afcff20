package io.dcmix.streams.well;

import io.dcmix.core.model.ModelCard;
import io.dcmix.core.scoring.PlanePointer;
import io.dcmix.core.scoring.SiteOutcome;
import io.dcmix.core.scoring.SitePlane;
import io.dcmix.core.scoring.SiteScorer;
import io.dcmix.core.scoring.SiteTicket;
import io.dcmix.core.wells.ArrivalClock;
import io.dcmix.core.wells.Manifest;
import io.dcmix.core.wells.PlaneChoice;
import io.dcmix.core.wells.SiteAssembly;
import io.dcmix.schema.WellKey;
import io.dcmix.schema.event.Acquisition;
import io.dcmix.schema.event.FailureReason;
import io.dcmix.schema.event.ImageEvent;
import io.dcmix.schema.state.PlaneState;
import io.dcmix.schema.state.SiteState;
import io.dcmix.schema.state.SiteStatus;
import io.dcmix.schema.state.WellLife;
import io.dcmix.schema.state.WellState;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.jspecify.annotations.Nullable;

/**
 * The life of the wells of one task.
 *
 * <pre>
 *   image ─▶ ASSEMBLING ──all planes of a site──▶ SCORING ──all sites ended──▶ DONE(revision) ──late window──▶ EXPIRED
 *                ▲  └──────────deadline: missing sites fail──────────┘  ▲              │
 *                └───────────────────────────a late image──────────────┴──────────────┘
 * </pre>
 *
 * <p>What is pending stands in the stores; the fields here are an index of it that {@link #init} rebuilds lazily. Nothing is
 * forwarded but from this task's own thread.
 */
final class WellStage implements Processor<byte[], byte[], byte[], WellOutput> {
  private static final AtomicLong GENERATIONS = new AtomicLong();
  private static final Duration DRAIN_EVERY = Duration.ofMillis(10);
  private static final Duration DEADLINES_EVERY = Duration.ofSeconds(1);
  private static final Duration EXPIRE_EVERY = Duration.ofMinutes(1);
  private static final int CURSOR_SLICE = 256;

  private final WellStageConfig config;
  private final ModelCard model;
  private final SiteScorer scorer;
  private final ImageIntake intake;
  private final WellResults results;
  private final Function<byte[], Acquisition> acquisitionDecoder;

  // Set by init(), once per life of the task.
  private @Nullable Life life;

  WellStage(
      WellStageConfig config,
      ModelCard model,
      boolean reproducible,
      SiteScorer scorer,
      Function<byte[], ImageEvent> imageDecoder,
      Function<byte[], Acquisition> acquisitionDecoder) {
    this.config = config;
    this.model = model;
    this.scorer = scorer;
    this.intake = new ImageIntake(model, imageDecoder, config.topicId(), config.partitions());
    this.results = new WellResults(model, reproducible);
    this.acquisitionDecoder = acquisitionDecoder;
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

  private record SiteId(String well, int site) {}

  private record Retained(String well, long untilMillis) {}

  /** One life of the task, from init() to close(). */
  private final class Life {
    private final ProcessorContext<byte[], WellOutput> context;
    private final String task;
    private final long generation = GENERATIONS.incrementAndGet();
    private final WellStores stores;
    private final Manifests manifests;
    private final ArrivalClock clock;

    private final Set<String> pendingWells = new HashSet<>();
    private final Map<String, @Nullable Manifest> settledWith = new HashMap<>();
    private final Map<SiteId, Integer> flights = new HashMap<>();
    private final Deque<SiteId> waiting = new ArrayDeque<>();
    private final PriorityQueue<Retained> retained = new PriorityQueue<>((a, b) -> Long.compare(a.untilMillis(), b.untilMillis()));

    private @Nullable KeyValueIterator<String, WellState> cursor;
    private boolean cursorDone;
    private @Nullable Cancellable draining;
    private @Nullable Cancellable deadlines;
    private @Nullable Cancellable expiring;

    Life(ProcessorContext<byte[], WellOutput> context) {
      this.context = context;
      this.task = context.taskId().toString();
      this.stores = new WellStores(context);
      this.manifests = new Manifests(context.getStateStore(Manifests.STORE), acquisitionDecoder);
      this.clock = new ArrivalClock(context.currentSystemTimeMs());
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
      scorer.forget(task, generation);
    }

    // ---- images come in ----

    void process(Record<byte[], byte[]> record) {
      RecordMetadata source = context.recordMetadata().orElseThrow();
      clock.observe(record.timestamp(), context.currentSystemTimeMs());
      switch (intake.read(record.key(), record.value(), source.partition(), source.offset(), record.timestamp())) {
        case ImageIntake.Unreadable unreadable -> forwardDead(record, source, unreadable.reason());
        case ImageIntake.Unused unused -> leaveOut(unused, record.timestamp());
        case ImageIntake.Plane plane -> take(plane, record.timestamp());
      }
      schedule();
    }

    private void forwardDead(Record<byte[], byte[]> record, RecordMetadata source, String reason) {
      Record<byte[], WellOutput> dead = record.withValue(new WellOutput.Dead(record.value()));
      DeadLetterHeaders.add(dead.headers(), source, reason);
      context.forward(dead);
    }

    private void leaveOut(ImageIntake.Unused unused, long arrival) {
      String key = WellStores.key(unused.well());
      WellState well = open(key, arrival);
      if (well.getLife() == WellLife.EXPIRED || !unused.unknownChannel() || well.getUnknownChannel()) {
        return;
      }
      well.setUnknownChannel(true);
      Manifest manifest = manifests.of(unused.well().plate().toString());
      boolean alreadyFlagged = manifest != null && manifest.hasChannelsBeyond(model.channels());
      if (well.getLife() == WellLife.DONE && alreadyFlagged) {
        stores.put(key, well);
      } else {
        touch(key, well);
        settle(unused.well());
      }
    }

    private void take(ImageIntake.Plane plane, long arrival) {
      String key = WellStores.key(plane.well());
      WellState well = open(key, arrival);
      if (well.getLife() == WellLife.EXPIRED) {
        late(plane.well(), well, plane.site(), plane.channel());
        return;
      }
      PlaneState here = stores.plane(key, plane.site(), plane.channel());
      PlaneChoice choice = PlaneChoice.of(here, plane.state());
      if (choice == PlaneChoice.DUPLICATE) {
        return;
      }
      boolean conflict = choice == PlaneChoice.CONFLICT_REPLACES || choice == PlaneChoice.CONFLICT_KEEPS;
      boolean newlyFlagged = (conflict && !well.getConflict()) || (plane.implausibleTime() && !well.getImplausibleTime());
      well.setConflict(well.getConflict() || conflict);
      well.setImplausibleTime(well.getImplausibleTime() || plane.implausibleTime());
      if (choice == PlaneChoice.CONFLICT_KEEPS) {
        if (newlyFlagged) {
          touch(key, well);
          settle(plane.well());
        }
        return;
      }
      stores.put(key, plane.site(), plane.channel(), plane.state());
      if (plane.payload() != null) {
        offer(plane.state(), plane.payload());
      }
      well.setDeadlineReached(false);
      touch(key, well);
      reassemble(plane.well(), plane.site(), true);
      settle(plane.well());
      relieve();
    }

    private WellState open(String key, long arrival) {
      WellState well = stores.well(key);
      if (well == null) {
        return WellState.newBuilder().setLife(WellLife.ASSEMBLING).setRevision(0).setLastArrival(arrival).build();
      }
      well.setLastArrival(Math.max(well.getLastArrival(), arrival));
      return well;
    }

    /** The well changed, so its result, if there is one, no longer stands. */
    private void touch(String key, WellState well) {
      well.setLife(WellLife.ASSEMBLING);
      stores.put(key, well);
      pendingWells.add(key);
    }

    private void offer(PlaneState plane, ByteBuffer payload) {
      scorer.offer(pointer(plane), payload);
    }

    private void late(WellKey key, WellState well, int site, String channel) {
      well.setRevision(well.getRevision() + 1);
      stores.put(WellStores.key(key), well);
      forward(key, new WellOutput.Failed(results.failure(key, well, site, channel, FailureReason.LATE,
          "Site %d, channel %s: the image came after the late window, when the well's state was already given up".formatted(site, channel),
          "Publish the plate under a new acquisition id to score it again.")));
    }

    // ---- sites ----

    /** Decides again what a site is, after its planes changed or the manifest did. */
    private void reassemble(WellKey key, int number, boolean planesChanged) {
      String well = WellStores.key(key);
      SiteState before = stores.site(well, number);
      Manifest manifest = manifests.of(key.plate().toString());
      Set<String> absent = manifest == null ? Set.of() : manifest.absentChannels(key.well(), number, key.timepoint());
      SiteState.Builder site =
          SiteState.newBuilder().setVersion((before == null ? 0 : before.getVersion()) + 1).setStatus(SiteStatus.ASSEMBLING);
      switch (SiteAssembly.of(model.channels(), stores.planesOf(well, number), absent)) {
        case SiteAssembly.Waiting waiting -> {
          if (!planesChanged) {
            return;
          }
        }
        case SiteAssembly.Broken broken ->
            site.setStatus(SiteStatus.FAILED).setReason(broken.reason()).setChannel(broken.channel()).setMessage(broken.message());
        case SiteAssembly.Complete complete -> {
          site.setStatus(SiteStatus.COMPLETE);
          waiting.add(new SiteId(well, number));
        }
      }
      stores.put(well, number, site.build());
      submitWaiting();
    }

    /** Hands complete sites to the scorer while it has room; one flight per site. */
    private void submitWaiting() {
      while (!waiting.isEmpty()) {
        SiteId id = waiting.peek();
        SiteState site = stores.site(id.well(), id.site());
        if (site == null || site.getStatus() != SiteStatus.COMPLETE || flights.containsKey(id)) {
          waiting.remove();
          continue;
        }
        Map<String, PlaneState> planes = stores.planesOf(id.well(), id.site());
        List<SitePlane> ordered = new ArrayList<>();
        for (String channel : model.channels()) {
          PlaneState plane = planes.get(channel);
          if (plane == null) {
            throw new IllegalStateException("Site " + id + " is complete without channel " + channel);
          }
          ordered.add(new SitePlane(channel, ImageIntake.format(plane), pointer(plane)));
        }
        SiteTicket ticket = new SiteTicket(task, generation, WellKey.parse(id.well()), id.site(), site.getVersion());
        if (!scorer.submit(ticket, ordered)) {
          return;
        }
        flights.put(id, site.getVersion());
        waiting.remove();
      }
    }

    /** Back pressure: waits a little for the scorer while complete sites cannot be handed over; results go out meanwhile. */
    private void relieve() {
      long until = System.nanoTime() + config.backPressure().toNanos();
      while (!waiting.isEmpty() && System.nanoTime() < until) {
        scorer.awaitRoom(DRAIN_EVERY);
        drain();
        submitWaiting();
      }
    }

    private static PlanePointer pointer(PlaneState plane) {
      return new PlanePointer(plane.getTopicId(), plane.getPartition(), plane.getOffset(), plane.getSha256());
    }

    // ---- outcomes come back ----

    private void drain() {
      for (SiteOutcome outcome : scorer.drain(task, generation)) {
        SiteTicket ticket = outcome.ticket();
        SiteId id = new SiteId(WellStores.key(ticket.well()), ticket.site());
        flights.remove(id);
        SiteState site = stores.site(id.well(), id.site());
        if (site == null || site.getStatus() != SiteStatus.COMPLETE) {
          continue;
        }
        if (site.getVersion() != ticket.version()) {
          waiting.add(id);
          continue;
        }
        record(outcome, site, id);
        stores.put(id.well(), id.site(), site);
        settle(ticket.well());
      }
    }

    private void record(SiteOutcome outcome, SiteState site, SiteId id) {
      switch (outcome) {
        case SiteOutcome.Scored scored -> {
          site.setStatus(SiteStatus.SCORED);
          site.setLogits(list(scored.score().logits()));
          site.setProbabilities(list(scored.score().probabilities()));
          site.setContribution(list(scored.score().contribution()));
          double[] importance = scored.score().importance();
          site.setImportance(importance == null ? null : list(importance));
          site.setDevice(scored.device());
        }
        case SiteOutcome.Failed failed -> {
          site.setStatus(SiteStatus.FAILED);
          site.setReason(failed.reason());
          String channel = failed.channel();
          site.setMessage(channel == null ? failed.message() : "channel " + channel + ": " + failed.message());
          site.setChannel(channel);
          if (channel != null) {
            refuse(id, channel, failed.reason(), site.getMessage());
          }
        }
      }
    }

    /** Marks a plane that turned out to be unusable, so that a good image for the same place wins, whatever its hash. */
    private void refuse(SiteId id, String channel, FailureReason reason, @Nullable String message) {
      PlaneState plane = stores.plane(id.well(), id.site(), channel);
      if (plane != null) {
        plane.setProblem(reason);
        plane.setProblemText(message);
        stores.put(id.well(), id.site(), channel, plane);
      }
    }

    // ---- wells ----

    /** Emits the well's result if all its sites have ended and the last result no longer stands. */
    private void settle(WellKey key) {
      String name = WellStores.key(key);
      WellState well = stores.well(name);
      if (well == null || well.getLife() == WellLife.DONE || well.getLife() == WellLife.EXPIRED) {
        return;
      }
      SortedMap<Integer, SiteState> sites = stores.sitesOf(name);
      boolean scoring = sites.values().stream().anyMatch(site -> site.getStatus() == SiteStatus.COMPLETE);
      boolean assembling = sites.values().stream().anyMatch(site -> site.getStatus() == SiteStatus.ASSEMBLING);
      Manifest manifest = manifests.of(key.plate().toString());
      Set<Integer> expected = manifest == null ? Set.of() : manifest.sitesOf(key.well());
      if (manifest != null) {
        endAbsentSites(key, manifest, sites);
      }
      boolean allHere = !expected.isEmpty() && sites.keySet().containsAll(expected);
      if (scoring || assembling || !(allHere || well.getDeadlineReached())) {
        WellLife now = scoring ? WellLife.SCORING : WellLife.ASSEMBLING;
        if (well.getLife() != now) {
          well.setLife(now);
          stores.put(name, well);
        }
        return;
      }
      well.setRevision(well.getRevision() + 1);
      well.setLife(WellLife.DONE);
      stores.put(name, well);
      pendingWells.remove(name);
      retained.add(new Retained(name, well.getLastArrival() + config.lateWindow().toMillis()));
      boolean unknownChannels = well.getUnknownChannel() || (manifest != null && manifest.hasChannelsBeyond(model.channels()));
      results
          .of(new WellResults.Settled(
              key, well, sites, expected.isEmpty() ? null : expected.size(), unknownChannels, site -> stores.planesOf(name, site)))
          .forEach(output -> forward(key, output));
    }

    /** Sites of which no plane will ever come have ended before they began. */
    private void endAbsentSites(WellKey key, Manifest manifest, SortedMap<Integer, SiteState> sites) {
      for (int number : manifest.sitesOf(key.well())) {
        if (!sites.containsKey(number)
            && manifest.absentChannels(key.well(), number, key.timepoint()).containsAll(model.channels())) {
          SiteState absent = SiteState.newBuilder().setVersion(1).setStatus(SiteStatus.FAILED).setReason(FailureReason.MISSING_PLANE)
              .setMessage("all its images were announced as absent").build();
          stores.put(WellStores.key(key), number, absent);
          sites.put(number, absent);
        }
      }
    }

    private void forward(WellKey key, WellOutput output) {
      context.forward(new Record<>(key.toString().getBytes(StandardCharsets.UTF_8), output, context.currentSystemTimeMs()));
    }

    // ---- time ----

    /** Schedules what is needed and cancels what is not: each wall-clock punctuation costs a commit. */
    private void schedule() {
      draining = when(!flights.isEmpty() || !waiting.isEmpty() || !cursorDone, draining, DRAIN_EVERY, this::onDrain);
      deadlines = when(!pendingWells.isEmpty(), deadlines, DEADLINES_EVERY, this::onDeadlines);
      expiring = when(!retained.isEmpty(), expiring, EXPIRE_EVERY, this::onExpire);
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
      advanceCursor();
      drain();
      submitWaiting();
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
        case DONE -> retained.add(new Retained(key, well.getLastArrival() + config.lateWindow().toMillis()));
        case EXPIRED -> retained.add(new Retained(key, well.getLastArrival() + 2 * config.lateWindow().toMillis()));
        case ASSEMBLING, SCORING -> {
          pendingWells.add(key);
          stores.sitesOf(key).forEach((number, site) -> {
            if (site.getStatus() == SiteStatus.COMPLETE) {
              waiting.add(new SiteId(key, number));
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
          stores.sitesOf(name).forEach((number, site) -> {
            if (site.getStatus() == SiteStatus.ASSEMBLING) {
              reassemble(key, number, false);
            }
          });
          settle(key);
        }
        if (well.getLife() == WellLife.ASSEMBLING && now >= well.getLastArrival() + config.wellDeadline().toMillis()) {
          endIncomplete(key, name);
        }
      }
      settledWith.keySet().retainAll(pendingWells);
      manifests.retain(plates);
      schedule();
    }

    private void endIncomplete(WellKey key, String name) {
      WellState well = stores.well(name);
      if (well == null || well.getLife() != WellLife.ASSEMBLING) {
        return;
      }
      SortedMap<Integer, SiteState> sites = stores.sitesOf(name);
      Manifest manifest = manifests.of(key.plate().toString());
      Set<Integer> numbers = new HashSet<>(sites.keySet());
      if (manifest != null) {
        numbers.addAll(manifest.sitesOf(key.well()));
      }
      for (int number : numbers) {
        SiteState site = sites.get(number);
        if (site == null || site.getStatus() == SiteStatus.ASSEMBLING) {
          List<String> missing = new ArrayList<>(model.channels());
          missing.removeAll(stores.planesOf(name, number).keySet());
          stores.put(name, number, SiteState.newBuilder()
              .setVersion(site == null ? 1 : site.getVersion() + 1)
              .setStatus(SiteStatus.FAILED)
              .setReason(FailureReason.MISSING_PLANE)
              .setChannel(missing.getFirst())
              .setMessage("no image of %s came within %s after the well's last image"
                  .formatted(missing.size() == 1 ? "channel " + missing.getFirst() : "channels " + String.join(", ", missing), config.wellDeadline()))
              .build());
        }
      }
      well.setDeadlineReached(true);
      stores.put(name, well);
      settle(key);
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
        long until = well.getLastArrival() + (expired ? 2 : 1) * config.lateWindow().toMillis();
        if (until > now) {
          retained.add(new Retained(name, until));
        } else if (expired) {
          stores.forgetWell(name);
        } else {
          stores.forgetDetails(name);
          well.setLife(WellLife.EXPIRED);
          stores.put(name, well);
          retained.add(new Retained(name, well.getLastArrival() + 2 * config.lateWindow().toMillis()));
        }
      }
      schedule();
    }
  }

  private static List<Double> list(double[] values) {
    return Arrays.stream(values).boxed().toList();
  }
}
