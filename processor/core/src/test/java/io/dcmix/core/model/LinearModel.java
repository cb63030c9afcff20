package io.dcmix.core.model;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.dcmix.schema.event.PixelType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A contract-keeping ONNX file so simple that its answers are known by hand: the logit of class k is
 * gain_k · mean over pixels of Σ_c m_c·w_c·(x_c − mean_c)/sd_c.
 */
final class LinearModel {
  static final double[] GAIN = {-0.5, 1, 0.25};
  static final int HEIGHT = 4;
  static final int WIDTH = 6;

  private LinearModel() {}

  static ModelCard card(PixelType type) {
    return new ModelCard("linear", "7", "", List.of("DNA", "ER", "Actin"), List.of("quiet", "hit", "odd"), "hit", type, HEIGHT, WIDTH,
        List.of(0.5, 0.0, 2.0), List.of(10.0, 20.0, 30.0), List.of(4.0, 5.0, 8.0), Map.of("made by", "a test"));
  }

  /** Writes the file after a change to it. */
  static Path write(Path folder, PixelType type, Consumer<ModelProto.Builder> change) {
    ModelProto.Builder model = model(type);
    change.accept(model);
    Path file = folder.resolve("model.onnx");
    try {
      Files.write(file, model.build().toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return file;
  }

  static Path write(Path folder, PixelType type) {
    return write(folder, type, m -> {});
  }

  /** Replaces a metadata value; null removes it. */
  static void metadata(ModelProto.Builder model, String key, String value) {
    for (int i = 0; i < model.getMetadataPropsCount(); i++) {
      if (model.getMetadataProps(i).getKey().equals(key)) {
        model.removeMetadataProps(i);
        break;
      }
    }
    if (value != null) {
      model.addMetadataProps(StringStringEntryProto.newBuilder().setKey(key).setValue(value));
    }
  }

  /** The initializer of that name. */
  static TensorProto.Builder constant(ModelProto.Builder model, String name) {
    return model.getGraphBuilder().getInitializerBuilderList().stream().filter(t -> t.getName().equals(name)).findFirst().orElseThrow();
  }

  /** The node that makes that value. */
  static NodeProto.Builder node(ModelProto.Builder model, String output) {
    return model.getGraphBuilder().getNodeBuilderList().stream().filter(n -> n.getOutput(0).equals(output)).findFirst().orElseThrow();
  }

  private static ModelProto.Builder model(PixelType type) {
    ModelCard card = card(type);
    GraphProto.Builder g = GraphProto.newBuilder().setName("linear");
    long c = card.channels().size();
    g.addInput(port("pixels", type == PixelType.UINT8 ? TensorProto.DataType.UINT8 : TensorProto.DataType.INT16, "N", c, HEIGHT, WIDTH));
    g.addInput(port("masks", TensorProto.DataType.FLOAT, "P", c));
    g.addOutput(port("logits", TensorProto.DataType.FLOAT, "N", "P", 3));
    g.addOutput(port("probabilities", TensorProto.DataType.FLOAT, "N", "P", 3));
    g.addOutput(port("contribution", TensorProto.DataType.FLOAT, "N", c));
    floats(g, "zero", List.of(), 0);
    floats(g, "wrap", List.of(), 65536);
    floats(g, "tiny", List.of(), 1e-12);
    floats(g, "mean", List.of(c, 1L), toArray(card.means()));
    floats(g, "sd", List.of(c, 1L), toArray(card.standardDeviations()));
    floats(g, "weights", List.of(1L, c), toArray(card.weights()));
    floats(g, "gain", List.of(1L, 3L), GAIN);
    ints(g, "flat", 0, c, -1);
    ints(g, "last", 2);
    ints(g, "one", 1);

    node(g, "Cast", "signed", "pixels").addAttribute(attribute("to", TensorProto.DataType.FLOAT_VALUE));
    node(g, "Less", "negative", "signed", "zero");
    node(g, "Cast", "carry", "negative").addAttribute(attribute("to", TensorProto.DataType.FLOAT_VALUE));
    node(g, "Mul", "lift", "carry", "wrap");
    node(g, "Add", "image", "signed", "lift");
    node(g, "Reshape", "planes", "image", "flat");
    node(g, "Sub", "centred", "planes", "mean");
    node(g, "Div", "normal", "centred", "sd");
    node(g, "Mul", "blend", "masks", "weights");
    node(g, "MatMul", "blended", "blend", "normal");
    node(g, "ReduceMean", "average", "blended", "last");
    node(g, "MatMul", "logits", "average", "gain");
    node(g, "Softmax", "probabilities", "logits");

    node(g, "ReduceMean", "level", "normal", "last");
    node(g, "Sub", "deviation", "normal", "level");
    node(g, "Mul", "square", "deviation", "deviation");
    node(g, "ReduceMean", "variance", "square", "last").addAttribute(attribute("keepdims", 0));
    node(g, "Sqrt", "spread", "variance");
    node(g, "Mul", "share", "spread", "weights");
    node(g, "ReduceSum", "total", "share", "one");
    node(g, "Max", "divisor", "total", "tiny");
    node(g, "Div", "contribution", "share", "divisor");

    ModelProto.Builder model = ModelProto.newBuilder().setIrVersion(8).setGraph(g)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(18));
    ModelContract.metadata(card).forEach((k, v) -> model.addMetadataProps(StringStringEntryProto.newBuilder().setKey(k).setValue(v)));
    return model;
  }

  private static double[] toArray(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }

  static ValueInfoProto port(String name, TensorProto.DataType type, Object... sizes) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (Object size : sizes) {
      TensorShapeProto.Dimension.Builder dimension = TensorShapeProto.Dimension.newBuilder();
      shape.addDim(size instanceof Number n ? dimension.setDimValue(n.longValue()) : dimension.setDimParam(size.toString()));
    }
    return ValueInfoProto.newBuilder().setName(name)
        .setType(TypeProto.newBuilder().setTensorType(TypeProto.Tensor.newBuilder().setElemType(type.getNumber()).setShape(shape)))
        .build();
  }

  private static NodeProto.Builder node(GraphProto.Builder graph, String operator, String output, String... inputs) {
    return graph.addNodeBuilder().setOpType(operator).addAllInput(List.of(inputs)).addOutput(output);
  }

  private static AttributeProto attribute(String name, long value) {
    return AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.INT).setI(value).build();
  }

  private static void floats(GraphProto.Builder graph, String name, List<Long> shape, double... values) {
    TensorProto.Builder tensor = graph.addInitializerBuilder().setName(name).setDataType(TensorProto.DataType.FLOAT_VALUE).addAllDims(shape);
    for (double value : values) {
      tensor.addFloatData((float) value);
    }
  }

  private static void ints(GraphProto.Builder graph, String name, long... values) {
    TensorProto.Builder tensor = graph.addInitializerBuilder().setName(name).setDataType(TensorProto.DataType.INT64_VALUE).addDims(values.length);
    for (long value : values) {
      tensor.addInt64Data(value);
    }
  }
}
