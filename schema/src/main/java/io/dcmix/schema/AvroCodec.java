package io.dcmix.schema;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DatumReader;
import org.apache.avro.io.DatumWriter;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.apache.avro.util.ClassSecurityValidator;
import org.jspecify.annotations.Nullable;

/**
 * Avro's single-object encoding (0xC3 0x01, the schema's CRC-64-AVRO fingerprint in little-endian, the record) of one record
 * type; it reads every version in {@link SchemaHistory}.
 *
 * <p>Reading is bounded by the message: a length or a count that the remaining bytes cannot hold is refused before anything is
 * allocated for it, a collection has at most {@value AvroRecord#MAX_ITEMS} items, and nothing may follow the record.
 *
 * <p>A field of bytes is a view of the message it was read from, not a copy: the message must not change while the record is in
 * use.
 *
 * <p>Threading: immutable, safe to share.
 *
 * @param <T> the generated record class
 */
public final class AvroCodec<T extends SpecificRecord> {
  private static final byte MAGIC_0 = (byte) 0xC3;
  private static final byte MAGIC_1 = 0x01;
  private static final int HEADER = 10;

  /** Reads records that were all written with one schema. */
  @FunctionalInterface
  public interface BodyReader<T> {
    /**
     * Reads the record in plain binary encoding that goes from {@code offset} to the end.
     *
     * @throws UnreadableRecordException if these bytes are no such record
     */
    T read(byte[] bytes, int offset);
  }

  private final String name;
  private final Schema schema;
  private final SpecificData data;
  private final DatumWriter<T> writer;
  private final byte[] header;
  private final Map<Long, BodyReader<T>> readers = new HashMap<>();

  private AvroCodec(Class<T> type) {
    this.name = type.getSimpleName();
    this.schema = SpecificData.get().getSchema(type);
    ClassSecurityValidator.validate(type); // fails here rather than at each record
    this.data = SpecificData.getForClass(type);
    this.writer = newWriter(data, schema);
    long fingerprint = SchemaNormalization.parsingFingerprint64(schema);
    this.header = ByteBuffer.allocate(HEADER).order(ByteOrder.LITTLE_ENDIAN).put(MAGIC_0).put(MAGIC_1).putLong(fingerprint).array();
    readers.put(fingerprint, reading(schema));
    for (Schema version : SchemaHistory.versions(type.getSimpleName())) {
      readers.computeIfAbsent(SchemaNormalization.parsingFingerprint64(version), any -> reading(version));
    }
  }

  public static <T extends SpecificRecord> AvroCodec<T> of(Class<T> type) {
    return new AvroCodec<>(type);
  }

  /** The schema that records are written with, and that they are read into. */
  public Schema schema() {
    return schema;
  }

  /** The record in single-object encoding. */
  public byte[] encode(T record) {
    return encode(header, record);
  }

  /** The record in single-object encoding, with fields of bytes copied once: for records that are large. */
  public byte[] encodeLarge(T record) {
    return LargeEncoding.of(header, encoder -> writer.write(record, encoder), name);
  }

  /** The record in plain binary encoding, after the given bytes. */
  public byte[] encode(byte[] prefix, T record) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(prefix);
    BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
    try {
      writer.write(record, encoder);
      encoder.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot encode a " + name, e);
    }
    return out.toByteArray();
  }

  /** Whether the bytes begin like single-object encoding. */
  public static boolean isSingleObject(byte[] bytes) {
    return bytes.length >= HEADER && bytes[0] == MAGIC_0 && bytes[1] == MAGIC_1;
  }

  /**
   * Reads a record in single-object encoding.
   *
   * @throws UnreadableRecordException if these bytes are no such record
   */
  public T decode(byte[] bytes) {
    if (!isSingleObject(bytes)) {
      throw unreadable(bytes, "they do not begin with 0xC3 0x01 and a fingerprint of 8 bytes", null);
    }
    long fingerprint = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(2);
    BodyReader<T> reader = readers.get(fingerprint);
    if (reader == null) {
      throw unreadable(
          bytes,
          "their schema has the fingerprint %016x, which is no version of %s that this program knows".formatted(fingerprint, name),
          null);
    }
    return reader.read(bytes, HEADER);
  }

  /** A reader for records that were written with another schema; thread-safe. */
  public BodyReader<T> reading(Schema writerSchema) {
    DatumReader<T> reader = newReader(data, writerSchema, schema);
    return (bytes, offset) -> {
      try {
        SlicingDecoder decoder = new SlicingDecoder(bytes, offset);
        T record = reader.read(null, decoder);
        if (!decoder.isEnd()) {
          throw unreadable(bytes, "%d bytes follow the record".formatted(decoder.remainingBytes()), null);
        }
        return record;
      } catch (UnreadableRecordException e) {
        throw e;
      } catch (IOException | RuntimeException e) {
        // Whatever the decoder throws, it throws because of these bytes; its exceptions have no common type.
        throw unreadable(bytes, String.valueOf(e.getMessage()), e);
      }
    };
  }

  private UnreadableRecordException unreadable(byte[] bytes, String reason, @Nullable Throwable cause) {
    return new UnreadableRecordException("%d bytes are not a %s: %s".formatted(bytes.length, name, reason), cause);
  }

  // Avro's factories return raw types.
  @SuppressWarnings("unchecked")
  private static <T> DatumWriter<T> newWriter(SpecificData data, Schema schema) {
    return (DatumWriter<T>) data.createDatumWriter(schema);
  }

  @SuppressWarnings("unchecked")
  private static <T> DatumReader<T> newReader(SpecificData data, Schema writer, Schema reader) {
    return (DatumReader<T>) data.createDatumReader(writer, reader);
  }
}
