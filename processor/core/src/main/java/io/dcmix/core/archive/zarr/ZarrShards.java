package io.dcmix.core.archive.zarr;

import io.dcmix.core.images.CorruptPlaneException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * Files that hold several chunks and an index of them (Zarr 3, codec {@code sharding_indexed}).
 *
 * @param perShard chunks of each axis in one file
 * @param atEnd whether the index stands behind the chunks, not before them
 * @param checked whether a checksum (CRC32C) stands behind the index
 */
record ZarrShards(List<Integer> perShard, boolean atEnd, boolean checked) {
  private static final int ENTRY = 16;
  private static final int CHECKSUM = 4;

  /** More chunks in one file are refused: their index alone would be larger than an image may be. */
  static final int MAX_CHUNKS = 1 << 20;

  ZarrShards {
    perShard = List.copyOf(perShard);
  }

  /**
   * Reads the bytes of a chunk.
   *
   * @param chunk of each axis, counted over the whole array
   * @param limit most bytes that it may have
   * @return empty if nobody wrote it
   */
  Optional<byte[]> read(Path file, List<Integer> chunk, int limit) throws IOException, CorruptPlaneException {
    int chunks = 1;
    int number = 0;
    for (int axis = 0; axis < perShard.size(); axis++) {
      chunks *= perShard.get(axis);
      number = number * perShard.get(axis) + chunk.get(axis) % perShard.get(axis);
    }
    try (FileChannel channel = FileChannel.open(file)) {
      int length = chunks * ENTRY + (checked ? CHECKSUM : 0);
      long at = atEnd ? channel.size() - length : 0;
      byte[] bytes = bytes(channel, at, length);
      check(bytes, chunks * ENTRY);
      ByteBuffer index = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      long offset = index.getLong(number * ENTRY);
      long size = index.getLong(number * ENTRY + 8);
      if (offset == -1 && size == -1) {
        return Optional.empty();
      }
      if (size < 0 || size > limit) {
        throw new CorruptPlaneException("its index says %s bytes for a chunk; the limit is %d".formatted(Long.toUnsignedString(size), limit));
      }
      return Optional.of(bytes(channel, offset, (int) size));
    }
  }

  private void check(byte[] index, int length) throws CorruptPlaneException {
    if (checked) {
      CRC32C crc = new CRC32C();
      crc.update(index, 0, length);
      if (ByteBuffer.wrap(index).order(ByteOrder.LITTLE_ENDIAN).getInt(length) != (int) crc.getValue()) {
        throw new CorruptPlaneException("the checksum (CRC32C) of its index is wrong");
      }
    }
  }

  private static byte[] bytes(FileChannel channel, long at, int length) throws IOException, CorruptPlaneException {
    if (at < 0 || at > channel.size() - length) {
      throw new CorruptPlaneException("it is truncated: it has %d bytes".formatted(channel.size()));
    }
    byte[] bytes = new byte[length];
    ByteBuffer target = ByteBuffer.wrap(bytes);
    while (target.hasRemaining()) {
      if (channel.read(target, at + target.position()) < 0) {
        throw new CorruptPlaneException("it is truncated");
      }
    }
    return bytes;
  }
}
