package io.dcmix.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** What the schemas promise to programs of other languages. */
class SchemaStyleTest {
  static final List<Class<? extends SpecificRecord>> TYPES = Records.ALL;

  @ParameterizedTest
  @FieldSource("TYPES")
  void everyTypeAndFieldIsExplainedEvolvableAndInMicroseconds(Class<? extends SpecificRecord> type) {
    assertThat(problems(Records.schema(type))).isEmpty();
  }

  @Test
  void theChecksCanFail() {
    Schema poor =
        new Schema.Parser()
            .parse(
                """
                {"type": "record", "name": "Poor", "fields": [
                  {"name": "a", "type": "string"},
                  {"name": "b", "type": ["string", "null"], "default": "", "doc": "b"},
                  {"name": "c", "type": ["null", "string"], "doc": "c"},
                  {"name": "d", "type": {"type": "enum", "name": "E", "symbols": ["X"]}, "doc": "d"},
                  {"name": "e", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": "e"},
                  {"name": "endedAt", "type": "long", "doc": "The end."}
                ]}""");
    assertThat(problems(poor))
        .containsExactlyInAnyOrder(
            "Poor has no doc", "Poor.a has no doc", "Poor.b is optional but not null-first", "Poor.c is optional without default null",
            "E has no doc", "E has no default symbol", "Poor.e is timestamp-millis", "Poor.endedAt is a time without its unit in doc or type");
  }

  private static List<String> problems(Schema root) {
    List<String> problems = new ArrayList<>();
    Map<String, Schema> named = new LinkedHashMap<>();
    collect(root, named);
    for (Schema schema : named.values()) {
      if (blank(schema.getDoc())) {
        problems.add(schema.getName() + " has no doc");
      }
      if (schema.getType() == Schema.Type.ENUM && schema.getEnumDefault() == null) {
        problems.add(schema.getName() + " has no default symbol");
      }
      if (schema.getType() == Schema.Type.RECORD) {
        schema.getFields().forEach(field -> check(schema.getName() + "." + field.name(), field, problems));
      }
    }
    return problems;
  }

  private static void check(String place, Schema.Field field, List<String> problems) {
    Schema type = field.schema();
    if (blank(field.doc())) {
      problems.add(place + " has no doc");
    }
    if (type.isUnion()) {
      if (type.getTypes().size() != 2 || type.getTypes().getFirst().getType() != Schema.Type.NULL) {
        problems.add(place + " is optional but not null-first");
      } else if (!field.hasDefaultValue()) {
        problems.add(place + " is optional without default null");
      }
      type = type.getTypes().getLast();
    }
    if (type.getLogicalType() != null && !type.getLogicalType().getName().equals("timestamp-micros")) {
      problems.add(place + " is " + type.getLogicalType().getName());
    }
    boolean instant = type.getType() == Schema.Type.LONG && (field.name().endsWith("At") || field.name().startsWith("window"));
    if (instant && type.getLogicalType() == null && !(field.doc() + "").matches(".*(micro|milli)seconds since 1970.*")) {
      problems.add(place + " is a time without its unit in doc or type");
    }
  }

  private static boolean blank(String doc) {
    return doc == null || doc.isBlank();
  }

  private static void collect(Schema schema, Map<String, Schema> named) {
    switch (schema.getType()) {
      case RECORD -> {
        if (named.putIfAbsent(schema.getFullName(), schema) == null) {
          schema.getFields().forEach(field -> collect(field.schema(), named));
        }
      }
      case ENUM, FIXED -> named.putIfAbsent(schema.getFullName(), schema);
      case ARRAY -> collect(schema.getElementType(), named);
      case MAP -> collect(schema.getValueType(), named);
      case UNION -> schema.getTypes().forEach(type -> collect(type, named));
      default -> {}
    }
  }
}
