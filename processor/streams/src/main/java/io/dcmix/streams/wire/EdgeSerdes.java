package io.dcmix.streams.wire;

import io.dcmix.schema.AvroCodec;
import io.dcmix.schema.SchemaHistory;
import io.dcmix.schema.UnreadableRecordException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/**
 * Serdes of the events on the edge topics. All serdes of one instance share one connection to the registry, which is made at
 * the first record that needs it.
 *
 * <p>Deserialising throws {@link UnreadableRecordException} if the bytes are wrong and {@link RegistryUnavailableException}
 * if the registry does not answer; nothing else. A null record is a null value (a tombstone) both ways.
 *
 * <p>Threading: everything here may be shared between threads. Closing a serde does nothing; close this.
 */
public final class EdgeSerdes implements AutoCloseable {
  private static final byte CONFLUENT_MAGIC = 0;
  private static final int CONFLUENT_HEADER = 5;

  private final @Nullable SchemaRegistry registry;

  private EdgeSerdes(@Nullable SchemaRegistry registry) {
    this.registry = registry;
  }

  public static EdgeSerdes of(WireFormat format) {
    return switch (format) {
      case WireFormat.SingleObject _ -> new EdgeSerdes(null);
      case WireFormat.Registry config -> new EdgeSerdes(new ApicurioRegistry(config));
    };
  }

  /** A serde for one type of event. */
  public <T extends SpecificRecord> Serde<T> serde(Class<T> type) {
    return new EventSerde<>(type, registry);
  }

  @Override
  public void close() {
    if (registry != null) {
      registry.close();
    }
  }

  private static final class EventSerde<T extends SpecificRecord> implements Serde<T>, Serializer<T>, Deserializer<T> {
    private final String name;
    private final AvroCodec<T> codec;
    private final Schema published;
    private final @Nullable SchemaRegistry registry;
    private final Map<Integer, AvroCodec.BodyReader<T>> readers = new ConcurrentHashMap<>();

    EventSerde(Class<T> type, @Nullable SchemaRegistry registry) {
      this.name = type.getSimpleName();
      this.codec = AvroCodec.of(type);
      // The committed text is the same schema without what only Java needs.
      List<Schema> versions = SchemaHistory.versions(name);
      this.published = versions.isEmpty() ? codec.schema() : versions.getLast();
      this.registry = registry;
    }

    @Override
    public byte @Nullable [] serialize(String topic, @Nullable T record) {
      if (record == null) {
        return null;
      }
      if (registry == null) {
        return codec.encode(record);
      }
      int id = registry.id(topic, published);
      return codec.encode(ByteBuffer.allocate(CONFLUENT_HEADER).put(CONFLUENT_MAGIC).putInt(id).array(), record);
    }

    @Override
    public @Nullable T deserialize(String topic, byte @Nullable [] bytes) {
      if (bytes == null) {
        return null;
      }
      return bytes.length > 0 && bytes[0] == CONFLUENT_MAGIC ? fromConfluent(bytes) : codec.decode(bytes);
    }

    private T fromConfluent(byte[] bytes) {
      if (registry == null) {
        throw new UnreadableRecordException(
            "%d bytes are not a %s that can be read without a schema registry: they begin with 0x00, as in Confluent's wire format. Set schema-registry.url"
                .formatted(bytes.length, name));
      }
      int id = bytes.length < CONFLUENT_HEADER ? -1 : ByteBuffer.wrap(bytes).getInt(1);
      if (id < 0) {
        throw new UnreadableRecordException("%d bytes are not a %s: after 0x00 comes no schema id".formatted(bytes.length, name));
      }
      AvroCodec.BodyReader<T> reader = readers.get(id);
      if (reader == null) {
        reader = codec.reading(registry.schema(id));
        readers.put(id, reader);
      }
      return reader.read(bytes, CONFLUENT_HEADER);
    }

    @Override
    public Serializer<T> serializer() {
      return this;
    }

    @Override
    public Deserializer<T> deserializer() {
      return this;
    }

    @Override
    public void configure(Map<String, ?> configs, boolean isKey) {}

    @Override
    public void close() {}
  }
}
