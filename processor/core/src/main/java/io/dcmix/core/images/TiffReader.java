package io.dcmix.core.images;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** Reads the pixels of a TIFF, block by block (strip or tile), row by row. */
final class TiffReader {
  private final TiffHeader header;
  private final ByteBuffer source;
  private final PlaneRows rows;
  private final LzwSource lzw = new LzwSource();

  private TiffReader(TiffHeader header, ByteBuffer source, PlaneRows rows) {
    this.header = header;
    this.source = source;
    this.rows = rows;
  }

  static void read(ByteBuffer source, PlaneFormat format, PlaneRows rows, ImageLimits limits) throws CorruptPlaneException {
    TiffHeader header = TiffHeader.read(source, limits);
    PlaneDecoder.checkAgrees(header.format(), format);
    read(header, source, rows);
  }

  static void read(TiffHeader header, ByteBuffer source, PlaneRows rows) throws CorruptPlaneException {
    // Blocks that share their bytes would let a small file ask for endless unpacking.
    if (header.compression() != TiffHeader.NO_COMPRESSION && Arrays.stream(header.counts()).sum() > source.limit()) {
      throw new CorruptPlaneException("TIFF's blocks of pixels are together longer than the file");
    }
    new TiffReader(header, source, rows).blocks();
  }

  private void blocks() throws CorruptPlaneException {
    int across = Math.ceilDiv(header.format().width(), header.blockWidth());
    byte[] row = new byte[header.blockWidth() * rows.bytesPerPixel()];
    for (int block = 0; block < header.offsets().length; block++) {
      try {
        block(block % across * header.blockWidth(), block / across * header.blockHeight(), unpacked(block), row);
      } catch (CorruptPlaneException e) {
        throw new CorruptPlaneException(
            "TIFF: block %d of %d: %s".formatted(block + 1, header.offsets().length, e.getMessage()), e);
      }
    }
  }

  private void block(int left, int top, ByteSource pixels, byte[] row) throws CorruptPlaneException {
    int width = Math.min(header.blockWidth(), header.format().width() - left);
    int height = Math.min(header.blockHeight(), header.format().height() - top);
    for (int y = 0; y < height; y++) {
      pixels.read(row, 0, row.length);
      if (header.differences()) {
        sum(row);
      }
      rows.put(left, top + y, row, 0, width, header.order());
    }
    if (height == header.blockHeight()) {
      pixels.finish();
    }
  }

  private ByteSource unpacked(int block) throws CorruptPlaneException {
    long offset = header.offsets()[block];
    long count = header.counts()[block];
    if (offset > source.limit() || count > source.limit() - offset) {
      throw new CorruptPlaneException(
          "its bytes end at %d and the file at %d; the file is truncated".formatted(offset + count, source.limit()));
    }
    ByteBuffer packed = source.slice((int) offset, (int) count);
    return switch (header.compression()) {
      case TiffHeader.LZW -> lzw.start(packed);
      case TiffHeader.PACK_BITS -> new PackBitsSource(packed);
      case TiffHeader.DEFLATE, TiffHeader.OLD_DEFLATE -> InflateSource.ofThread().start(packed);
      default -> ByteSource.plain(packed);
    };
  }

  /** Turns differences to the left neighbour into values (TIFF 6.0, section 14). */
  private void sum(byte[] row) {
    if (rows.bytesPerPixel() == 1) {
      for (int i = 1; i < row.length; i++) {
        row[i] += row[i - 1];
      }
      return;
    }
    ByteBuffer pixels = ByteBuffer.wrap(row).order(header.order());
    int value = pixels.getShort(0);
    for (int i = 2; i < row.length; i += 2) {
      value += pixels.getShort(i);
      pixels.putShort(i, (short) value);
    }
  }
}
