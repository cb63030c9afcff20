package io.dcmix.training.export;

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
import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/** Writes an ONNX graph node by node. Values are known by name; every method that makes one returns its name. */
public final class OnnxGraph {
  /** ONNX Runtime reads newer ones too; these are old enough for other runtimes and for the checker that Debian 12 ships. */
  static final int IR_VERSION = 8;

  static final int OPSET = 17;

  private final GraphProto.Builder graph;

  /** An empty graph. */
  public OnnxGraph(String name) {
    graph = GraphProto.newBuilder().setName(name);
  }

  /** An input; a size that is no number is free and has that name. */
  public String input(String name, TensorProto.DataType type, Object... sizes) {
    graph.addInput(port(name, type, sizes));
    return name;
  }

  /** An output of float32. */
  public void output(String name, Object... sizes) {
    graph.addOutput(port(name, TensorProto.DataType.FLOAT, sizes));
  }

  private static ValueInfoProto port(String name, TensorProto.DataType type, Object... sizes) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (Object size : sizes) {
      TensorShapeProto.Dimension.Builder dimension = shape.addDimBuilder();
      if (size instanceof Number n) {
        dimension.setDimValue(n.longValue());
      } else {
        dimension.setDimParam(size.toString());
      }
    }
    TypeProto.Tensor.Builder tensor = TypeProto.Tensor.newBuilder().setElemType(type.getNumber()).setShape(shape);
    return ValueInfoProto.newBuilder().setName(name).setType(TypeProto.newBuilder().setTensorType(tensor)).build();
  }

  /** A constant of float32, row-major. */
  public String floats(String name, float[] values, long... shape) {
    ByteBuffer raw = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    raw.asFloatBuffer().put(values);
    return constant(name, TensorProto.DataType.FLOAT, raw, shape);
  }

  /** A scalar of float32. */
  public String scalar(String name, float value) {
    return floats(name, new float[] {value});
  }

  /** A vector of int64: shapes and axes. */
  public String ints(String name, long... values) {
    ByteBuffer raw = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    raw.asLongBuffer().put(values);
    return constant(name, TensorProto.DataType.INT64, raw, values.length);
  }

  private String constant(String name, TensorProto.DataType type, ByteBuffer raw, long... shape) {
    TensorProto.Builder tensor = graph.addInitializerBuilder().setName(name).setDataType(type.getNumber());
    for (long size : shape) {
      tensor.addDims(size);
    }
    tensor.setRawData(ByteString.copyFrom(raw));
    return name;
  }

  /** A node with one output. */
  public String node(String operator, String output, List<String> inputs, AttributeProto... attributes) {
    graph.addNode(NodeProto.newBuilder()
        .setName(output)
        .setOpType(operator)
        .addAllInput(inputs)
        .addOutput(output)
        .addAllAttribute(List.of(attributes)));
    return output;
  }

  /** An attribute of a node. */
  public static AttributeProto attribute(String name, long value) {
    return AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.INT).setI(value).build();
  }

  /** An attribute of a node. */
  public static AttributeProto attribute(String name, float value) {
    return AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.FLOAT).setF(value).build();
  }

  /** An attribute of a node. */
  public static AttributeProto attribute(String name, List<Long> values) {
    return AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.INTS).addAllInts(values).build();
  }

  /** An attribute of a node. */
  public static AttributeProto attribute(String name, String value) {
    return AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.STRING).setS(ByteString.copyFromUtf8(value)).build();
  }

  /** The file: the same graph and metadata give the same bytes. */
  public byte[] toBytes(SortedMap<String, String> metadata) {
    ModelProto.Builder model = ModelProto.newBuilder()
        .setIrVersion(IR_VERSION)
        .setProducerName("dcmix")
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPSET))
        .setGraph(graph);
    for (Map.Entry<String, String> entry : metadata.entrySet()) {
      model.addMetadataProps(StringStringEntryProto.newBuilder().setKey(entry.getKey()).setValue(entry.getValue()));
    }
    return model.build().toByteArray();
  }
}
