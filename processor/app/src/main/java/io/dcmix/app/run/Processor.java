package io.dcmix.app.run;

import io.dcmix.core.cli.CliException;
import io.dcmix.core.images.PlaneDecoder;
import io.dcmix.core.model.DevicePolicy;
import io.dcmix.core.model.DeviceUnavailableException;
import io.dcmix.core.model.Devices;
import io.dcmix.core.model.ModelCard;
import io.dcmix.core.model.ModelContractException;
import io.dcmix.core.model.RuntimeOptions;
import io.dcmix.streams.LaneTopics.UnusableTopicsException;
import io.dcmix.streams.ProcessorConfig;
import io.dcmix.streams.StreamsRuntime;
import io.dcmix.streams.metrics.InstanceMeters;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;

/** A running processor and its model. Closes in the right order: the streams leave the group before the model goes. */
public final class Processor implements AutoCloseable {
  private final Devices devices;
  private final Metrics metrics;
  private final StreamsRuntime streams;

  private Processor(Devices devices, Metrics metrics, StreamsRuntime streams) {
    this.devices = devices;
    this.metrics = metrics;
    this.streams = streams;
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

  /**
   * Starts the streams on a model that is loaded and warm; takes the model over, also when it fails.
   *
   * @throws CliException if Kafka cannot be reached, topics are unusable, or settings contradict each other
   */
  public static Processor start(ProcessorConfig config, Devices devices) throws InterruptedException {
    Metrics metrics = new Metrics(config.topics().lane());
    try {
      InstanceMeters.fallback(metrics.registry(), devices.fallback() != null);
      StreamsRuntime streams = StreamsRuntime.start(
          config, devices.models(), (plane, payload, target) -> PlaneDecoder.decode(plane.format(), payload, target), metrics.registry());
      return new Processor(devices, metrics, streams);
    } catch (UnusableTopicsException | IllegalArgumentException e) {
      metrics.close();
      devices.close();
      throw new CliException(String.valueOf(e.getMessage()), e);
    } catch (ExecutionException e) {
      metrics.close();
      devices.close();
      throw new CliException(
          "Kafka at %s does not answer as it should: %s".formatted(config.bootstrapServers(), e.getMessage()), e);
    } catch (RuntimeException | InterruptedException e) {
      metrics.close();
      devices.close();
      throw e;
    }
  }

  public StreamsRuntime streams() {
    return streams;
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

  @Override
  public void close() {
    streams.close();
    devices.close();
    metrics.close();
  }
}
