package io.dcmix.streams.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dcmix.schema.AvroCodec;
import io.dcmix.schema.UnreadableRecordException;
import io.dcmix.schema.event.Acquisition;
import io.dcmix.schema.event.ImageEvent;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.apache.kafka.common.serialization.Serde;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Confluent's wire format against the real Apicurio Registry. */
class RegistryWireIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static RegistryProcess registry;

  @BeforeAll
  static void start() throws Exception {
    registry = RegistryProcess.start();
  }

  @AfterAll
  static void stop() {
    if (registry != null) {
      registry.close();
    }
  }

  @Test
  void anEventIsWrittenInConfluentsFormatUnderAnIdThatTheConfluentApiKnows() throws Exception {
    String topic = "framing.image-events";
    byte[] bytes;
    try (EdgeSerdes edge = EdgeSerdes.of(config(registry, true))) {
      bytes = edge.serde(ImageEvent.class).serializer().serialize(topic, Events.image());
    }
    assertThat(bytes[0]).isZero();
    int id = ByteBuffer.wrap(bytes).getInt(1);

    HttpResponse<String> answer = registry.get("/apis/ccompat/v7/schemas/ids/" + id);
    assertThat(answer.statusCode()).isEqualTo(200);
    Schema registered = new Schema.Parser().parse(JSON.readTree(answer.body()).get("schema").asText());
    assertThat(SchemaNormalization.toParsingForm(registered)).isEqualTo(SchemaNormalization.toParsingForm(ImageEvent.getClassSchema()));
    assertThat(answer.body()).contains("Plate barcode").doesNotContain("avro.java.string");
    assertThat(registry.get("/apis/ccompat/v7/subjects").body()).contains(topic + "-value");

    // Another program, with nothing but the registry's answer and Avro:
    GenericRecord read =
        new GenericDatumReader<GenericRecord>(registered)
            .read(null, DecoderFactory.get().binaryDecoder(bytes, 5, bytes.length - 5, null));
    assertThat(read.get("plate")).hasToString("P/7");
    assertThat(read.get("bytes")).isEqualTo(ByteBuffer.wrap(new byte[] {1, 2, 3, 4}));
  }

  @Test
  void anotherReaderGetsTheSameEvent() {
    String topic = "roundtrip.acquisitions";
    try (EdgeSerdes writing = EdgeSerdes.of(config(registry, true));
        EdgeSerdes reading = EdgeSerdes.of(config(registry, false))) {
      byte[] bytes = writing.serde(Acquisition.class).serializer().serialize(topic, Events.acquisition());
      assertThat(reading.serde(Acquisition.class).deserializer().deserialize(topic, bytes)).isEqualTo(Events.acquisition());
      byte[] damaged = Arrays.copyOf(bytes, bytes.length - 1);
      assertThatThrownBy(() -> reading.serde(Acquisition.class).deserializer().deserialize(topic, damaged))
          .isInstanceOf(UnreadableRecordException.class);
      assertThatThrownBy(() -> reading.serde(ImageEvent.class).deserializer().deserialize(topic, bytes))
          .isInstanceOf(UnreadableRecordException.class);
    }
  }

  /** What a program of another language registers through Confluent's API: an older version of the event. */
  @Test
  void anEventOfAnOlderSchemaThatAnotherProgramRegisteredIsRead() throws Exception {
    String schema =
        """
        {"type": "record", "namespace": "io.dcmix.schema.event", "name": "Acquisition", "fields": [
          {"name": "plate", "type": "string"}, {"name": "acquisition", "type": "string"},
          {"name": "status", "type": {"type": "enum", "name": "AcquisitionStatus", "symbols": ["STARTED", "UNKNOWN"], "default": "UNKNOWN"}},
          {"name": "rows", "type": "int"}, {"name": "columns", "type": "int"},
          {"name": "wells", "type": {"type": "array", "items": "string"}},
          {"name": "sites", "type": {"type": "array", "items": "int"}},
          {"name": "channels", "type": {"type": "array", "items": "string"}}]}""";
    int id = register("other.acquisitions-value", schema);
    // plate "P", acquisition "r", STARTED, 8 rows, 12 columns, wells ["A01"], sites [1], channels ["D"]
    byte[] body = {2, 'P', 2, 'r', 0, 16, 24, 2, 6, 'A', '0', '1', 0, 2, 2, 0, 2, 2, 'D', 0};
    byte[] bytes = ByteBuffer.allocate(5 + body.length).put((byte) 0).putInt(id).put(body).array();
    try (EdgeSerdes edge = EdgeSerdes.of(config(registry, false))) {
      Acquisition read = edge.serde(Acquisition.class).deserializer().deserialize("other.acquisitions", bytes);
      assertThat(read.getPlate()).isEqualTo("P");
      assertThat(read.getColumns()).isEqualTo(12);
      assertThat(read.getWells()).containsExactly("A01");
      assertThat(read.getTimepoints()).isEqualTo(1);
    }
  }

  @Test
  void singleObjectBytesAreReadBesideIt() {
    try (EdgeSerdes edge = EdgeSerdes.of(config(registry, true))) {
      byte[] bytes = AvroCodec.of(ImageEvent.class).encode(Events.image());
      assertThat(edge.serde(ImageEvent.class).deserializer().deserialize(Events.TOPIC, bytes)).isEqualTo(Events.image());
    }
  }

  @Test
  void anIdThatTheRegistryDoesNotKnowIsUnreadable() {
    try (EdgeSerdes edge = EdgeSerdes.of(config(registry, true))) {
      byte[] bytes = {0, 0x7F, 0, 0, 1, 2, 3};
      assertThatThrownBy(() -> edge.serde(ImageEvent.class).deserializer().deserialize(Events.TOPIC, bytes))
          .isInstanceOf(UnreadableRecordException.class)
          .hasMessageContaining("knows no schema with the id 2130706433");
    }
  }

  @Test
  void aSchemaThatIsNoAvroIsUnreadable() throws Exception {
    int id = register("json-value", "{\"$schema\": \"http://json-schema.org/draft-07/schema#\", \"type\": \"object\"}", "JSON");
    try (EdgeSerdes edge = EdgeSerdes.of(config(registry, true))) {
      byte[] bytes = ByteBuffer.allocate(8).put((byte) 0).putInt(id).array();
      assertThatThrownBy(() -> edge.serde(ImageEvent.class).deserializer().deserialize(Events.TOPIC, bytes))
          .isInstanceOf(UnreadableRecordException.class);
    }
  }

  @Test
  void withoutAutoRegistrationAnUnknownSchemaIsNotWritten() throws Exception {
    try (EdgeSerdes edge = EdgeSerdes.of(config(registry, false))) {
      assertThatThrownBy(() -> edge.serde(ImageEvent.class).serializer().serialize("unregistered", Events.image()))
          .isInstanceOf(RegistryUnavailableException.class)
          .hasMessageContaining("unregistered");
    }
    assertThat(registry.get("/apis/ccompat/v7/subjects").body()).doesNotContain("unregistered-value");
  }

  @Test
  void whatIsKnownGoesOnWhenTheRegistryStopsAndWhatIsNewWaitsForIt() throws Exception {
    RegistryProcess own = RegistryProcess.start();
    try (EdgeSerdes edge = EdgeSerdes.of(config(own, true))) {
      Serde<ImageEvent> known = edge.serde(ImageEvent.class);
      byte[] bytes = known.serializer().serialize(Events.TOPIC, Events.image());
      assertThat(known.deserializer().deserialize(Events.TOPIC, bytes)).isEqualTo(Events.image());

      own.close();

      assertThat(known.serializer().serialize(Events.TOPIC, Events.image())).isEqualTo(bytes);
      assertThat(known.deserializer().deserialize(Events.TOPIC, bytes)).isEqualTo(Events.image());
      assertThatThrownBy(() -> edge.serde(Acquisition.class).serializer().serialize("new", Events.acquisition()))
          .isInstanceOf(RegistryUnavailableException.class);
      byte[] unknown = {0, 0, 0, 0, 99, 1};
      assertThatThrownBy(() -> known.deserializer().deserialize(Events.TOPIC, unknown)).isInstanceOf(RegistryUnavailableException.class);
    } finally {
      own.close();
    }
  }

  private static WireFormat config(RegistryProcess registry, boolean autoRegister) {
    URI url = registry.base().resolve("/apis/registry/v3");
    return new WireFormat.Registry(url, autoRegister, Duration.ofSeconds(20), Map.of());
  }

  private static int register(String subject, String schema) throws IOException, InterruptedException {
    return register(subject, schema, "AVRO");
  }

  private static int register(String subject, String schema, String type) throws IOException, InterruptedException {
    JsonNode body = JSON.createObjectNode().put("schema", schema).put("schemaType", type);
    HttpRequest request =
        HttpRequest.newBuilder(registry.base().resolve("/apis/ccompat/v7/subjects/" + subject + "/versions"))
            .header("Content-Type", "application/vnd.schemaregistry.v1+json")
            .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
            .build();
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      return JSON.readTree(answer.body()).get("id").asInt();
    }
  }
}
