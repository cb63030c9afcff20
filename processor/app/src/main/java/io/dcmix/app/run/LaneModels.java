package io.dcmix.app.run;

import io.dcmix.app.cluster.Cluster;
import io.dcmix.core.cli.CliException;
import io.dcmix.core.model.DeviceUnavailableException;
import io.dcmix.core.model.ModelContractException;
import io.dcmix.core.model.ModelRepository.UnknownVersionException;
import io.dcmix.core.model.ModelRepository.Version;
import io.dcmix.streams.LaneTopics;
import io.dcmix.streams.Topics;
import io.dcmix.streams.control.ModelControlReader;
import io.dcmix.streams.control.ModelControlWriter;
import io.dcmix.streams.results.LaneReader;
import io.dcmix.streams.wire.EdgeSerdes;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;

/**
 * The models of the lanes of a process: one file for all of them and for good, or for each lane the version of a folder that was activated
 * for it. First {@link #begin} for each lane, then {@link #follow}.
 */
final class LaneModels implements AutoCloseable {
  private final LoadedModels loaded;
  private final @Nullable ModelSource source;
  private final LoadedModels.@Nullable Use only;
  private boolean onlyIsTaken;
  private final List<Followed> followed = new ArrayList<>();
  private final List<ModelFollower> followers = new ArrayList<>();

  private record Followed(Topics topics, ModelControlReader reader, List<ModelSource.Refused> refused) {}

  private LaneModels(LoadedModels loaded, @Nullable ModelSource source, LoadedModels.@Nullable Use only) {
    this.loaded = loaded;
    this.source = source;
    this.only = only;
  }

  /**
   * Looks at what was given before anything else is done: loads the file, or reads through the folder.
   *
   * @param folder of versions that are activated by record; null: the file serves, and no record is followed
   * @param file what serves, or what begins where no version was activated
   * @param named the version of the folder that begins likewise
   * @throws CliException if it is of no use; says why
   */
  static LaneModels of(LoadedModels loaded, @Nullable Path folder, @Nullable Path file, @Nullable String named) {
    if (folder == null) {
      return new LaneModels(loaded, null, load(loaded, Objects.requireNonNull(file)));
    }
    ModelSource source = new ModelSource(folder, file, named, loaded);
    List<String> claimed = source.look().claims();
    if (!claimed.isEmpty()) {
      throw new CliException("--models: " + String.join("; ", claimed));
    }
    return new LaneModels(loaded, source, null);
  }

  /**
   * Loads a file for good.
   *
   * @throws CliException with everything that is wrong with it
   */
  static LoadedModels.Use load(LoadedModels loaded, Path file) {
    try {
      return loaded.load(file);
    } catch (ModelContractException e) {
      throw new CliException(String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw new CliException(e instanceof DeviceUnavailableException ? String.valueOf(e.getMessage()) : "Cannot read the model: " + e.getMessage(), e);
    }
  }

  /**
   * A version for a lane that keeps it for good: a shadow.
   *
   * @param what a file, or a version of the folder
   * @throws CliException if it is neither
   */
  LoadedModels.Use shadow(String what) {
    try {
      if (source == null || what.endsWith(".onnx")) {
        return load(loaded, Path.of(what));
      }
      Version version = source.look().named(what);
      return loaded.load(version.file(), version.card().sha256());
    } catch (UnknownVersionException | ModelContractException | IOException e) {
      throw new CliException("--shadow: " + e.getMessage(), e);
    }
  }

  /**
   * The version that a lane begins with.
   *
   * @throws CliException if none can serve, or Kafka does not tell which one shall
   */
  LoadedModels.Use begin(Topics topics, Cluster cluster, EdgeSerdes serdes) throws InterruptedException {
    if (source == null) {
      LoadedModels.Use first = Objects.requireNonNull(only);
      LoadedModels.Use use = onlyIsTaken ? loaded.again(first) : first;
      onlyIsTaken = true;
      return use;
    }
    try (Admin admin = cluster.admin()) {
      LaneTopics.checkModelControl(admin, topics);
      ModelControlReader reader = new ModelControlReader(topics, cluster.client(), serdes);
      try {
        ModelSource.Beginning beginning = source.begin(reader.readToEnd());
        followed.add(new Followed(topics, reader, beginning.refused()));
        return beginning.model();
      } catch (RuntimeException e) {
        reader.close();
        throw e;
      }
    } catch (LaneTopics.UnusableTopicsException | LaneReader.QuietBrokerException e) {
      throw new CliException(String.valueOf(e.getMessage()), e);
    } catch (ExecutionException e) {
      throw new CliException("Kafka at %s does not answer as it should: %s".formatted(cluster.bootstrapServers(), e.getMessage()), e);
    }
  }

  /** Follows from now on what is activated for the lanes. */
  void follow(Processor processor, Cluster cluster, EdgeSerdes serdes) {
    String by = "processor " + ProcessHandle.current().pid();
    for (Followed one : followed) {
      String lane = one.topics().lane();
      followers.add(new ModelFollower(
          lane, Objects.requireNonNull(source), one.reader(), new ModelControlWriter(one.topics(), cluster.client(), serdes, by, InstantSource.system()),
          processor.model(lane), model -> processor.replace(lane, model), processor.metrics().lane(lane), one.refused()));
    }
    followed.clear();
  }

  @Override
  public void close() {
    followers.forEach(ModelFollower::close);
    followed.forEach(one -> one.reader().close());
  }
}
