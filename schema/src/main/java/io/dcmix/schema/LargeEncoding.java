package io.dcmix.schema;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.avro.io.DirectBinaryEncoder;
import org.apache.avro.io.Encoder;

/**
 * Encodes a record into an array of exactly its length. It is written twice, at first only to count, so that nothing has to grow or to
 * be cut; and its fields of bytes go from their buffer to that array, where Avro's own encoder copies what is read-only or off the heap
 * to an array of its own first.
 */
final class LargeEncoding {
  private LargeEncoding() {}

  /** Writes a record. */
  @FunctionalInterface
  interface Writing {
    void to(Encoder encoder) throws IOException;
  }

  /**
   * What is written, after the prefix.
   *
   * @param name of the record, for messages
   */
  static byte[] of(byte[] prefix, Writing record, String name) {
    try {
      Count count = new Count();
      write(record, count);
      Filling filling = new Filling(Arrays.copyOf(prefix, Math.addExact(prefix.length, count.bytes)), prefix.length);
      write(record, filling);
      return filling.target;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot encode a " + name, e);
    }
  }

  private static void write(Writing record, Sink sink) throws IOException {
    SinkEncoder encoder = new SinkEncoder(sink);
    record.to(encoder);
    encoder.flush();
  }

  private abstract static class Sink extends OutputStream {
    abstract void write(ByteBuffer bytes);
  }

  private static final class Count extends Sink {
    private int bytes;

    private void add(int more) {
      bytes = Math.addExact(bytes, more);
    }

    @Override
    public void write(int b) {
      add(1);
    }

    @Override
    public void write(byte[] b, int from, int length) {
      add(length);
    }

    @Override
    void write(ByteBuffer b) {
      add(b.remaining());
    }
  }

  private static final class Filling extends Sink {
    private final byte[] target;
    private int filled;

    Filling(byte[] target, int filled) {
      this.target = target;
      this.filled = filled;
    }

    @Override
    public void write(int b) {
      target[filled++] = (byte) b;
    }

    @Override
    public void write(byte[] b, int from, int length) {
      System.arraycopy(b, from, target, filled, length);
      filled += length;
    }

    @Override
    void write(ByteBuffer b) {
      b.get(b.position(), target, filled, b.remaining());
      filled += b.remaining();
    }
  }

  private static final class SinkEncoder extends DirectBinaryEncoder {
    private final Sink sink;

    SinkEncoder(Sink sink) {
      super(sink);
      this.sink = sink;
    }

    @Override
    public void writeFixed(ByteBuffer bytes) {
      sink.write(bytes);
    }
  }
}
