package io.dcmix.core.model;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtException.OrtErrorCode;
import ai.onnxruntime.OrtProvider;
import io.dcmix.core.model.DevicePolicy.Auto;
import io.dcmix.core.model.DevicePolicy.Cpu;
import io.dcmix.core.model.DevicePolicy.Cuda;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One model on the devices that a policy allows: one session a device, all of the same file. On the CPU there is one, which
 * any number of threads share.
 */
public final class Devices implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Devices.class);
  private static final String GPU_BUILD = "build with DCMIX_PROFILE=gpu ./dcmix, or mvn -Pgpu";

  /** Failures that no other device would mend. */
  private static final Set<OrtErrorCode> FAULTS_OF_THE_FILE =
      Set.of(OrtErrorCode.ORT_INVALID_PROTOBUF, OrtErrorCode.ORT_INVALID_GRAPH, OrtErrorCode.ORT_NO_MODEL);

  private final List<DcmixModel> models;
  private final @Nullable String fallback;

  private Devices(List<DcmixModel> models, @Nullable String fallback) {
    this.models = List.copyOf(models);
    this.fallback = fallback;
  }

  /**
   * Loads a model file on every device of the policy, checks it against the contract, runs it on known sites, and so warms it up.
   *
   * @throws ModelContractException if the file breaks the contract; lists every problem found
   * @throws DeviceUnavailableException if the policy is CUDA and one of its devices does not work; says what is missing
   * @throws IOException if the file cannot be read or is too large
   */
  public static Devices load(Path file, DevicePolicy policy, RuntimeOptions options) throws ModelContractException, IOException {
    return load(file, policy, options, Machine.THIS);
  }

  static Devices load(Path file, DevicePolicy policy, RuntimeOptions options, Machine machine) throws ModelContractException, IOException {
    byte[] bytes = DcmixModel.read(file, options.maxFileBytes());
    Devices devices = switch (policy) {
      case Cpu _ -> new Devices(List.of(onCpu(file, bytes, options, machine)), null);
      case Cuda(List<Integer> ids) -> new Devices(onCuda(file, bytes, ids, options, machine), null);
      case Auto _ -> automatic(file, bytes, options, machine);
    };
    if (!devices.reproducible()) {
      LOG.warn("Model {} on {} gives other bits for the same site from run to run; predictions say reproducible=false",
          file.getFileName(), devices.names());
    }
    return devices;
  }

  private static Devices automatic(Path file, byte[] bytes, RuntimeOptions options, Machine machine) throws ModelContractException {
    String fallback;
    if (machine.offersCuda()) {
      try {
        return new Devices(onCuda(file, bytes, List.of(0), options, machine), null);
      } catch (DeviceUnavailableException e) {
        fallback = String.valueOf(e.getMessage());
      }
    } else if (machine.libraries().get().driver()) {
      fallback = "this machine has an NVIDIA driver, but this build runs on the CPU alone: " + GPU_BUILD;
    } else {
      LOG.info("Model {} runs on the CPU (this build has no CUDA provider)", file.getFileName());
      return new Devices(List.of(onCpu(file, bytes, options, machine)), null);
    }
    LOG.warn("Model {} runs on the CPU, which is slower: {}", file.getFileName(), fallback);
    return new Devices(List.of(onCpu(file, bytes, options, machine)), fallback);
  }

  private static DcmixModel onCpu(Path file, byte[] bytes, RuntimeOptions options, Machine machine) throws ModelContractException {
    try {
      return machine.starter().start(file, bytes, options, null);
    } catch (OrtException e) {
      throw new ModelContractException(file.toString(), List.of("ONNX Runtime cannot run it: " + DcmixModel.oneLine(e)));
    }
  }

  private static List<DcmixModel> onCuda(Path file, byte[] bytes, List<Integer> ids, RuntimeOptions options, Machine machine)
      throws ModelContractException, DeviceUnavailableException {
    if (!machine.offersCuda()) {
      throw new DeviceUnavailableException("Device cuda is not possible: this build has no CUDA provider: " + GPU_BUILD + "; or use device cpu");
    }
    List<DcmixModel> started = new ArrayList<>();
    try {
      for (int id : ids) {
        try {
          started.add(machine.starter().start(file, bytes, options, id));
        } catch (OrtException e) {
          if (FAULTS_OF_THE_FILE.contains(e.getCode())) {
            throw new ModelContractException(file.toString(), List.of("ONNX Runtime cannot run it: " + DcmixModel.oneLine(e)));
          }
          String cause = DcmixModel.oneLine(e);
          throw new DeviceUnavailableException(
              "Device cuda:%d does not work: %s. %s".formatted(id, cause, machine.libraries().get().remedy(cause)), e);
        }
      }
      return List.copyOf(started);
    } catch (ModelContractException | DeviceUnavailableException | RuntimeException e) {
      started.forEach(DcmixModel::close);
      throw e;
    }
  }

  /** One a device, in the order of the policy. */
  public List<DcmixModel> models() {
    return models;
  }

  /** The card, which is the same on every device. */
  public ModelCard card() {
    return models.getFirst().card();
  }

  /** {@code cpu} or {@code cuda:0, cuda:1}. */
  public String names() {
    return models.stream().map(DcmixModel::device).collect(Collectors.joining(", "));
  }

  /** These devices and no others, for another version that shall take this one's place. */
  public DevicePolicy policy() {
    return models.getFirst().device().equals("cpu") ? DevicePolicy.CPU
        : new Cuda(models.stream().map(model -> Integer.valueOf(model.device().substring("cuda:".length()))).toList());
  }

  /** Whether each device gives the same bits for the same site. */
  public boolean reproducible() {
    return models.stream().allMatch(DcmixModel::reproducible);
  }

  /** Why the CPU stands in for a GPU; null where it does not. */
  public @Nullable String fallback() {
    return fallback;
  }

  @Override
  public void close() {
    models.forEach(DcmixModel::close);
  }

  /**
   * What a machine offers, so that the rules above can be tried without a GPU.
   *
   * @param offersCuda whether ONNX Runtime was built with its CUDA provider; that says nothing of a device
   * @param libraries looks for the CUDA libraries
   * @param starter opens sessions
   */
  record Machine(boolean offersCuda, Supplier<CudaLibraries> libraries, Starter starter) {
    private static final Machine THIS =
        new Machine(OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA), CudaLibraries::look, DcmixModel::start);
  }

  /** Opens a session and checks it; the device is a CUDA id, or null for the CPU. */
  @FunctionalInterface
  interface Starter {
    DcmixModel start(Path file, byte[] bytes, RuntimeOptions options, @Nullable Integer cudaDevice)
        throws OrtException, ModelContractException;
  }
}
