package io.dcmix.schema;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.Decoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.util.Utf8;
import org.jspecify.annotations.Nullable;

/**
 * Avro's binary decoder, except that a field of bytes is a view of the message and not a copy of it: an image is most of its
 * event. Nobody may change the message while the record is in use. Not thread-safe.
 */
final class SlicingDecoder extends Decoder {
  private final byte[] message;
  private final BinaryDecoder decoder;

  /** Reads from {@code offset} to the end. */
  SlicingDecoder(byte[] message, int offset) {
    this.message = message;
    this.decoder = DecoderFactory.get().binaryDecoder(message, offset, message.length - offset, null);
  }

  boolean isEnd() throws IOException {
    return decoder.isEnd();
  }

  @Override
  public int remainingBytes() {
    return decoder.remainingBytes();
  }

  @Override
  public ByteBuffer readBytes(@Nullable ByteBuffer old) throws IOException {
    long length = decoder.readLong();
    if (length < 0 || length > remainingBytes()) {
      throw new EOFException("%d bytes are promised and %d are there".formatted(length, remainingBytes()));
    }
    ByteBuffer bytes = ByteBuffer.wrap(message, message.length - remainingBytes(), (int) length).slice();
    decoder.skipFixed((int) length);
    return bytes;
  }

  @Override
  public void readNull() throws IOException {
    decoder.readNull();
  }

  @Override
  public boolean readBoolean() throws IOException {
    return decoder.readBoolean();
  }

  @Override
  public int readInt() throws IOException {
    return decoder.readInt();
  }

  @Override
  public long readLong() throws IOException {
    return decoder.readLong();
  }

  @Override
  public float readFloat() throws IOException {
    return decoder.readFloat();
  }

  @Override
  public double readDouble() throws IOException {
    return decoder.readDouble();
  }

  @Override
  public Utf8 readString(@Nullable Utf8 old) throws IOException {
    return decoder.readString(old);
  }

  @Override
  public String readString() throws IOException {
    return decoder.readString();
  }

  @Override
  public void skipString() throws IOException {
    decoder.skipString();
  }

  @Override
  public void skipBytes() throws IOException {
    decoder.skipBytes();
  }

  @Override
  public void readFixed(byte[] bytes, int start, int length) throws IOException {
    decoder.readFixed(bytes, start, length);
  }

  @Override
  public void skipFixed(int length) throws IOException {
    decoder.skipFixed(length);
  }

  @Override
  public int readEnum() throws IOException {
    return decoder.readEnum();
  }

  @Override
  public long readArrayStart() throws IOException {
    return decoder.readArrayStart();
  }

  @Override
  public long arrayNext() throws IOException {
    return decoder.arrayNext();
  }

  @Override
  public long skipArray() throws IOException {
    return decoder.skipArray();
  }

  @Override
  public long readMapStart() throws IOException {
    return decoder.readMapStart();
  }

  @Override
  public long mapNext() throws IOException {
    return decoder.mapNext();
  }

  @Override
  public long skipMap() throws IOException {
    return decoder.skipMap();
  }

  @Override
  public int readIndex() throws IOException {
    return decoder.readIndex();
  }
}
