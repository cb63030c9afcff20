package io.dcmix.app.dashboard;

import io.dcmix.schema.event.Acquisition;
import io.dcmix.schema.event.Alert;
import io.dcmix.schema.event.ChannelImportance;
import io.dcmix.schema.event.HitCall;
import io.dcmix.schema.event.PlateLayout;
import io.dcmix.schema.event.PlateQuality;
import io.dcmix.schema.event.WellFailure;
import io.dcmix.schema.event.WellPrediction;
import io.dcmix.streams.Topics;
import io.dcmix.streams.wire.EdgeSerdes;
import io.dcmix.streams.wire.WireFormat;
import java.util.HashMap;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Deserializer;

/** Turns the bytes of a result topic into its record; the seam for other wire formats. */
@FunctionalInterface
public interface ResultDecoder {
  /**
   * Reads one record.
   *
   * @throws RuntimeException if it cannot be read; it is then counted and skipped
   */
  SpecificRecord decode(String topic, byte[] value);

  /** The record type of each result topic of a lane. */
  static Map<String, Class<? extends SpecificRecord>> types(Topics topics) {
    return Map.of(
        topics.acquisitions(), Acquisition.class,
        topics.plateLayouts(), PlateLayout.class,
        topics.wellPredictions(), WellPrediction.class,
        topics.wellFailures(), WellFailure.class,
        topics.channelImportance(), ChannelImportance.class,
        topics.hitCalls(), HitCall.class,
        topics.plateQuality(), PlateQuality.class,
        topics.alerts(), Alert.class);
  }

  /** Reads single-object encoding, and the registry's wire format where one is configured. */
  static ResultDecoder of(Topics topics, EdgeSerdes serdes) {
    Map<String, Deserializer<? extends SpecificRecord>> deserializers = new HashMap<>();
    types(topics).forEach((topic, type) -> deserializers.put(topic, serdes.serde(type).deserializer()));
    return (topic, value) -> {
      Deserializer<? extends SpecificRecord> deserializer = deserializers.get(topic);
      if (deserializer == null) {
        throw new IllegalArgumentException(topic + " is no result topic");
      }
      return deserializer.deserialize(topic, value);
    };
  }

  /** Avro's single-object encoding, which needs no registry. */
  static ResultDecoder singleObject(Topics topics) {
    return of(topics, EdgeSerdes.of(new WireFormat.SingleObject()));
  }
}
