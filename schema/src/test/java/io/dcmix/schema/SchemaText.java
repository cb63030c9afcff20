package io.dcmix.schema;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.Consumer;
import org.apache.avro.Schema;

/** Schemas as JSON: what is committed, and what of it is the contract. */
final class SchemaText {
  private static final ObjectMapper JSON = new ObjectMapper();

  private SchemaText() {}

  /** The schema as it is committed: self-contained, without what only the Java classes need. */
  static String committed(Schema schema) {
    JsonNode json = json(schema);
    each(json, node -> node.remove("avro.java.string"));
    return plainStrings(json).toPrettyString() + "\n";
  }

  /** What bytes and readers depend on: everything but the documentation. Defaults and logical types are in, so that
   * their removal is a new version, too. */
  static JsonNode contract(Schema schema) {
    JsonNode json = json(schema);
    each(json, node -> node.remove(List.of("avro.java.string", "doc")));
    return plainStrings(json);
  }

  private static JsonNode json(Schema schema) {
    try {
      return JSON.readTree(schema.toString());
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void each(JsonNode json, Consumer<ObjectNode> action) {
    if (json instanceof ObjectNode object) {
      action.accept(object);
    }
    json.forEach(child -> each(child, action));
  }

  /** {@code {"type": "string"}} becomes {@code "string"}, as people write it. */
  private static JsonNode plainStrings(JsonNode json) {
    if (json instanceof ObjectNode object) {
      if (object.size() == 1 && object.path("type").isTextual()) {
        return object.get("type");
      }
      List.copyOf(object.properties()).forEach(entry -> object.set(entry.getKey(), plainStrings(entry.getValue())));
      return object;
    }
    return json.isArray() ? JSON.createArrayNode().addAll(json.valueStream().map(SchemaText::plainStrings).toList()) : json;
  }
}
