package io.dcmix.app.compare;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dcmix.core.cli.CliException;
import io.dcmix.schema.event.WellPrediction;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DatumWriter;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.jspecify.annotations.Nullable;

/**
 * Predictions as JSON lines: one object a well, with the fields of the schema by their names, times as microseconds since 1970. A field that
 * an older file does not have takes its default; one that is not known is passed over.
 */
public final class PredictionFile {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Schema SCHEMA = WellPrediction.getClassSchema();

  /** Longer lines are no predictions. */
  private static final int MAX_LINE = 16 << 20;

  /** A generic view without conversions: times stay numbers. */
  private static final GenericData PLAIN = new GenericData();

  private PredictionFile() {}

  /**
   * Writes a file, or none.
   *
   * @throws CliException if that fails
   */
  public static void save(Path file, Collection<WellPrediction> predictions) {
    Path partial = file.resolveSibling(file.getFileName() + ".part");
    try {
      try (BufferedWriter out = Files.newBufferedWriter(partial)) {
        for (WellPrediction prediction : predictions) {
          out.write(JSON.writeValueAsString(json(plain(prediction), SCHEMA)));
          out.write('\n');
        }
      }
      Files.move(partial, file, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new CliException("--save: %s cannot be written: %s".formatted(file, e), e);
    }
  }

  /**
   * Reads a file.
   *
   * @throws CliException naming the line that is no prediction
   */
  public static List<WellPrediction> read(Path file) {
    List<WellPrediction> predictions = new ArrayList<>();
    int number = 0;
    try (BufferedReader in = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      for (String line = line(in); line != null; line = line(in)) {
        number++;
        if (!line.isBlank()) {
          predictions.add(specific((GenericRecord) Objects.requireNonNull(avro(JSON.readTree(line), SCHEMA, ""))));
        }
      }
    } catch (JsonProcessingException | IllegalArgumentException | AvroRuntimeException | ClassCastException e) {
      throw new CliException("%s, line %d is no prediction as --save writes it: %s".formatted(
          file, number, String.valueOf(e.getMessage()).lines().findFirst().orElse("")), e);
    } catch (IOException e) {
      throw new CliException("%s cannot be read: %s".formatted(file, e), e);
    }
    return predictions;
  }

  private static @Nullable String line(BufferedReader in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != -1; c = in.read()) {
      if (c == '\n') {
        return line.toString();
      }
      if (line.length() == MAX_LINE) {
        throw new IllegalArgumentException("it has more than %,d characters".formatted(MAX_LINE));
      }
      line.append((char) c);
    }
    return line.isEmpty() ? null : line.toString();
  }

  // ---- Avro's two views of one record ----

  private static GenericRecord plain(WellPrediction prediction) throws IOException {
    return new GenericDatumReader<GenericRecord>(SCHEMA, SCHEMA, PLAIN).read(null, bytes(prediction, new SpecificDatumWriter<>(SCHEMA, data())));
  }

  private static WellPrediction specific(GenericRecord prediction) throws IOException {
    return new SpecificDatumReader<WellPrediction>(SCHEMA, SCHEMA, data()).read(null, bytes(prediction, new GenericDatumWriter<>(SCHEMA, PLAIN)));
  }

  private static SpecificData data() {
    return SpecificData.getForClass(WellPrediction.class);
  }

  private static <T> BinaryDecoder bytes(T record, DatumWriter<T> writer) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    var encoder = EncoderFactory.get().directBinaryEncoder(out, null);
    writer.write(record, encoder);
    encoder.flush();
    return DecoderFactory.get().binaryDecoder(out.toByteArray(), null);
  }

  // ---- JSON ----

  private static JsonNode json(@Nullable Object value, Schema schema) {
    JsonNodeFactory nodes = JSON.getNodeFactory();
    return switch (schema.getType()) {
      case UNION -> value == null ? nodes.nullNode() : json(value, schema.getTypes().getLast());
      case RECORD -> {
        ObjectNode node = nodes.objectNode();
        schema.getFields().forEach(field -> node.set(field.name(), json(((GenericRecord) Objects.requireNonNull(value)).get(field.pos()), field.schema())));
        yield node;
      }
      case ARRAY -> {
        ArrayNode node = nodes.arrayNode();
        ((Collection<?>) Objects.requireNonNull(value)).forEach(item -> node.add(json(item, schema.getElementType())));
        yield node;
      }
      default -> JSON.valueToTree(value instanceof Number || value instanceof Boolean ? value : String.valueOf(value));
    };
  }

  private static @Nullable Object avro(@Nullable JsonNode node, Schema schema, String place) {
    if (node == null || (node.isNull() && schema.getType() != Schema.Type.UNION)) {
      throw new IllegalArgumentException(place + " is missing");
    }
    return switch (schema.getType()) {
      case UNION -> node.isNull() ? null : avro(node, schema.getTypes().getLast(), place);
      case RECORD -> {
        GenericRecord built = new GenericData.Record(schema);
        for (Schema.Field field : schema.getFields()) {
          JsonNode own = node.get(field.name());
          built.put(field.pos(), own == null && field.hasDefaultValue()
              ? PLAIN.getDefaultValue(field) : avro(own, field.schema(), place.isEmpty() ? field.name() : place + "." + field.name()));
        }
        yield built;
      }
      case ARRAY -> {
        List<@Nullable Object> items = new ArrayList<>();
        for (JsonNode item : needed(node, node.isArray(), place, "a list")) {
          items.add(avro(item, schema.getElementType(), place));
        }
        yield items;
      }
      case ENUM -> new GenericData.EnumSymbol(schema, schema.hasEnumSymbol(node.asText()) ? node.asText() : schema.getEnumDefault());
      case INT -> needed(node, node.canConvertToInt() && node.isIntegralNumber(), place, "a whole number").intValue();
      case LONG -> needed(node, node.isIntegralNumber(), place, "a whole number").longValue();
      case DOUBLE -> needed(node, node.isNumber() || node.isTextual(), place, "a number").isNumber() ? node.doubleValue() : Double.parseDouble(node.asText());
      case BOOLEAN -> needed(node, node.isBoolean(), place, "true or false").booleanValue();
      default -> needed(node, node.isTextual(), place, "a text").asText();
    };
  }

  private static JsonNode needed(JsonNode node, boolean holds, String place, String what) {
    if (!holds) {
      throw new IllegalArgumentException("%s is not %s".formatted(place, what));
    }
    return node;
  }
}
