package io.dcmix.core.images;

import io.dcmix.schema.event.PixelType;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * Encodes planes as RAW, as greyscale PNG of 8 or 16 bits, or packed by Zstandard; the counterpart of {@link PlaneDecoder} for
 * simulation and tests.
 */
public final class PlaneEncoder {
  /** zlib heeds the strategy {@link Deflater#FILTERED} from this level on. */
  private static final int FIRST_LAZY_LEVEL = 4;

  private PlaneEncoder() {}

  /**
   * Encodes one plane.
   *
   * @param format what to write; RAW, PNG or ZSTD_SHUFFLE
   * @param pixels {@link PlaneFormat#decodedBytes()} bytes from its position, row-major, uint16 in native order; its position
   *     does not move
   * @param level effort of the compression, 0 (PNG: none, Zstandard: its default) to 9; {@link Deflater#BEST_SPEED} suits noisy images
   * @return the payload, ready to be read
   * @throws IllegalArgumentException if the encoding is TIFF or unknown, or pixels are missing
   */
  public static ByteBuffer encode(PlaneFormat format, ByteBuffer pixels, int level) {
    ByteBuffer source = pixels.slice().order(ByteOrder.nativeOrder());
    if (source.remaining() < format.decodedBytes()) {
      throw new IllegalArgumentException("%d bytes are too few for %s".formatted(source.remaining(), format));
    }
    return switch (format.encoding()) {
      case RAW -> raw(format, source);
      case PNG -> png(format, source, level);
      case ZSTD_SHUFFLE -> ShuffledZstd.write(raw(format, source), format, level);
      case TIFF, UNKNOWN -> throw new IllegalArgumentException(
          "Planes are written as RAW, PNG or ZSTD_SHUFFLE, not as " + format.encoding());
    };
  }

  private static ByteBuffer raw(PlaneFormat format, ByteBuffer source) {
    ByteBuffer out = ByteBuffer.allocate(Math.toIntExact(format.decodedBytes())).order(ByteOrder.LITTLE_ENDIAN);
    if (format.pixelType() == PixelType.UINT16) {
      for (int i = format.width() * format.height(); i > 0; i--) {
        out.putShort(source.getShort());
      }
    } else {
      out.put(source.slice(source.position(), out.capacity()));
    }
    return out.flip();
  }

  private static ByteBuffer png(PlaneFormat format, ByteBuffer source, int level) {
    int depth = 8 * PlaneFormat.bytesPerPixel(format.pixelType());
    ByteArrayOutputStream out = new ByteArrayOutputStream(1024 + (int) format.decodedBytes());
    out.writeBytes(ByteBuffer.allocate(8).putLong(Png.SIGNATURE).array());
    ByteBuffer header = ByteBuffer.allocate(13).putInt(format.width()).putInt(format.height());
    chunk(out, Png.IHDR, header.put((byte) depth).put((byte) 0).put((byte) 0).put((byte) 0).put((byte) 0).array());
    chunk(out, Png.IDAT, deflate(filtered(format, source), level));
    chunk(out, Png.IEND, new byte[0]);
    return ByteBuffer.wrap(out.toByteArray());
  }

  /** Rows in network order behind the filter Sub, which serves smooth and noisy images alike. */
  private static byte[] filtered(PlaneFormat format, ByteBuffer source) {
    int bytes = PlaneFormat.bytesPerPixel(format.pixelType());
    int stride = format.width() * bytes;
    byte[] row = new byte[stride + bytes];
    byte[] out = new byte[Math.multiplyExact(stride + 1, format.height())];
    for (int y = 0, o = 0; y < format.height(); y++) {
      if (bytes == 1) {
        source.get(row, 1, stride);
      } else {
        ByteBuffer.wrap(row, 2, stride).slice().asShortBuffer().put(source.slice(y * stride, stride).order(source.order()).asShortBuffer());
      }
      out[o++] = Png.SUB;
      for (int i = bytes; i < row.length; i++) {
        out[o++] = (byte) (row[i] - row[i - bytes]);
      }
    }
    return out;
  }

  private static byte[] deflate(byte[] bytes, int level) {
    try (Deflater deflater = new Deflater(level)) {
      // The filtered rows of a microscope image hold noise rather than repeats, so matching strings is wasted time; the short
      // chance matches that the fast levels take even make the data larger and slow to unpack.
      deflater.setStrategy(level < FIRST_LAZY_LEVEL ? Deflater.HUFFMAN_ONLY : Deflater.FILTERED);
      deflater.setInput(bytes);
      deflater.finish();
      ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length / 2 + 64);
      byte[] buffer = new byte[1 << 14];
      while (!deflater.finished()) {
        out.write(buffer, 0, deflater.deflate(buffer));
      }
      return out.toByteArray();
    }
  }

  private static void chunk(ByteArrayOutputStream out, int type, byte[] data) {
    ByteBuffer chunk = ByteBuffer.allocate(data.length + 12).putInt(data.length).putInt(type).put(data);
    CRC32 crc = new CRC32();
    crc.update(chunk.array(), 4, data.length + 4);
    out.writeBytes(chunk.putInt((int) crc.getValue()).array());
  }
}
