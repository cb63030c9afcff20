package io.dcmix.streams;

import io.dcmix.core.log.LogFields;
import io.dcmix.core.model.ModelCard;
import io.dcmix.core.model.SiteModel;
import io.dcmix.core.scoring.ActiveModel;
import io.dcmix.core.scoring.PlaneSource;
import io.dcmix.core.scoring.PooledSiteScorer;
import io.dcmix.core.scoring.SiteReader;
import io.dcmix.core.scoring.SiteScorer;
import io.dcmix.core.scoring.SiteScorer.DeviceSickException;
import io.dcmix.core.source.PlaneSources;
import io.dcmix.core.source.ReferenceSource;
import io.dcmix.schema.WellKey;
import io.dcmix.schema.event.Acquisition;
import io.dcmix.schema.event.Alert;
import io.dcmix.schema.event.ChannelImportance;
import io.dcmix.schema.event.HitCall;
import io.dcmix.schema.event.ImageEvent;
import io.dcmix.schema.event.PlateLayout;
import io.dcmix.schema.event.PlateQuality;
import io.dcmix.schema.event.WellFailure;
import io.dcmix.schema.event.WellPrediction;
import io.dcmix.schema.state.WellLife;
import io.dcmix.schema.state.WellState;
import io.dcmix.streams.LaneTopics.ImageTopic;
import io.dcmix.streams.LaneTopics.UnusableTopicsException;
import io.dcmix.streams.ScreeningTopology.EventSerdes;
import io.dcmix.streams.metrics.DecisionMeters;
import io.dcmix.streams.metrics.InstanceMeters;
import io.dcmix.streams.metrics.ScoringMeters;
import io.dcmix.streams.metrics.SpanMeters;
import io.dcmix.streams.metrics.StageMeters;
import io.dcmix.streams.plate.PlateBacklog;
import io.dcmix.streams.source.TopicPlaneSource;
import io.dcmix.streams.state.TableView;
import io.dcmix.streams.trace.Tracing;
import io.dcmix.streams.well.WellStageConfig;
import io.dcmix.streams.well.WellStageSupplier;
import io.dcmix.streams.wire.EdgeSerdes;
import io.dcmix.streams.wire.PatientDecoder;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Starts and stops a processor instance. Up: topics are checked, then the scorer on a model that is already warm, then the
 * streams. Down: the streams leave the group, then the scorer, then the plane source; the model is its owner's, who may exchange it.
 *
 * <p>Threading: started and closed by one thread; {@link #ready} and {@link #ended} may be asked from any.
 */
public final class StreamsRuntime implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StreamsRuntime.class);
  private static final Duration CLOSE_WITHIN = Duration.ofSeconds(20);

  private final String lane;
  private final EdgeSerdes serdes;
  private final KafkaStreams streams;
  private final SiteScorer scorer;
  private final TopicPlaneSource source;
  private final @Nullable Tracing tracing;
  private final ActiveModel active;
  private final String rowsTopic;
  private final int partitions;
  private final Counter skipped;
  private final Duration settle;
  private volatile long runningSince = System.nanoTime();
  /** Opens when records can flow, or never will. */
  private final CountDownLatch firstRunning = new CountDownLatch(1);
  private final CompletableFuture<Throwable> ended = new CompletableFuture<>();
  private boolean closed;

  private StreamsRuntime(
      ProcessorConfig config, ActiveModel active, SiteReader reader, ImageTopic images, MeterRegistry registry) {
    this.active = active;
    ModelCard card = active.get().card();
    // A follow-up rebalance comes within a heartbeat of the first; a second heartbeat to be sure.
    settle = config.sessionTimeout().dividedBy(5);
    serdes = EdgeSerdes.of(config.wire());
    Topics topics = config.topics();
    rowsTopic = topics.internal(ScreeningTopology.ROWS + "-repartition");
    partitions = images.partitions();
    lane = topics.lane();
    Function<byte[], ImageEvent> imageDecoder = PatientDecoder.of(serdes.serde(ImageEvent.class), topics.imageEvents());
    Function<byte[], Acquisition> acquisitionDecoder = PatientDecoder.of(serdes.serde(Acquisition.class), topics.acquisitions());
    source = new TopicPlaneSource(topics.imageEvents(), images.topicId(), clientConfig(config), imageDecoder);
    PlaneSource planes = new PlaneSources(source, ReferenceSource.of(config.references()));
    boolean batches = active.devices().stream().anyMatch(device -> !device.equals("cpu"));
    ScoringMeters scoring = new ScoringMeters(registry);
    SpanMeters spans = new SpanMeters(registry);
    tracing = config.tracing() == null ? null : Tracing.start(config.tracing(), Tracing.PROCESSOR, topics, spans);
    PooledSiteScorer pooled = new PooledSiteScorer(
        active, batches, planes, reader, config.screening().quality(), config.scoring().withTimes(tracing != null), scoring);
    scoring.watch(pooled::usage);
    scorer = pooled;
    WellStageConfig wells = new WellStageConfig(
        topics.lane(), images.topicId(), images.partitions(), config.screening(), ProcessorConfig.BACK_PRESSURE, config.checkHashOf());
    WellStageSupplier wellStage =
        new WellStageSupplier(wells, active, scorer, imageDecoder, acquisitionDecoder,
            new StageMeters(registry), tracing == null ? null : tracing.wells());
    EventSerdes results = new EventSerdes(
        serdes.serde(WellPrediction.class), serdes.serde(WellFailure.class), serdes.serde(ChannelImportance.class),
        serdes.serde(HitCall.class), serdes.serde(PlateQuality.class), serdes.serde(Alert.class));
    Function<byte[], PlateLayout> layoutDecoder = PatientDecoder.of(serdes.serde(PlateLayout.class), topics.plateLayouts());
    skipped = InstanceMeters.skipped(registry);
    ScreeningTopology topology = new ScreeningTopology(
        topics, key -> takes(config.selection(), key), results, wellStage, layoutDecoder, config.screening(), new DecisionMeters(registry));
    streams = new KafkaStreams(topology.build(), StreamsSettings.of(config, card, images.partitions()),
        new FencedClients(new TopicPartition(topics.acquisitions(), 0)));
    streams.setUncaughtExceptionHandler(this::die);
    streams.setStateListener((now, before) -> {
      if (now == KafkaStreams.State.RUNNING) {
        runningSince = System.nanoTime();
        firstRunning.countDown();
      }
    });
    streams.setGlobalStateRestoreListener(InstanceMeters.restored(registry));
    InstanceMeters.register(registry, streams, topics.imageEvents(), this::ready, this::tasks, this::standbyTasks);
    InstanceMeters.model(registry, active);
  }

  /** {@link #start(ProcessorConfig, ActiveModel, SiteReader, MeterRegistry)} with one version for good, and meters that nobody reads. */
  public static StreamsRuntime start(ProcessorConfig config, List<? extends SiteModel> models, SiteReader reader)
      throws UnusableTopicsException, ExecutionException, InterruptedException {
    return start(config, ActiveModel.of(models, config.scoring()), reader, new SimpleMeterRegistry());
  }

  /**
   * Starts an instance.
   *
   * @param active the model that serves; its owner closes it after this instance
   * @param reader decodes planes
   * @param registry where the instance's meters go
   * @throws UnusableTopicsException if the lane's topics are missing or have settings that would lose data
   * @throws IllegalArgumentException if the settings contradict each other; names each
   */
  public static StreamsRuntime start(
      ProcessorConfig config, ActiveModel active, SiteReader reader, MeterRegistry registry)
      throws UnusableTopicsException, ExecutionException, InterruptedException {
    List<String> problems = new ArrayList<>(config.problems());
    problems.addAll(MemoryBudget.problems(List.of(config.memory()), Runtime.getRuntime().maxMemory()));
    ModelCard card = active.get().card();
    if (config.scoring().poolBytes() >= 1 && config.scoring().slots(card) < 1) {
      problems.add("one site of model %s takes %,d bytes, the pixel pool has %,d: enlarge it"
          .formatted(card.name(), card.siteBytes(), config.scoring().poolBytes()));
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException("The settings do not fit together: " + String.join("; ", problems));
    }
    ImageTopic images;
    try (Admin admin = Admin.create(clientConfig(config))) {
      images = LaneTopics.check(admin, config.topics(), config.screening().lateWindow());
    }
    StreamsRuntime runtime;
    try (var _ = MDC.putCloseable(LogFields.LANE, config.topics().lane())) { // its threads log under it
      runtime = new StreamsRuntime(config, active, reader, images, registry);
    }
    runtime.streams.start();
    return runtime;
  }

  /** What passes is begun again by another thread; anything else ends the process, so that another takes over. */
  private StreamThreadExceptionResponse die(Throwable cause) {
    String passing = PassingFailure.reason(cause);
    if (passing != null) {
      LOG.atWarn().addKeyValue(LogFields.LANE, lane).log("{}; starting over from the last commit: {}", passing, cause.getMessage());
      return StreamThreadExceptionResponse.REPLACE_THREAD;
    }
    LOG.atError().addKeyValue(LogFields.LANE, lane).setCause(cause).log("Lane {}: the processor stops: {}", lane, cause.getMessage());
    ended.complete(cause);
    firstRunning.countDown();
    return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
  }

  /** Whether tasks are assigned, the model is warm and records flow; false while rebalancing. */
  public boolean ready() {
    return readiness().ready();
  }

  /** The same, part by part. */
  public Readiness readiness() {
    Throwable cause = ended.getNow(null);
    DeviceSickException sickness = scorer.sickness();
    return Readiness.of(
        streams.state(), tasks(), Duration.ofNanos(System.nanoTime() - runningSince), settle, model(),
        cause == null ? null : String.valueOf(cause.getMessage()), sickness == null ? null : String.valueOf(sickness.getMessage()));
  }

  private String model() {
    ModelCard card = active.get().card();
    String refusal = active.refusal();
    return "%s %s on %s, warm".formatted(card.name(), card.version(), String.join(", ", active.devices()))
        + (refusal == null ? "" : "; refused: " + refusal);
  }

  private boolean takes(ImageSelection selection, byte @Nullable [] key) {
    boolean takes = selection.takes(key);
    if (!takes) {
      skipped.increment();
    }
    return takes;
  }

  /** Image events that the lane's selection passed over since the start of this instance. */
  public long skipped() {
    return (long) skipped.count();
  }

  /**
   * Wells that have images and no final result, and what follows from results.
   *
   * @param assembling wait for images
   * @param scoring wait for the model
   * @param judging have a result that their plate does not know yet; and plates and windows that have something to say. Looked at once
   *     no well waits for the model; 0 before
   */
  public record Unfinished(long assembling, long scoring, long judging) {}

  /**
   * Counts this instance's unfinished wells, of which no image came after this time. Walks through all its wells.
   *
   * @param lastArrival by the broker's clock
   * @return null while tasks come and go
   */
  public @Nullable Unfinished unfinished(Instant lastArrival) {
    if (!ready()) {
      return null;
    }
    long assembling = 0;
    long scoring = 0;
    long judging = 0;
    if (tasks() > 0) {
      try {
        TableView<WellState> wells = WellStageSupplier.WELLS.view(open(WellStageSupplier.WELLS.store()));
        Map<String, Integer> done = new HashMap<>();
        try (KeyValueIterator<String, WellState> all = wells.all()) {
          while (all.hasNext()) {
            KeyValue<String, WellState> entry = all.next();
            WellState well = entry.value;
            boolean counts = well.getLastArrival() <= lastArrival.toEpochMilli();
            assembling += counts && well.getLife() == WellLife.ASSEMBLING ? 1 : 0;
            scoring += counts && well.getLife() == WellLife.SCORING ? 1 : 0;
            if (counts && well.getLife() == WellLife.DONE) {
              done.put(entry.key, well.getRevision());
            }
          }
        }
        if (scoring == 0) {
          PlateBacklog plates = plates();
          judging = done.entrySet().stream().filter(well -> plates.lacks(WellKey.parse(well.getKey()), well.getValue())).count() + plates.unsaid();
        }
      } catch (InvalidStateStoreException e) {
        LOG.atDebug().addKeyValue(LogFields.LANE, lane).log("The wells cannot be asked now: {}", e.getMessage());
        return null;
      }
    }
    return new Unfinished(assembling, scoring, judging);
  }

  private PlateBacklog plates() {
    Set<Integer> own = streams.metadataForLocalThreads().stream().flatMap(thread -> thread.activeTasks().stream())
        .flatMap(task -> task.topicPartitions().stream())
        .filter(partition -> partition.topic().equals(rowsTopic)).map(TopicPartition::partition).collect(Collectors.toSet());
    return new PlateBacklog(this::store, own, partitions);
  }

  /** Null where this instance has no part of it. */
  private @Nullable ReadOnlyKeyValueStore<String, byte[]> store(String name) {
    try {
      return open(name);
    } catch (InvalidStateStoreException e) {
      return null;
    }
  }

  private ReadOnlyKeyValueStore<String, byte[]> open(String name) {
    return streams.store(StoreQueryParameters.fromNameAndType(name, QueryableStoreTypes.keyValueStore()));
  }

  private int tasks() {
    return streams.metadataForLocalThreads().stream().mapToInt(thread -> thread.activeTasks().size()).sum();
  }

  private int standbyTasks() {
    return streams.metadataForLocalThreads().stream().mapToInt(thread -> thread.standbyTasks().size()).sum();
  }

  /** Waits for the first time that records can flow. Returns whether that came in time; false at once if the processor stops. */
  public boolean awaitReady(Duration atMost) throws InterruptedException {
    return firstRunning.await(atMost.toMillis(), TimeUnit.MILLISECONDS) && !ended.isDone();
  }

  /** Completes with the cause when the processor stops by itself; the process should then end with a failure. */
  public CompletableFuture<Throwable> ended() {
    return ended;
  }

  /** Closing twice is fine. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    streams.close(CloseOptions.timeout(CLOSE_WITHIN).withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP));
    scorer.close();
    source.close();
    serdes.close();
    if (tracing != null) {
      tracing.close();
    }
  }

  private static Map<String, Object> clientConfig(ProcessorConfig config) {
    Map<String, Object> client = new HashMap<>(config.kafka());
    client.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, config.bootstrapServers());
    return client;
  }
}
