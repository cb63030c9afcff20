package io.dcmix.streams;

import io.dcmix.schema.AvroCodec;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;

/** Single-object encoding as a Kafka serde: what all internal topics and stores use. */
public final class AvroSerde {
  private AvroSerde() {}

  public static <T extends SpecificRecord> Serde<T> of(Class<T> type) {
    AvroCodec<T> codec = AvroCodec.of(type);
    return Serdes.serdeFrom(
        (topic, record) -> record == null ? null : codec.encode(record),
        (topic, bytes) -> bytes == null ? null : codec.decode(bytes));
  }
}
