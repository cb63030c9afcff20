package io.dcmix.app.run;

import io.dcmix.core.cli.CliException;
import io.dcmix.core.images.PlaneDecoder;
import io.dcmix.core.log.LogFields;
import io.dcmix.core.model.DevicePolicy;
import io.dcmix.core.model.DeviceUnavailableException;
import io.dcmix.core.model.Devices;
import io.dcmix.core.model.ModelCard;
import io.dcmix.core.model.ModelContractException;
import io.dcmix.core.model.RuntimeOptions;
import io.dcmix.core.model.SiteModel;
import io.dcmix.core.scoring.ActiveModel;
import io.dcmix.core.scoring.SharedDevices;
import io.dcmix.core.scoring.SiteScorer.DeviceSickException;
import io.dcmix.streams.LaneTopics.UnusableTopicsException;
import io.dcmix.streams.MemoryBudget;
import io.dcmix.streams.ProcessorConfig;
import io.dcmix.streams.Readiness;
import io.dcmix.streams.StreamsRuntime;
import io.dcmix.streams.metrics.InstanceMeters;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running processor: its lanes, first the one whose work goes before that of the others, and the model that serves each. Closes
 * in the right order: the streams leave their groups before the models go.
 */
public final class Processor implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Processor.class);

  private final SharedDevices shared;
  private final Metrics metrics;
  private final SequencedMap<String, ActiveModel> models;
  private final SequencedMap<String, StreamsRuntime> lanes;
  private final CompletableFuture<Throwable> ended = new CompletableFuture<>();
  private boolean closed; // guarded by this

  private Processor(
      SharedDevices shared, Metrics metrics, SequencedMap<String, ActiveModel> models, SequencedMap<String, StreamsRuntime> lanes) {
    this.shared = shared;
    this.metrics = metrics;
    this.models = models;
    this.lanes = lanes;
    String first = lanes.firstEntry().getKey();
    lanes.forEach((lane, streams) -> {
      var _ = streams.ended().thenAccept(cause -> onEnd(lane, first, cause));
    });
  }

  private void onEnd(String lane, String first, Throwable cause) {
    if (lane.equals(first) || isSick(cause)) {
      ended.complete(cause);
    } else {
      LOG.atError().addKeyValue(LogFields.LANE, lane).log("Lane {} has stopped; lane {} goes on. Start again to go on with it", lane, first);
    }
  }

  /**
   * Loads a model for {@link #start}.
   *
   * @throws CliException with everything that is wrong with the file or the device
   */
  public static Devices load(Path file, DevicePolicy policy, RuntimeOptions options) {
    try {
      return Devices.load(file, policy, options);
    } catch (ModelContractException | DeviceUnavailableException e) {
      throw new CliException(String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw new CliException("Cannot read the model: " + e.getMessage(), e);
    }
  }

  /** {@link #start(List, Devices)} of one lane. */
  public static Processor start(ProcessorConfig config, Devices devices) throws InterruptedException {
    return start(List.of(config), devices);
  }

  /**
   * Starts the streams of one or more lanes on one model that is loaded and warm; takes the model over, also when it fails.
   *
   * @param configs one a lane; on a device the first goes before the others
   * @throws CliException as {@link #start(List)}
   */
  public static Processor start(List<ProcessorConfig> configs, Devices devices) throws InterruptedException {
    AtomicInteger users = new AtomicInteger(configs.size());
    Runnable release = () -> {
      if (users.decrementAndGet() == 0) {
        devices.close();
      }
    };
    return start(configs.stream().map(config -> new Lane(config, new LoadedModels.Use(devices, release))).toList());
  }

  /**
   * A lane with the version of the model that it begins with.
   *
   * @param model loaded and warm
   */
  record Lane(ProcessorConfig config, LoadedModels.Use model) {}

  /**
   * Starts the streams of one or more lanes; takes their models over, also when it fails.
   *
   * @param wanted on a device the first goes before the others
   * @throws CliException if Kafka cannot be reached, topics are unusable, or settings contradict each other
   */
  static Processor start(List<Lane> wanted) throws InterruptedException {
    ProcessorConfig first = wanted.getFirst().config();
    Metrics metrics = new Metrics(first.topics().lane());
    SharedDevices shared = new SharedDevices(first.scoring().workers());
    SequencedMap<String, ActiveModel> models = new LinkedHashMap<>();
    SequencedMap<String, StreamsRuntime> lanes = new LinkedHashMap<>();
    for (Lane lane : wanted) {
      List<? extends SiteModel> own =
          wanted.size() == 1 ? lane.model().devices().models() : shared.ofLane(lane.model().devices().models(), models.size());
      models.put(lane.config().topics().lane(), new ActiveModel(own, lane.config().scoring(), lane.model().release()));
    }
    try {
      List<String> problems = MemoryBudget.problems(wanted.stream().map(lane -> lane.config().memory()).toList(), Runtime.getRuntime().maxMemory());
      if (!problems.isEmpty()) {
        throw new CliException(String.join("; ", problems));
      }
      // Whatever is loaded after a fallback asks for the CPU, so that the first alone knows.
      boolean fallenBack = wanted.stream().anyMatch(lane -> lane.model().devices().fallback() != null);
      for (Lane lane : wanted) {
        String name = lane.config().topics().lane();
        MeterRegistry registry = metrics.lane(name);
        InstanceMeters.fallback(registry, fallenBack);
        // Told of every lane, from 0 on, also of one whose model is never changed.
        InstanceMeters.refused(registry, Objects.requireNonNull(models.get(name)));
        var _ = InstanceMeters.swaps(registry);
        var _ = InstanceMeters.refusals(registry);
        lanes.put(name, StreamsRuntime.start(
            lane.config(), Objects.requireNonNull(models.get(name)),
            (plane, payload, target) -> PlaneDecoder.decode(plane.format(), payload, target), registry));
      }
      return new Processor(shared, metrics, models, lanes);
    } catch (UnusableTopicsException | IllegalArgumentException e) {
      close(lanes, models, metrics);
      throw new CliException(String.valueOf(e.getMessage()), e);
    } catch (ExecutionException e) {
      close(lanes, models, metrics);
      throw new CliException(
          "Kafka at %s does not answer as it should: %s".formatted(first.bootstrapServers(), e.getMessage()), e);
    } catch (RuntimeException | InterruptedException e) {
      close(lanes, models, metrics);
      throw e;
    }
  }

  /** The version of the model that serves a lane. */
  ActiveModel model(String lane) {
    return Objects.requireNonNull(models.get(lane), lane);
  }

  /**
   * Lets another version take over in a lane, between two runs of the model.
   *
   * @throws IllegalArgumentException if it does not fit the lane; then it stays its caller's
   */
  void replace(String lane, LoadedModels.Use model) {
    int rank = List.copyOf(models.keySet()).indexOf(lane);
    List<? extends SiteModel> own = models.size() == 1 ? model.devices().models() : shared.ofLane(model.devices().models(), rank);
    model(lane).replace(own, model.release());
  }

  /** A sick device is every lane's: nothing that it says may be published. */
  private static boolean isSick(Throwable cause) {
    for (Throwable c = cause; c != null; c = c.getCause()) {
      if (c instanceof DeviceSickException) {
        return true;
      }
    }
    return false;
  }

  /** The streams of the first lane. */
  public StreamsRuntime streams() {
    return lanes.firstEntry().getValue();
  }

  /** How every lane stands, part by part. */
  public Readiness readiness() {
    SequencedMap<String, Readiness> each = new LinkedHashMap<>();
    lanes.forEach((lane, streams) -> each.put(lane, streams.readiness()));
    return Readiness.of(each);
  }

  /**
   * Completes with the cause when the process should end with a failure: the first lane stopped by itself, or a device is sick.
   * Another lane that stops leaves the rest at work; readiness says so.
   */
  public CompletableFuture<Throwable> ended() {
    return ended;
  }

  /** What it counts and times. */
  public Metrics metrics() {
    return metrics;
  }

  /** Of the version that serves the first lane now. */
  public ModelCard card() {
    return models.firstEntry().getValue().get().card();
  }

  /** Where the model runs: {@code cpu}, or {@code cuda:0, cuda:1}. */
  public String device() {
    return String.join(", ", models.firstEntry().getValue().devices());
  }

  /** Closing twice is fine. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      close(lanes, models, metrics);
    }
  }

  /** The first lane, started first, works to the last. */
  private static void close(SequencedMap<String, StreamsRuntime> lanes, SequencedMap<String, ActiveModel> models, Metrics metrics) {
    lanes.sequencedValues().reversed().forEach(StreamsRuntime::close);
    models.values().forEach(ActiveModel::close);
    metrics.close();
  }
}
