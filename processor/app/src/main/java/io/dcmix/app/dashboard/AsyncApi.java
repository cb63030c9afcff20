package io.dcmix.app.dashboard;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dcmix.schema.event.Acquisition;
import io.dcmix.schema.event.Alert;
import io.dcmix.schema.event.ChannelImportance;
import io.dcmix.schema.event.HitCall;
import io.dcmix.schema.event.ImageEvent;
import io.dcmix.schema.event.ModelControl;
import io.dcmix.schema.event.PlateLayout;
import io.dcmix.schema.event.PlateQuality;
import io.dcmix.schema.event.PublishProgress;
import io.dcmix.schema.event.WellFailure;
import io.dcmix.schema.event.WellPrediction;
import io.dcmix.streams.LanePlan;
import io.dcmix.streams.LaneRole;
import io.dcmix.streams.LaneTopic;
import io.dcmix.streams.Topics;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.kafka.common.acl.AclOperation;
import org.jspecify.annotations.Nullable;

/** The AsyncAPI 3.0 document of a lane's topics; meanings, keys and fields are those of the Avro schemas that the code writes with. */
final class AsyncApi {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String AVRO = "application/vnd.apache.avro+json;version=1.9.0";
  private static final String KAFKA_BINDING = "0.5.0";

  /**
   * A topic.
   *
   * @param actions what the processor does with it
   * @param value null where the bytes are as they came
   */
  private record Channel(String id, String topic, List<String> actions, String cleanup, @Nullable Schema value) {}

  private AsyncApi() {}

  static ObjectNode of(Topics topics, String version) {
    ObjectNode document = JSON.objectNode();
    document.put("asyncapi", "3.0.0");
    document.putObject("info").put("title", "DCMIX, lane " + topics.lane()).put("version", version)
        .put("description", "The topics of a lane. Keys are UTF-8 text. Values are Avro, in the single-object encoding (0xC3 0x01, the schema's fingerprint) or, with a "
            + "registry, in Confluent's wire format (0x00, 4 bytes id). x-single-object-header of a message is what a value of the schema here begins with "
            + "in the former, in hex. A record of a compacted topic without a value takes back what was said under its key. "
            + "Results are written in transactions: read them with isolation.level=read_committed. Publishers partition by murmur2.")
        .putObject("license").put("name", "Apache-2.0");
    document.put("defaultContentType", "application/vnd.apache.avro+binary");
    ObjectNode channels = document.putObject("channels");
    ObjectNode operations = document.putObject("operations");
    ObjectNode messages = JSON.objectNode();
    for (Channel channel : channels(topics)) {
      String message = channel.value() == null ? "DeadLetter" : channel.value().getName();
      messages.set(message, message(channel));
      ObjectNode described = channels.putObject(channel.id()).put("address", channel.topic()).put("description", meaning(channel));
      described.putObject("messages").putObject(message).put("$ref", "#/components/messages/" + message);
      ObjectNode binding = described.putObject("bindings").putObject("kafka").put("topic", channel.topic());
      ArrayNode cleanup = binding.putObject("topicConfiguration").putArray("cleanup.policy");
      List.of(channel.cleanup().split(",", -1)).forEach(cleanup::add);
      binding.put("bindingVersion", KAFKA_BINDING);
      for (String action : channel.actions()) {
        ObjectNode operation = operations.putObject(action + "-" + channel.id());
        operation.put("action", action);
        operation.putObject("channel").put("$ref", "#/channels/" + channel.id());
      }
    }
    document.putObject("components").set("messages", messages);
    return document;
  }

  private static List<Channel> channels(Topics topics) {
    return LanePlan.of(topics).external().stream()
        .map(topic -> new Channel(
            topic.name().substring(topic.name().lastIndexOf('.') + 1), topic.name(), actions(topic), topic.cleanup().setting(), value(topics, topic.name())))
        .toList();
  }

  /** That the processor reads its results again, for the page, is no concern of others. */
  private static List<String> actions(LaneTopic topic) {
    Set<AclOperation> rights = topic.rightsOf(LaneRole.PROCESSOR);
    List<String> actions = new ArrayList<>();
    if (rights.contains(AclOperation.READ) && topic.kind() == LaneTopic.Kind.INPUT) {
      actions.add("receive");
    }
    if (rights.contains(AclOperation.WRITE)) {
      actions.add("send");
    }
    return actions;
  }

  /** What the code writes there; null where the bytes are as they came. */
  private static @Nullable Schema value(Topics topics, String topic) {
    Map<String, Schema> schemas = Map.ofEntries(
        Map.entry(topics.imageEvents(), ImageEvent.getClassSchema()),
        Map.entry(topics.acquisitions(), Acquisition.getClassSchema()),
        Map.entry(topics.plateLayouts(), PlateLayout.getClassSchema()),
        Map.entry(topics.publishProgress(), PublishProgress.getClassSchema()),
        Map.entry(topics.modelControl(), ModelControl.getClassSchema()),
        Map.entry(topics.wellPredictions(), WellPrediction.getClassSchema()),
        Map.entry(topics.wellFailures(), WellFailure.getClassSchema()),
        Map.entry(topics.hitCalls(), HitCall.getClassSchema()),
        Map.entry(topics.plateQuality(), PlateQuality.getClassSchema()),
        Map.entry(topics.channelImportance(), ChannelImportance.getClassSchema()),
        Map.entry(topics.alerts(), Alert.getClassSchema()));
    if (!topic.equals(topics.deadLetters()) && !schemas.containsKey(topic)) {
      throw new IllegalStateException("The topic " + topic + " has no schema here");
    }
    return schemas.get(topic);
  }

  private static ObjectNode message(Channel channel) {
    ObjectNode message = JSON.objectNode();
    Schema value = channel.value();
    message.put("name", value == null ? "DeadLetter" : value.getName());
    message.put("summary", meaning(channel));
    if (value == null) {
      message.put("contentType", "application/octet-stream");
    } else {
      ObjectNode payload = message.putObject("payload").put("schemaFormat", AVRO);
      payload.set("schema", parse(value));
      message.put("x-single-object-header", header(value));
    }
    ObjectNode binding = message.putObject("bindings").putObject("kafka");
    binding.putObject("key").put("type", "string");
    binding.put("bindingVersion", KAFKA_BINDING);
    return message;
  }

  /** What a value begins with in Avro's single-object encoding: few of Avro's libraries know fingerprints. */
  private static String header(Schema schema) {
    byte[] fingerprint = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(SchemaNormalization.parsingFingerprint64(schema)).array();
    return "c301" + HexFormat.of().formatHex(fingerprint);
  }

  private static String meaning(Channel channel) {
    Schema value = channel.value();
    return value == null ? "What could not be read: key and bytes as they came; headers that begin with dcmix. say why, and where it lay." : value.getDoc();
  }

  private static JsonNode parse(Schema schema) {
    try {
      return MAPPER.readTree(schema.toString());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Avro writes its schemas as JSON", e);
    }
  }
}
