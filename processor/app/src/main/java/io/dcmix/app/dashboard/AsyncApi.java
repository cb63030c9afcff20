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
import io.dcmix.schema.event.PlateLayout;
import io.dcmix.schema.event.PlateQuality;
import io.dcmix.schema.event.PublishProgress;
import io.dcmix.schema.event.WellFailure;
import io.dcmix.schema.event.WellPrediction;
import io.dcmix.streams.Topics;
import java.util.List;
import java.util.Locale;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/** The AsyncAPI 3.0 document of a lane's topics; meanings, keys and fields are those of the Avro schemas that the code writes with. */
final class AsyncApi {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String AVRO = "application/vnd.apache.avro+json;version=1.9.0";
  private static final String KAFKA_BINDING = "0.5.0";

  /** What the processor does with a topic. */
  private enum Action {
    SEND, RECEIVE, NOTHING
  }

  /** @param value null where the bytes are as they came */
  private record Channel(String id, String topic, Action action, String cleanup, @Nullable Schema value) {}

  private AsyncApi() {}

  static ObjectNode of(Topics topics, String version) {
    ObjectNode document = JSON.objectNode();
    document.put("asyncapi", "3.0.0");
    document.putObject("info").put("title", "DCMIX, lane " + topics.lane()).put("version", version)
        .put("description", "The topics of a lane. Keys are UTF-8 text. Values are Avro, in the single-object encoding (0xC3 0x01) or, with a registry, in "
            + "Confluent's wire format (0x00, 4 bytes id). Results are written in transactions: read them with isolation.level=read_committed. "
            + "Publishers partition by murmur2.")
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
      if (channel.action() != Action.NOTHING) {
        ObjectNode operation = operations.putObject(channel.action().name().toLowerCase(Locale.ROOT) + "-" + channel.id());
        operation.put("action", channel.action().name().toLowerCase(Locale.ROOT));
        operation.putObject("channel").put("$ref", "#/channels/" + channel.id());
      }
    }
    document.putObject("components").set("messages", messages);
    return document;
  }

  private static List<Channel> channels(Topics topics) {
    return List.of(
        new Channel("image-events", topics.imageEvents(), Action.RECEIVE, "delete", ImageEvent.getClassSchema()),
        new Channel("acquisitions", topics.acquisitions(), Action.RECEIVE, "compact", Acquisition.getClassSchema()),
        new Channel("plate-layouts", topics.plateLayouts(), Action.RECEIVE, "compact", PlateLayout.getClassSchema()),
        new Channel("publish-progress", topics.publishProgress(), Action.NOTHING, "compact", PublishProgress.getClassSchema()),
        new Channel("well-predictions", topics.wellPredictions(), Action.SEND, "compact", WellPrediction.getClassSchema()),
        new Channel("well-failures", topics.wellFailures(), Action.SEND, "delete", WellFailure.getClassSchema()),
        new Channel("hit-calls", topics.hitCalls(), Action.SEND, "compact", HitCall.getClassSchema()),
        new Channel("plate-quality", topics.plateQuality(), Action.SEND, "compact", PlateQuality.getClassSchema()),
        new Channel("channel-importance", topics.channelImportance(), Action.SEND, "compact,delete", ChannelImportance.getClassSchema()),
        new Channel("alerts", topics.alerts(), Action.SEND, "delete", Alert.getClassSchema()),
        new Channel("dead-letters", topics.deadLetters(), Action.SEND, "delete", null));
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
    }
    ObjectNode binding = message.putObject("bindings").putObject("kafka");
    binding.putObject("key").put("type", "string");
    binding.put("bindingVersion", KAFKA_BINDING);
    return message;
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
