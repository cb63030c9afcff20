package io.dcmix.app.run;

import io.dcmix.core.cli.CliException;
import io.dcmix.core.images.PlaneDecoder;
import io.dcmix.core.model.DevicePolicy;
import io.dcmix.core.model.DeviceUnavailableException;
import io.dcmix.core.model.Devices;
import io.dcmix.core.model.ModelCard;
import io.dcmix.core.model.ModelContractException;
import io.dcmix.core.model.RuntimeOptions;
import io.dcmix.core.model.SiteModel;
import io.dcmix.core.scoring.SharedModels;
import io.dcmix.core.scoring.SiteScorer.DeviceSickException;
import io.dcmix.streams.LaneTopics.UnusableTopicsException;
import io.dcmix.streams.ProcessorConfig;
import io.dcmix.streams.Readiness;
import io.dcmix.streams.StreamsRuntime;
import io.dcmix.streams.metrics.InstanceMeters;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running processor: its lanes, first the one whose work goes before that of the others, and the model that they share. Closes
 * in the right order: the streams leave their groups before the model goes.
 */
public final class Processor implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Processor.class);

  private final Devices devices;
  private final Metrics metrics;
  private final SequencedMap<String, StreamsRuntime> lanes;
  private final CompletableFuture<Throwable> ended = new CompletableFuture<>();
  private boolean closed; // guarded by this

  private Processor(Devices devices, Metrics metrics, SequencedMap<String, StreamsRuntime> lanes) {
    this.devices = devices;
    this.metrics = metrics;
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
      LOG.error("Lane {} has stopped; lane {} goes on. Start again to go on with it", lane, first);
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
   * Starts the streams of one or more lanes on a model that is loaded and warm; takes the model over, also when it fails.
   *
   * @param configs one a lane; on a device the first goes before the others
   * @throws CliException if Kafka cannot be reached, topics are unusable, or settings contradict each other
   */
  public static Processor start(List<ProcessorConfig> configs, Devices devices) throws InterruptedException {
    ProcessorConfig first = configs.getFirst();
    Metrics metrics = new Metrics(first.topics().lane());
    SequencedMap<String, StreamsRuntime> lanes = new LinkedHashMap<>();
    try {
      SharedModels shared = new SharedModels(devices.models(), first.scoring().workers());
      for (int rank = 0; rank < configs.size(); rank++) {
        ProcessorConfig config = configs.get(rank);
        MeterRegistry registry = metrics.lane(config.topics().lane());
        InstanceMeters.fallback(registry, devices.fallback() != null);
        List<? extends SiteModel> models = configs.size() == 1 ? devices.models() : shared.ofLane(rank);
        lanes.put(config.topics().lane(), StreamsRuntime.start(
            config, models, (plane, payload, target) -> PlaneDecoder.decode(plane.format(), payload, target), registry));
      }
      return new Processor(devices, metrics, lanes);
    } catch (UnusableTopicsException | IllegalArgumentException e) {
      close(lanes, devices, metrics);
      throw new CliException(String.valueOf(e.getMessage()), e);
    } catch (ExecutionException e) {
      close(lanes, devices, metrics);
      throw new CliException(
          "Kafka at %s does not answer as it should: %s".formatted(first.bootstrapServers(), e.getMessage()), e);
    } catch (RuntimeException | InterruptedException e) {
      close(lanes, devices, metrics);
      throw e;
    }
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

  public ModelCard card() {
    return devices.card();
  }

  /** Where the model runs: {@code cpu}, or {@code cuda:0, cuda:1}. */
  public String device() {
    return devices.names();
  }

  /** Closing twice is fine. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      close(lanes, devices, metrics);
    }
  }

  /** The first lane, started first, works to the last. */
  private static void close(SequencedMap<String, StreamsRuntime> lanes, Devices devices, Metrics metrics) {
    lanes.sequencedValues().reversed().forEach(StreamsRuntime::close);
    devices.close();
    metrics.close();
  }
}
