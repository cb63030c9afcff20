package io.dcmix.bench;

import static io.dcmix.training.export.OnnxGraph.attribute;

import ai.onnx.proto.OnnxMl.TensorProto;
import io.dcmix.bench.Workload.Images;
import io.dcmix.bench.Workload.Net;
import io.dcmix.core.model.ModelCard;
import io.dcmix.core.model.ModelContract;
import io.dcmix.schema.event.PixelType;
import io.dcmix.training.export.DcmixExport;
import io.dcmix.training.export.OnnxGraph;
import io.dcmix.training.net.Backbone;
import io.dcmix.training.net.Backbone.Kind;
import io.dcmix.training.net.Backbone.Summary;
import io.dcmix.training.net.Layer;
import io.dcmix.training.net.Layer.Convolution;
import io.dcmix.training.net.Layer.MaxPool;
import io.dcmix.training.net.Layer.Residual;
import io.dcmix.training.net.TrainedNet;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * The models that are measured: the networks that training exports, with random numbers. What they say means nothing; what it
 * costs is what a trained one costs. Written by the exporter from plain arrays, so no training engine is loaded.
 */
final class Models {
  private static final List<String> CLASSES = List.of("active", "inactive");
  private static final int SMALL_SHRINK = 4;
  private static final int LARGE_SHRINK = 8;
  private static final int RESNET_SIDE = 224;

  private Models() {}

  /** The ONNX file for these images; equal arguments give equal bytes. */
  static byte[] onnx(Net net, Images images, long seed) {
    return switch (net) {
      case NONE -> none(card("none", images, true));
      case SMALL_128 -> DcmixExport.toOnnx(random(Kind.SMALL, images, seed), card("small-128", images, false), SMALL_SHRINK);
      case SMALL_270 -> DcmixExport.toOnnx(random(Kind.SMALL, images, seed), card("small-270", images, false), LARGE_SHRINK);
      case RESNET_224 ->
          DcmixExport.toOnnx(random(Kind.RESNET18, images, seed), card("resnet18-224", images, false), RESNET_SIDE, RESNET_SIDE);
    };
  }

  private static ModelCard card(String name, Images images, boolean firstAlone) {
    int channels = images.channels().size();
    double scale = images.format().pixelType() == PixelType.UINT16 ? 16 : 1;
    List<Double> weights = firstAlone
        ? IntStream.range(0, channels).mapToObj(c -> c == 0 ? 1.0 : 0.0).toList()
        : Collections.nCopies(channels, 1.0);
    return new ModelCard("bench-" + name, "1", "", images.channels(), CLASSES, CLASSES.getFirst(), images.format().pixelType(),
        images.format().height(), images.format().width(), weights, Collections.nCopies(channels, 30 * scale),
        Collections.nCopies(channels, 20 * scale), Map.of("purpose", "dcmix bench: random numbers, no meaning"));
  }

  private static TrainedNet random(Kind kind, Images images, long seed) {
    Backbone backbone = kind.layers(1, Summary.MEAN);
    SplittableRandom random = new SplittableRandom(seed);
    Map<String, float[]> values = new HashMap<>();
    for (int i = 0; i < backbone.layers().size(); i++) {
      Layer layer = backbone.layers().get(i);
      String at = "layer" + i;
      switch (layer) {
        case Convolution c -> add(values, at, c, random);
        case MaxPool pool -> { }
        case Residual r -> {
          add(values, at + ".first", new Convolution(r.inputs(), r.outputs(), 3, r.stride()), random);
          add(values, at + ".second", new Convolution(r.outputs(), r.outputs(), 3, 1), random);
          if (r.projects()) {
            add(values, at + ".shortcut", new Convolution(r.inputs(), r.outputs(), 1, r.stride()), random);
          }
        }
      }
    }
    int features = backbone.features();
    values.put("head", gaussian(CLASSES.size() * features, Math.sqrt(1.0 / features), random));
    values.put("bias", new float[CLASSES.size()]);
    float[] weights = new float[images.channels().size()];
    Arrays.fill(weights, 1);
    return new TrainedNet(weights, backbone, values);
  }

  /** He, Zhang, Ren, Sun 2015: SD sqrt(2 / fan-in) keeps the variance through ReLU layers. */
  private static void add(Map<String, float[]> values, String at, Convolution c, SplittableRandom random) {
    int inputs = c.inputs() * c.kernel() * c.kernel();
    values.put(at + ".kernel", gaussian(c.outputs() * inputs, Math.sqrt(2.0 / inputs), random));
    values.put(at + ".gamma", filled(c.outputs(), 1));
    values.put(at + ".beta", filled(c.outputs(), 0));
    values.put(at + ".mean", filled(c.outputs(), 0));
    values.put(at + ".variance", filled(c.outputs(), 1));
  }

  private static float[] gaussian(int size, double sd, SplittableRandom random) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) (sd * random.nextGaussian());
    }
    return values;
  }

  private static float[] filled(int size, float value) {
    float[] values = new float[size];
    Arrays.fill(values, value);
    return values;
  }

  /**
   * Looks at one pixel a channel and weighs the first channel alone, whose share is then 1 whatever the others are: the least
   * that passes the check of the contract. (Of a flat site it says 1, too, where the contract says 0.)
   */
  private static byte[] none(ModelCard card) {
    int channels = card.channels().size();
    int classes = card.classes().size();
    OnnxGraph g = new OnnxGraph("none");
    boolean wide = card.pixelType() == PixelType.UINT16;
    g.input(ModelContract.PIXELS, wide ? TensorProto.DataType.INT16 : TensorProto.DataType.UINT8, "N", channels, card.height(), card.width());
    g.input(ModelContract.MASKS, TensorProto.DataType.FLOAT, "P", channels);
    g.output(ModelContract.LOGITS, "N", "P", classes);
    g.output(ModelContract.PROBABILITIES, "N", "P", classes);
    g.output(ModelContract.CONTRIBUTION, "N", channels);
    String corner = g.node("Slice", "corner",
        List.of(ModelContract.PIXELS, g.ints("corner.from", 0, 0), g.ints("corner.to", 1, 1), g.ints("corner.axes", 2, 3)));
    String values = g.node("Cast", "corner.float", List.of(corner), attribute("to", TensorProto.DataType.FLOAT_VALUE));
    String row = g.node("Reshape", "corner.row", List.of(values, g.ints("row.shape", 0, 1, channels)));
    String kept = g.node("Mul", "kept", List.of(ModelContract.MASKS, row));
    float[] weights = new float[channels * classes];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = i % classes == 0 ? 0.01f : 0;
    }
    g.node("MatMul", ModelContract.LOGITS, List.of(kept, g.floats("weights", weights, channels, classes)));
    g.node("Softmax", ModelContract.PROBABILITIES, List.of(ModelContract.LOGITS), attribute("axis", -1));
    float[] first = new float[channels];
    first[0] = 1;
    String flat = g.node("Reshape", "corner.flat", List.of(values, g.ints("flat.shape", 0, channels)));
    String zeros = g.node("Mul", "zeros", List.of(flat, g.scalar("zero", 0)));
    g.node("Add", ModelContract.CONTRIBUTION, List.of(zeros, g.floats("first", first, 1, channels)));
    return g.toBytes(new TreeMap<>(ModelContract.metadata(card)));
  }
}
