package io.dcmix.core.model;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/**
 * What an ONNX file says of itself, read without the runtime: of the protobuf message ModelProto only the fields {@code
 * metadata_props} are looked at, the rest is passed over. (onnx.proto: ModelProto.metadata_props = 14, repeated
 * StringStringEntryProto with key = 1 and value = 2.)
 *
 * @param sha256 of the whole file, hex
 */
record OnnxMetadata(Map<String, String> entries, String sha256) {
  private static final int METADATA_PROPS = 14;
  private static final int MAX_ENTRY = 1 << 20;
  private static final int MAX_ENTRIES = 1000;

  OnnxMetadata {
    entries = Map.copyOf(entries);
  }

  /**
   * Reads a file through.
   *
   * @throws IOException if it cannot be read, is too large, or is no protobuf; says which
   */
  static OnnxMetadata read(Path file, long maxBytes) throws IOException {
    if (Files.size(file) > maxBytes) {
      throw new IOException("is larger than the limit of %,d bytes".formatted(maxBytes));
    }
    MessageDigest digest = newDigest();
    Map<String, String> entries = new TreeMap<>();
    try (InputStream in = new DigestInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16), digest)) {
      Message message = new Message(in, maxBytes);
      while (message.next()) {
        if (message.field == METADATA_PROPS && message.isBytes()) {
          Message entry = new Message(new ByteArrayInputStream(message.bytes()), MAX_ENTRY);
          String key = "";
          String value = "";
          while (entry.next()) {
            if (entry.isBytes() && entry.field <= 2) {
              String text = new String(entry.bytes(), StandardCharsets.UTF_8);
              key = entry.field == 1 ? text : key;
              value = entry.field == 2 ? text : value;
            } else {
              entry.skip();
            }
          }
          entries.put(key, value);
          if (entries.size() > MAX_ENTRIES) {
            throw new IOException("has more than " + MAX_ENTRIES + " entries of metadata");
          }
        } else {
          message.skip();
        }
      }
    }
    return new OnnxMetadata(entries, HexFormat.of().formatHex(digest.digest()));
  }

  private static MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }

  /** The fields of a protobuf message, one after the other; each is read or skipped before the next. */
  private static final class Message {
    private final InputStream in;
    private final long limit;
    private int field;
    private int wire;

    Message(InputStream in, long limit) {
      this.in = in;
      this.limit = limit;
    }

    boolean next() throws IOException {
      int first = in.read();
      if (first < 0) {
        return false;
      }
      long tag = varint(first);
      field = (int) (tag >>> 3);
      wire = (int) (tag & 7);
      return true;
    }

    boolean isBytes() {
      return wire == 2;
    }

    byte[] bytes() throws IOException {
      long size = varint(in.read());
      byte[] bytes = size < 0 || size > MAX_ENTRY ? new byte[0] : in.readNBytes((int) size);
      if (bytes.length != size) {
        throw noProtobuf();
      }
      return bytes;
    }

    void skip() throws IOException {
      switch (wire) {
        case 0 -> varint(in.read());
        case 1 -> skip(8);
        case 2 -> skip(varint(in.read()));
        case 5 -> skip(4);
        default -> throw noProtobuf();
      }
    }

    /** Reads on, since all bytes are to be hashed. */
    private void skip(long bytes) throws IOException {
      if (bytes < 0 || bytes > limit) {
        throw noProtobuf();
      }
      byte[] scrap = new byte[(int) Math.min(bytes, 1 << 16)];
      for (long left = bytes; left > 0; ) {
        int read = in.read(scrap, 0, (int) Math.min(left, scrap.length));
        if (read < 0) {
          throw noProtobuf();
        }
        left -= read;
      }
    }

    private long varint(int first) throws IOException {
      long value = 0;
      int next = first;
      for (int shift = 0; shift < 64; shift += 7) {
        if (next < 0) {
          throw noProtobuf();
        }
        value |= (long) (next & 0x7F) << shift;
        if (next < 0x80) {
          return value;
        }
        next = in.read();
      }
      throw noProtobuf();
    }

    private static IOException noProtobuf() {
      return new IOException("is no ONNX file, or an incomplete one");
    }
  }
}
