package io.dcmix.app.dashboard;

import io.dcmix.schema.AvroCodec;
import io.dcmix.schema.event.Acquisition;
import io.dcmix.schema.event.ChannelImportance;
import io.dcmix.schema.event.PlateLayout;
import io.dcmix.schema.event.WellFailure;
import io.dcmix.schema.event.WellPrediction;
import io.dcmix.streams.Topics;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;

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
        topics.channelImportance(), ChannelImportance.class);
  }

  /** Avro's single-object encoding, which needs no registry. */
  static ResultDecoder singleObject(Topics topics) {
    Map<String, AvroCodec<? extends SpecificRecord>> codecs =
        Map.of(
            topics.acquisitions(), AvroCodec.of(Acquisition.class),
            topics.plateLayouts(), AvroCodec.of(PlateLayout.class),
            topics.wellPredictions(), AvroCodec.of(WellPrediction.class),
            topics.wellFailures(), AvroCodec.of(WellFailure.class),
            topics.channelImportance(), AvroCodec.of(ChannelImportance.class));
    return (topic, value) -> {
      AvroCodec<? extends SpecificRecord> codec = codecs.get(topic);
      if (codec == null) {
        throw new IllegalArgumentException(topic + " is no result topic");
      }
      if (value.length > 0 && value[0] == 0) {
        throw new IllegalArgumentException("it is in Confluent's wire format, and no schema registry is configured");
      }
      return codec.decode(value);
    };
  }
}
