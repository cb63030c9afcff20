package io.dcmix.app.run;

import io.dcmix.core.model.DevicePolicy;
import io.dcmix.core.model.Devices;
import io.dcmix.core.model.ModelCard;
import io.dcmix.core.model.ModelContractException;
import io.dcmix.core.model.RuntimeOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * The model files that a process has loaded: each once, however many lanes run it, for as long as one does. The first is loaded where
 * the policy allows, all others on the same devices. Thread-safe; giving a model up never waits for the loading of another.
 */
final class LoadedModels {
  private final RuntimeOptions options;
  private final Map<String, Shared> bySha256 = new HashMap<>(); // guarded by this
  private DevicePolicy policy; // guarded by this

  private static final class Shared {
    private final Devices devices;
    private int users;

    Shared(Devices devices) {
      this.devices = devices;
    }
  }

  LoadedModels(DevicePolicy policy, RuntimeOptions options) {
    this.policy = policy;
    this.options = options;
  }

  /** A model in use. {@link #release} is called once, after its last run. */
  record Use(Devices devices, Runnable release) {
    ModelCard card() {
      return devices.card();
    }
  }

  /**
   * Loads a file, checks it and warms it up, unless the same bytes are loaded already.
   *
   * @param sha256 what the file is known to be
   * @throws ModelContractException if it breaks the contract, or is another file by now
   * @throws IOException if it cannot be read, or not run on these devices
   */
  Use load(Path file, String sha256) throws ModelContractException, IOException {
    DevicePolicy where;
    synchronized (this) {
      Shared loaded = bySha256.get(sha256);
      if (loaded != null) {
        return use(loaded);
      }
      where = policy;
    }
    Devices devices = Devices.load(file, where, options);
    if (!devices.card().sha256().equals(sha256)) {
      devices.close();
      throw new IOException("%s was exchanged while it was read: it has the hash %s instead of %s".formatted(file, devices.card().sha256(), sha256));
    }
    return use(devices);
  }

  /** Loads a file, whatever it is; see {@link #load(Path, String)}. */
  Use load(Path file) throws ModelContractException, IOException {
    DevicePolicy where;
    synchronized (this) {
      where = policy;
    }
    return use(Devices.load(file, where, options));
  }

  /** Takes a model over that may have been loaded by another lane meanwhile. */
  private Use use(Devices devices) {
    Use use;
    boolean twice;
    synchronized (this) {
      policy = devices.policy();
      Shared shared = bySha256.computeIfAbsent(devices.card().sha256(), sha -> new Shared(devices));
      twice = shared.devices != devices;
      use = use(shared);
    }
    if (twice) {
      devices.close();
    }
    return use;
  }

  /** The same model for one more lane. */
  Use again(Use use) {
    synchronized (this) {
      Shared shared = bySha256.get(use.card().sha256());
      if (shared != null) {
        return use(shared);
      }
    }
    throw new IllegalStateException("The model " + use.card().name() + " is not loaded any more");
  }

  private synchronized Use use(Shared shared) {
    shared.users++;
    return new Use(shared.devices, () -> release(shared));
  }

  private void release(Shared shared) {
    synchronized (this) {
      if (--shared.users > 0) {
        return;
      }
      bySha256.remove(shared.devices.card().sha256());
    }
    shared.devices.close();
  }
}
