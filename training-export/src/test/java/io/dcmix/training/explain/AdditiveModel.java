package io.dcmix.training.explain;

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
import io.dcmix.core.model.ModelCard;
import io.dcmix.core.model.ModelContract;
import io.dcmix.schema.event.PixelType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * A model whose margin is the sum over the kept channels of w_c · (mean pixel − 10)/4, with w_c = c + 1. So what a channel
 * adds does not depend on the others, and its Shapley value and leave-one-out importance are that term.
 */
final class AdditiveModel {
  static final double MEAN = 10;
  static final double SD = 4;

  private AdditiveModel() {}

  /** Writes a file for uint8 images. */
  static Path write(Path file, List<String> channels, int height, int width) throws IOException {
    int c = channels.size();
    List<Double> weights = IntStream.rangeClosed(1, c).mapToObj(w -> (double) w).toList();
    ModelCard card = new ModelCard("additive", "1", "", channels, List.of("quiet", "hit"), "hit", PixelType.UINT8, height, width,
        weights, Collections.nCopies(c, MEAN), Collections.nCopies(c, SD), Map.of());
    GraphProto.Builder g = GraphProto.newBuilder().setName("additive");
    g.addInput(port("pixels", TensorProto.DataType.UINT8, "N", c, height, width)).addInput(port("masks", TensorProto.DataType.FLOAT, "P", c));
    g.addOutput(port("logits", TensorProto.DataType.FLOAT, "N", "P", 2)).addOutput(port("probabilities", TensorProto.DataType.FLOAT, "N", "P", 2))
        .addOutput(port("contribution", TensorProto.DataType.FLOAT, "N", c));
    floats(g, "mean", List.of(), MEAN);
    floats(g, "sd", List.of(), SD);
    floats(g, "tiny", List.of(), 1e-12);
    floats(g, "weights", List.of(1L, (long) c), weights.stream().mapToDouble(w -> w).toArray());
    floats(g, "gain", List.of(1L, 2L), 0, 1);
    g.addInitializer(TensorProto.newBuilder().setName("flat").setDataType(TensorProto.DataType.INT64_VALUE).addDims(3)
        .addAllInt64Data(List.of(0L, (long) c, -1L)));
    g.addInitializer(TensorProto.newBuilder().setName("one").setDataType(TensorProto.DataType.INT64_VALUE).addDims(1).addInt64Data(1));
    g.addInitializer(TensorProto.newBuilder().setName("last").setDataType(TensorProto.DataType.INT64_VALUE).addDims(1).addInt64Data(2));

    node(g, "Cast", "image", "pixels").addAttribute(attribute("to", TensorProto.DataType.FLOAT_VALUE));
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

    ModelProto.Builder model = ModelProto.newBuilder().setIrVersion(8).setGraph(g).addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(18));
    ModelContract.metadata(card).forEach((k, v) -> model.addMetadataProps(StringStringEntryProto.newBuilder().setKey(k).setValue(v)));
    return Files.write(file, model.build().toByteArray());
  }

  private static ValueInfoProto port(String name, TensorProto.DataType type, Object... sizes) {
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
}
