package io.dcmix.core.model;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import io.dcmix.core.model.ModelContract.Port;
import io.dcmix.schema.event.PixelType;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One ONNX Runtime session on one device. Runs may overlap; closing is for the owner to order after the last run. */
final class OnnxSession implements AutoCloseable {
  private final OrtEnvironment environment;
  private final OrtSession session;
  private final String device;

  private OnnxSession(OrtEnvironment environment, OrtSession session, String device) {
    this.environment = environment;
    this.session = session;
    this.device = device;
  }

  static OrtEnvironment environment() {
    // What goes wrong arrives as an exception; the runtime's own warnings would only repeat it on standard error.
    return OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, "dcmix");
  }

  /**
   * Opens a session.
   *
   * @param model the file's bytes, so that what runs is what was hashed
   * @param cudaDevice id of the device; null for the CPU
   */
  static OnnxSession open(byte[] model, RuntimeOptions runtime, @Nullable Integer cudaDevice) throws OrtException {
    OrtEnvironment environment = environment();
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
      options.setExecutionMode(OrtSession.SessionOptions.ExecutionMode.SEQUENTIAL);
      options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
      options.setInterOpNumThreads(1);
      options.setIntraOpNumThreads(runtime.threads());
      // Waiting threads would take the cores from the wells beside this one.
      options.addConfigEntry("session.intra_op.allow_spinning", "0");
      if (cudaDevice == null) {
        // Few shapes ever run (plain, leave-one-out, the chunks of an explanation), so one allocation a run can be planned for each.
        options.setMemoryPatternOptimization(true);
        return new OnnxSession(environment, environment.createSession(model, options), "cpu");
      }
      options.setMemoryPatternOptimization(false);
      CudaOptions cuda = runtime.cuda();
      options.setDeterministicCompute(cuda.deterministic());
      try (OrtCUDAProviderOptions provider = new OrtCUDAProviderOptions(cudaDevice)) {
        for (Map.Entry<String, String> option : cuda.providerOptions().entrySet()) {
          provider.add(option.getKey(), option.getValue());
        }
        options.addCUDA(provider);
        return new OnnxSession(environment, environment.createSession(model, options), "cuda:" + cudaDevice);
      }
    }
  }

  /** {@code cpu} or {@code cuda:0}. */
  String device() {
    return device;
  }

  boolean onCpu() {
    return device.equals("cpu");
  }

  Map<String, String> metadata() throws OrtException {
    return session.getMetadata().getCustomMetadata();
  }

  Map<String, Port> inputs() throws OrtException {
    return ports(session.getInputInfo());
  }

  Map<String, Port> outputs() throws OrtException {
    return ports(session.getOutputInfo());
  }

  private static Map<String, Port> ports(Map<String, NodeInfo> nodes) {
    Map<String, Port> ports = new TreeMap<>();
    nodes.forEach((name, node) -> ports.put(name, node.getInfo() instanceof TensorInfo t
        ? new Port(typeName(t.type), Arrays.stream(t.getShape()).boxed().toList())
        : new Port("not a tensor", List.of())));
    return ports;
  }

  private static String typeName(OnnxJavaType type) {
    return switch (type) {
      case FLOAT -> "float32";
      case DOUBLE -> "float64";
      default -> type.name().toLowerCase(Locale.ROOT);
    };
  }

  /**
   * A masks input over fixed values, to be shared by many runs.
   *
   * @param rows [P, C]
   */
  OnnxTensor masks(float[][] rows) throws OrtException {
    return OnnxTensor.createTensor(environment, rows);
  }

  /**
   * Runs sites.
   *
   * @param slab direct, [N, C, H, W] from its position on; read where it lies
   * @param sites N
   */
  Outputs run(ModelCard card, ByteBuffer slab, int sites, OnnxTensor masks) throws OrtException {
    long[] shape = {sites, card.channels().size(), card.height(), card.width()};
    OnnxJavaType type = card.pixelType() == PixelType.UINT16 ? OnnxJavaType.INT16 : OnnxJavaType.UINT8;
    try (OnnxTensor pixels = OnnxTensor.createTensor(environment, slab, shape, type);
        OrtSession.Result result = session.run(Map.of(ModelContract.PIXELS, pixels, ModelContract.MASKS, masks))) {
      return new Outputs(
          output(result, ModelContract.LOGITS),
          output(result, ModelContract.PROBABILITIES),
          output(result, ModelContract.CONTRIBUTION));
    }
  }

  private static Output output(OrtSession.Result result, String name) throws OrtException {
    if (result.get(name).orElseThrow() instanceof OnnxTensor tensor) {
      float[] values = new float[Math.toIntExact(tensor.getInfo().getNumElements())];
      tensor.getFloatBuffer().get(values);
      return new Output(name, tensor.getInfo().getShape(), values);
    }
    throw new IllegalStateException("Output '" + name + "' is no tensor, although the contract was checked");
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime could not close its session: " + e.getMessage(), e);
    }
  }

  /** The three outputs of a run. */
  record Outputs(Output logits, Output probabilities, Output contribution) {
    List<Output> all() {
      return List.of(logits, probabilities, contribution);
    }
  }

  /**
   * One output.
   *
   * @param values in row-major order of the shape
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Output(String name, long[] shape, float[] values) {
    boolean finite() {
      for (float v : values) {
        if (!Float.isFinite(v)) {
          return false;
        }
      }
      return true;
    }

    /** Values from {@code start} on, as doubles. */
    double[] doubles(int start, int count) {
      double[] doubles = new double[count];
      for (int i = 0; i < count; i++) {
        doubles[i] = values[start + i];
      }
      return doubles;
    }
  }
}
