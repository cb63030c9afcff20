package io.dcmix.training.export;

import static io.dcmix.training.export.OnnxGraph.attribute;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.dcmix.core.model.ModelCard;
import io.dcmix.core.model.ModelContract;
import io.dcmix.schema.event.PixelType;
import io.dcmix.training.net.Backbone;
import io.dcmix.training.net.Layer;
import io.dcmix.training.net.Layer.Convolution;
import io.dcmix.training.net.Layer.MaxPool;
import io.dcmix.training.net.Layer.Residual;
import io.dcmix.training.net.Mode;
import io.dcmix.training.net.TrainedNet;
import java.util.List;
import java.util.TreeMap;
import java.util.function.BiFunction;

/**
 * Writes a trained network as an ONNX file that keeps the model contract.
 *
 * <p>Normalisation folds into the blend: Σ_i m_i·w_i·(x_i − μ_i)/σ_i is one matrix product of the masks, scaled by w/σ, with
 * the pixels as they come, minus one number a pass. So [P, C] × [C, H·W] is all that touches the full images; shrinking and
 * the network work on one image a pass.
 */
public final class DcmixExport {
  private DcmixExport() {}

  /**
   * The file's bytes; equal arguments give equal bytes.
   *
   * @param card metadata to write; its weights, means and SDs are what the graph computes with
   * @param shrink whole factor by which the blended image is averaged down
   */
  public static byte[] toOnnx(TrainedNet net, ModelCard card, int shrink) {
    return toOnnx(net, card, (g, image) -> shrink <= 1 ? image : g.node("AveragePool", "shrunk", List.of(image),
        attribute("kernel_shape", square(shrink)), attribute("strides", square(shrink))));
  }

  /**
   * The same for a network that looks at images of a size that need not divide the model's: the blended image is brought to it
   * bilinearly (pixel centres at one half, no smoothing before). Training here never does so; it is for networks of other origin.
   *
   * @param height rows that the network sees
   * @param width pixels per row that it sees
   */
  public static byte[] toOnnx(TrainedNet net, ModelCard card, int height, int width) {
    return toOnnx(net, card, (g, image) -> g.node("Resize", "resized",
        List.of(image, "", g.floats("resized.scales", new float[] {1, 1, (float) height / card.height(), (float) width / card.width()}, 4)),
        attribute("mode", "linear"), attribute("coordinate_transformation_mode", "half_pixel")));
  }

  private static byte[] toOnnx(TrainedNet net, ModelCard card, BiFunction<OnnxGraph, String, String> resize) {
    OnnxGraph g = new OnnxGraph("dcmix");
    int channels = card.channels().size();
    int classes = card.classes().size();
    boolean wide = card.pixelType() == PixelType.UINT16;
    g.input(
        ModelContract.PIXELS,
        wide ? TensorProto.DataType.INT16 : TensorProto.DataType.UINT8,
        "N", channels, card.height(), card.width());
    g.input(ModelContract.MASKS, TensorProto.DataType.FLOAT, "P", channels);
    g.output(ModelContract.LOGITS, "N", "P", classes);
    g.output(ModelContract.PROBABILITIES, "N", "P", classes);
    g.output(ModelContract.CONTRIBUTION, "N", channels);

    String planes = planes(g, channels, wide);
    float[] scale = new float[channels];
    float[] shift = new float[channels];
    for (int c = 0; c < channels; c++) {
      scale[c] = (float) (card.weights().get(c) / card.standardDeviations().get(c));
      shift[c] = (float) (-card.weights().get(c) * card.means().get(c) / card.standardDeviations().get(c));
    }
    String scales = g.floats("blend.scale", scale, 1, channels);
    String blended = blend(g, planes, scales, shift, card);
    String features = network(g, net, resize.apply(g, blended));
    String flat = g.node("Gemm", "head", List.of(features, g.floats("head.weight", net.get("head"), classes, net.get("head").length / classes),
        g.floats("head.bias", net.get("bias"), classes)), attribute("transB", 1));
    String passes = g.node("Shape", "passes", List.of("blend.image"), attribute("start", 0), attribute("end", 2));
    String shape = g.node("Concat", "logits.shape", List.of(passes, g.ints("logits.classes", classes)), attribute("axis", 0));
    g.node("Reshape", ModelContract.LOGITS, List.of(flat, shape));
    g.node("Softmax", ModelContract.PROBABILITIES, List.of(ModelContract.LOGITS), attribute("axis", -1));
    contribution(g, planes, scales);
    return g.toBytes(new TreeMap<>(ModelContract.metadata(card)));
  }

  /** Pixels as float32 [N, C, H·W]. uint16 arrives as int16: what came out negative was 65536 too low. */
  private static String planes(OnnxGraph g, int channels, boolean wide) {
    String image = g.node("Cast", "pixels.float", List.of(ModelContract.PIXELS), attribute("to", TensorProto.DataType.FLOAT_VALUE));
    if (wide) {
      String negative = g.node("Less", "pixels.negative", List.of(image, g.scalar("zero", 0)));
      String carry = g.node("Cast", "pixels.carry", List.of(negative), attribute("to", TensorProto.DataType.FLOAT_VALUE));
      String lift = g.node("Mul", "pixels.lift", List.of(carry, g.scalar("wrap", 65536)));
      image = g.node("Add", "pixels.unsigned", List.of(image, lift));
    }
    return g.node("Reshape", "planes", List.of(image, g.ints("planes.shape", 0, channels, -1)));
  }

  /** The mixed image of every pass as [N·P, 1, H, W]; {@code blend.image} is [N, P, H·W]. */
  private static String blend(OnnxGraph g, String planes, String scales, float[] shift, ModelCard card) {
    String kept = g.node("Mul", "blend.kept", List.of(ModelContract.MASKS, scales));
    String mixed = g.node("MatMul", "blend.mixed", List.of(kept, planes));
    String offset = g.node("MatMul", "blend.offset",
        List.of(ModelContract.MASKS, g.floats("blend.shift", shift, shift.length, 1)));
    String image = g.node("Add", "blend.image", List.of(mixed, offset));
    return g.node("Reshape", "blend.images", List.of(image, g.ints("blend.shape", -1, 1, card.height(), card.width())));
  }

  private static String network(OnnxGraph g, TrainedNet net, String image) {
    String x = image;
    List<Layer> layers = net.backbone().layers();
    for (int i = 0; i < layers.size(); i++) {
      String at = "layer" + i;
      x = switch (layers.get(i)) {
        case Convolution c -> g.node("Relu", at + ".relu", List.of(normalised(g, net, at, c, x)));
        case MaxPool p -> g.node("MaxPool", at + ".pool", List.of(x), attribute("kernel_shape", square(p.kernel())),
            attribute("pads", padding(p.kernel())), attribute("strides", square(p.stride())));
        case Residual r -> {
          String first = g.node("Relu", at + ".first.relu",
              List.of(normalised(g, net, at + ".first", new Convolution(r.inputs(), r.outputs(), 3, r.stride()), x)));
          String second = normalised(g, net, at + ".second", new Convolution(r.outputs(), r.outputs(), 3, 1), first);
          String shortcut = r.projects()
              ? normalised(g, net, at + ".shortcut", new Convolution(r.inputs(), r.outputs(), 1, r.stride()), x)
              : x;
          yield g.node("Relu", at + ".relu", List.of(g.node("Add", at + ".sum", List.of(second, shortcut))));
        }
      };
    }
    String mean = g.node("Flatten", "mean", List.of(g.node("GlobalAveragePool", "average", List.of(x))));
    return switch (net.backbone().summary()) {
      case MEAN -> mean;
      case LOG_MEAN -> g.node("Log", "features", List.of(g.node("Add", "mean.lifted", List.of(mean, g.scalar("floor", Backbone.FLOOR)))));
    };
  }

  private static String normalised(OnnxGraph g, TrainedNet net, String at, Convolution c, String x) {
    String y = g.node("Conv", at + ".conv",
        List.of(x, g.floats(at + ".kernel", net.get(at + ".kernel"), c.outputs(), c.inputs(), c.kernel(), c.kernel())),
        attribute("kernel_shape", square(c.kernel())),
        attribute("pads", padding(c.kernel())),
        attribute("strides", square(c.stride())));
    return g.node("BatchNormalization", at + ".norm",
        List.of(y,
            g.floats(at + ".gamma", net.get(at + ".gamma"), c.outputs()),
            g.floats(at + ".beta", net.get(at + ".beta"), c.outputs()),
            g.floats(at + ".mean", net.get(at + ".mean"), c.outputs()),
            g.floats(at + ".variance", net.get(at + ".variance"), c.outputs())),
        attribute("epsilon", Mode.EPSILON));
  }

  private static List<Long> square(int side) {
    return List.of((long) side, (long) side);
  }

  private static List<Long> padding(int kernel) {
    long pad = kernel / 2;
    return List.of(pad, pad, pad, pad);
  }

  /** w_i·sd(c_i) / Σ_j w_j·sd(c_j) in two passes over the pixels, so that bright images lose no digits. */
  private static void contribution(OnnxGraph g, String planes, String scales) {
    AttributeProto overPixels = attribute("axes", List.of(2L));
    String mean = g.node("ReduceMean", "contribution.mean", List.of(planes), overPixels);
    String deviation = g.node("Sub", "contribution.deviation", List.of(planes, mean));
    String square = g.node("Mul", "contribution.square", List.of(deviation, deviation));
    String variance = g.node("ReduceMean", "contribution.variance", List.of(square), overPixels, attribute("keepdims", 0));
    String spread = g.node("Mul", "contribution.spread",
        List.of(g.node("Sqrt", "contribution.sd", List.of(variance)), scales));
    String total = g.node("ReduceSum", "contribution.total", List.of(spread, g.ints("contribution.channels", 1)));
    String divisor = g.node("Max", "contribution.divisor", List.of(total, g.scalar("contribution.tiny", 1e-12f)));
    g.node("Div", ModelContract.CONTRIBUTION, List.of(spread, divisor));
  }
}
