package io.dcmix.core.images;

import java.nio.ByteBuffer;

/**
 * Unpacked bytes, read in pieces, so that an image is never held twice. Each kind of compression is one implementation. Not
 * thread-safe.
 */
interface ByteSource {
  /**
   * Fills the range completely.
   *
   * @throws CorruptPlaneException if the packed bytes end early or are not of this kind
   */
  void read(byte[] into, int offset, int length) throws CorruptPlaneException;

  /**
   * Called when everything expected was read.
   *
   * @throws CorruptPlaneException if the packed bytes carry a checksum and it is wrong
   */
  default void finish() throws CorruptPlaneException {}

  /** Bytes that are not packed. */
  static ByteSource plain(ByteBuffer bytes) {
    return (into, offset, length) -> {
      if (bytes.remaining() < length) {
        throw new CorruptPlaneException("data end %d bytes early".formatted(length - bytes.remaining()));
      }
      bytes.get(into, offset, length);
    };
  }
}
