package io.dcmix.core.archive.zarr;

import io.dcmix.core.images.CorruptPlaneException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;

/** How the bytes of a chunk are packed. */
public enum ChunkCodec {
  GZIP,
  ZLIB,
  ZSTD,
  BLOSC,
  /** The size in four bytes, then a block. */
  LZ4,
  /** A checksum behind the data. */
  CRC32C;

  /** Undoes all packing of a chunk that must have this many bytes at the end. */
  static byte[] unpack(List<ChunkCodec> codecs, byte[] packed, int size) throws CorruptPlaneException {
    if (packed.length == 0) {
      throw new CorruptPlaneException("is empty");
    }
    byte[] bytes = packed;
    for (ChunkCodec codec : codecs) {
      bytes = codec.unpack(bytes, size);
    }
    if (bytes.length != size) {
      throw new CorruptPlaneException("has %d bytes; the chunk needs %d".formatted(bytes.length, size));
    }
    return bytes;
  }

  /** Whether the first 16 bytes and the length of a file can be those of a chunk. */
  static void check(List<ChunkCodec> codecs, byte[] head, long length, int size) throws CorruptPlaneException {
    if (length == 0) {
      throw new CorruptPlaneException("is empty");
    }
    if (codecs.isEmpty() && length != size) {
      throw new CorruptPlaneException("has %d bytes; the chunk needs %d".formatted(length, size));
    }
    if (!codecs.isEmpty() && codecs.getFirst() == BLOSC) {
      Blosc.check(head, length, size);
    }
  }

  private byte[] unpack(byte[] packed, int size) throws CorruptPlaneException {
    byte[] target = new byte[this == BLOSC || this == CRC32C ? 0 : size];
    switch (this) {
      case GZIP -> Unpack.gzip(packed, target);
      case ZLIB -> Unpack.zlib(packed, 0, packed.length, target, 0, size);
      case ZSTD -> Unpack.zstd(packed, 0, packed.length, target, 0, size);
      case BLOSC -> target = Blosc.unpack(packed, size);
      case LZ4 -> {
        if (packed.length < 4 || ByteBuffer.wrap(packed).order(ByteOrder.LITTLE_ENDIAN).getInt(0) != size) {
          throw new CorruptPlaneException("LZ4: the data do not hold the %d bytes of the chunk".formatted(size));
        }
        Lz4.unpack(packed, 4, packed.length - 4, target, 0, size);
      }
      case CRC32C -> target = checked(packed);
    }
    return target;
  }

  private static byte[] checked(byte[] packed) throws CorruptPlaneException {
    int length = packed.length - 4;
    CRC32C crc = new CRC32C();
    crc.update(packed, 0, Math.max(length, 0));
    if (length < 0 || ByteBuffer.wrap(packed).order(ByteOrder.LITTLE_ENDIAN).getInt(length) != (int) crc.getValue()) {
      throw new CorruptPlaneException("the checksum (CRC32C) is wrong");
    }
    return Arrays.copyOf(packed, length);
  }
}
