package io.dcmix.core.images;

import io.dcmix.schema.event.Encoding;
import io.dcmix.schema.event.PixelType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/** Reads greyscale PNG of 8 or 16 bits, not interlaced. Every checksum is checked, and the file must be whole. */
final class PngReader {
  private static final int CRITICAL = 0x20000000;

  private final ByteBuffer source;
  private int type;
  private ByteBuffer data;

  private PngReader(ByteBuffer source) throws CorruptPlaneException {
    this.source = source;
    this.data = source;
    if (source.remaining() < 8 || source.getLong() != Png.SIGNATURE) {
      throw new CorruptPlaneException("The payload does not start with PNG's signature");
    }
    nextChunk();
  }

  static PlaneFormat header(ByteBuffer source, ImageLimits limits) throws CorruptPlaneException {
    return new PngReader(source).header(limits);
  }

  static void read(ByteBuffer source, PlaneFormat format, PlaneRows rows, ImageLimits limits) throws CorruptPlaneException {
    PngReader reader = new PngReader(source);
    PlaneDecoder.checkAgrees(reader.header(limits), format);
    do {
      reader.nextChunk();
      reader.skipKnown();
    } while (reader.type != Png.IDAT);
    try {
      InflateSource packed = InflateSource.ofThread().start(reader.data, reader::moreData);
      unfilter(packed, format, rows);
      packed.finish();
    } catch (CorruptPlaneException e) {
      throw new CorruptPlaneException("PNG: " + e.getMessage(), e);
    }
    while (reader.type != Png.IEND) {
      reader.nextChunk();
    }
  }

  /** Makes sure that all chunks up to the last are there; what is in them is not looked at. */
  static void checkWhole(ByteBuffer source) throws CorruptPlaneException {
    int at = 8;
    int type = 0;
    while (type != Png.IEND) {
      if (source.limit() - at < 12) {
        throw new CorruptPlaneException("PNG is truncated: it ends without IEND");
      }
      long length = source.getInt(at) & 0xFFFFFFFFL;
      type = source.getInt(at + 4);
      if (length > source.limit() - at - 12) {
        throw new CorruptPlaneException("PNG is truncated: chunk %s needs %d bytes more".formatted(
            Png.name(type), length - (source.limit() - at - 12)));
      }
      at += 12 + (int) length;
    }
  }

  private PlaneFormat header(ImageLimits limits) throws CorruptPlaneException {
    if (type != Png.IHDR || data.remaining() != 13) {
      throw new CorruptPlaneException("PNG does not start with its header");
    }
    limits.checkSize("PNG", data.getInt(0), data.getInt(4));
    int depth = data.get(8);
    int colour = data.get(9);
    if (colour != 0 || (depth != 8 && depth != 16)) {
      throw new CorruptPlaneException(
          "PNG holds %s of %d bits; planes are greyscale of 8 or 16 bits".formatted(colourName(colour), depth));
    }
    if (data.get(10) != 0 || data.get(11) != 0 || data.get(12) != 0) {
      throw new CorruptPlaneException(
          data.get(12) == 1 ? "PNG is interlaced; save it without" : "PNG names an unknown compression, filter or interlacing");
    }
    PixelType pixels = depth == 8 ? PixelType.UINT8 : PixelType.UINT16;
    return new PlaneFormat(data.getInt(0), data.getInt(4), pixels, Encoding.PNG);
  }

  private void nextChunk() throws CorruptPlaneException {
    if (source.remaining() < 12) {
      throw new CorruptPlaneException("PNG is truncated: it ends without IEND");
    }
    long length = source.getInt() & 0xFFFFFFFFL;
    type = source.getInt();
    if (length > source.remaining() - 4) {
      throw new CorruptPlaneException("PNG is truncated: chunk %s needs %d bytes more".formatted(
          Png.name(type), length + 4 - source.remaining()));
    }
    data = source.slice(source.position(), (int) length).order(ByteOrder.BIG_ENDIAN);
    CRC32 crc = new CRC32();
    crc.update(source.slice(source.position() - 4, (int) length + 4));
    source.position(source.position() + (int) length);
    if (source.getInt() != (int) crc.getValue()) {
      throw new CorruptPlaneException("PNG is corrupt: the checksum of chunk %s is wrong".formatted(Png.name(type)));
    }
  }

  /** A critical chunk that is not known changes the meaning of the image; all others may be skipped. */
  private void skipKnown() throws CorruptPlaneException {
    if (type == Png.IEND) {
      throw new CorruptPlaneException("PNG holds no image data");
    }
    if ((type & CRITICAL) == 0 && type != Png.IDAT && type != Png.PLTE) {
      throw new CorruptPlaneException("PNG holds the unknown critical chunk " + Png.name(type));
    }
  }

  /** The data go on in the next chunk or not at all. */
  private @Nullable ByteBuffer moreData() throws CorruptPlaneException {
    nextChunk();
    return type == Png.IDAT ? data : null;
  }

  private static void unfilter(InflateSource packed, PlaneFormat format, PlaneRows rows) throws CorruptPlaneException {
    int bytes = rows.bytesPerPixel();
    int stride = format.width() * bytes;
    // Each row stands behind one black pixel, so that the filters need no special case on the left.
    byte[] above = new byte[bytes + stride];
    byte[] row = new byte[bytes + stride];
    for (int y = 0; y < format.height(); y++) {
      packed.read(row, bytes - 1, stride + 1);
      byte filter = row[bytes - 1];
      row[bytes - 1] = 0;
      PngFilter.undo(filter, row, above, bytes);
      rows.put(0, y, row, bytes, format.width(), ByteOrder.BIG_ENDIAN);
      byte[] done = row;
      row = above;
      above = done;
    }
  }

  private static String colourName(int colour) {
    return switch (colour) {
      case 0 -> "greyscale";
      case 2 -> "colour (RGB)";
      case 3 -> "a palette";
      case 4 -> "greyscale with alpha";
      case 6 -> "colour with alpha";
      default -> "the unknown colour type " + colour;
    };
  }
}
