package io.dcmix.app.run;

import io.dcmix.core.cli.CliException;
import io.dcmix.core.model.ModelContractException;
import io.dcmix.core.model.ModelRepository;
import io.dcmix.core.model.ModelRepository.UnknownVersionException;
import io.dcmix.core.model.ModelRepository.Version;
import io.dcmix.schema.event.ModelControl;
import io.dcmix.streams.control.ModelOrders;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the versions of a lane's model come from, and which one it begins with.
 *
 * @param folder of the versions
 * @param file to begin with where nobody activated a version; null: the named one
 * @param named to begin with likewise; null: the only one of the folder
 * @param loaded what the process has in memory
 */
record ModelSource(Path folder, @Nullable Path file, @Nullable String named, LoadedModels loaded) {
  /** A version that shall serve and cannot. The message says why, without naming the version. */
  static final class RefusedModelException extends Exception {
    private static final long serialVersionUID = 1;

    RefusedModelException(String why, @Nullable Throwable cause) {
      super(why, cause);
    }
  }

  /** A record that could not be followed, and why. */
  record Refused(ModelControl wanted, String why) {}

  /**
   * What a lane begins with.
   *
   * @param refused what would have gone before it
   */
  record Beginning(LoadedModels.Use model, List<Refused> refused) {}

  /**
   * Looks at the folder before anything else is done.
   *
   * @throws CliException if it is none, or if two different files in it claim to be the same version
   */
  ModelRepository look() {
    try {
      return ModelRepository.look(folder);
    } catch (IOException e) {
      throw new CliException("--models: " + e.getMessage(), e);
    }
  }

  /**
   * Loads the first that can serve: what was activated, what last worked, what the command line names.
   *
   * @throws CliException if none can; says why of each
   */
  Beginning begin(ModelOrders orders) {
    List<Refused> refused = new ArrayList<>();
    for (ModelControl wanted : orders.candidates()) {
      try {
        return new Beginning(load(wanted), refused);
      } catch (RefusedModelException e) {
        refused.add(new Refused(wanted, String.valueOf(e.getMessage())));
      }
    }
    try {
      return new Beginning(file != null ? load(file) : load(look().named(named)), refused);
    } catch (UnknownVersionException | RefusedModelException e) {
      List<String> reasons = new ArrayList<>();
      refused.forEach(one -> reasons.add("%s %s of the control record: %s".formatted(
          one.wanted().getModelName(), one.wanted().getModelVersion(), one.why())));
      reasons.add(e instanceof UnknownVersionException && named == null ? e.getMessage() + " Name one with --model-version" : String.valueOf(e.getMessage()));
      throw new CliException("No version of the model can serve: " + String.join("; ", reasons), e);
    }
  }

  /** Loads the version of a record: the file with its hash, whatever it is called. */
  LoadedModels.Use load(ModelControl wanted) throws RefusedModelException {
    try {
      ModelRepository models = ModelRepository.look(folder);
      Version version = models.withSha256(wanted.getModelSha256());
      if (version == null) {
        throw new RefusedModelException("no file in %s has the hash %s".formatted(folder, wanted.getModelSha256())
            + (models.problems().isEmpty() ? "" : " (" + String.join("; ", models.problems()) + ")"), null);
      }
      return load(version);
    } catch (IOException e) {
      throw new RefusedModelException(String.valueOf(e.getMessage()), e);
    }
  }

  private LoadedModels.Use load(Version version) throws RefusedModelException {
    try {
      return loaded.load(version.file(), version.card().sha256());
    } catch (ModelContractException | IOException e) {
      throw new RefusedModelException(String.valueOf(e.getMessage()), e);
    }
  }

  private LoadedModels.Use load(Path model) throws RefusedModelException {
    try {
      return loaded.load(model);
    } catch (ModelContractException | IOException e) {
      throw new RefusedModelException(String.valueOf(e.getMessage()), e);
    }
  }
}
