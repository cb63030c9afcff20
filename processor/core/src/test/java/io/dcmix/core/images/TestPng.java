package io.dcmix.core.images;

import io.dcmix.schema.event.PixelType;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** Writes PNGs that the JDK's writer does not: each row behind a filter of choice, data in chunks of any size. */
final class TestPng {
  private TestPng() {}

  /**
   * Writes a PNG.
   *
   * @param filters filter of row y at y modulo their number, as PNG numbers them
   * @param random how the data are packed and cut
   */
  static byte[] write(PlaneFormat format, int[] pixels, int[] filters, Random random) {
    int bytes = format.pixelType() == PixelType.UINT8 ? 1 : 2;
    int stride = format.width() * bytes;
    ByteArrayOutputStream rows = new ByteArrayOutputStream();
    byte[] above = new byte[stride];
    for (int y = 0; y < format.height(); y++) {
      ByteBuffer row = ByteBuffer.allocate(stride);
      for (int x = 0; x < format.width(); x++) {
        int pixel = pixels[y * format.width() + x];
        if (bytes == 2) {
          row.put((byte) (pixel >> 8));
        }
        row.put((byte) pixel);
      }
      int filter = filters[y % filters.length];
      rows.write(filter);
      for (int i = 0; i < stride; i++) {
        int left = i < bytes ? 0 : row.get(i - bytes) & 0xFF;
        int corner = i < bytes ? 0 : above[i - bytes] & 0xFF;
        rows.write(row.get(i) - predicted(filter, left, above[i] & 0xFF, corner));
      }
      above = row.array();
    }
    byte[] packed = deflate(rows.toByteArray(), random);

    ByteArrayOutputStream png = new ByteArrayOutputStream();
    png.writeBytes(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'});
    ByteBuffer header = ByteBuffer.allocate(13).putInt(format.width()).putInt(format.height()).put((byte) (8 * bytes));
    chunk(png, "IHDR", header.array());
    chunk(png, "tEXt", "Comment\0a chunk to skip".getBytes(StandardCharsets.ISO_8859_1));
    for (int at = 0; at < packed.length; ) {
      int n = Math.min(packed.length - at, random.nextInt(random.nextBoolean() ? 5 : 9000));
      chunk(png, "IDAT", Arrays.copyOfRange(packed, at, at + n));
      at += n;
    }
    chunk(png, "IEND", new byte[0]);
    return png.toByteArray();
  }

  /** The specification's own words (PNG, third edition, section 9.2). */
  static int predicted(int filter, int a, int b, int c) {
    return switch (filter) {
      case 0 -> 0;
      case 1 -> a;
      case 2 -> b;
      case 3 -> (a + b) / 2;
      case 4 -> {
        int p = a + b - c;
        int pa = Math.abs(p - a);
        int pb = Math.abs(p - b);
        int pc = Math.abs(p - c);
        if (pa <= pb && pa <= pc) {
          yield a;
        }
        yield pb <= pc ? b : c;
      }
      default -> throw new AssertionError(filter);
    };
  }

  /** Packs with any level and strategy, and now and then ends a block early. */
  static byte[] deflate(byte[] bytes, Random random) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] buffer = new byte[100 + random.nextInt(5000)];
    try (Deflater deflater = new Deflater(random.nextInt(10))) {
      deflater.setStrategy(random.nextInt(3));
      int at = 0;
      while (at < bytes.length) {
        int n = random.nextInt(4) == 0 ? random.nextInt(bytes.length - at + 1) : bytes.length - at;
        deflater.setInput(bytes, at, n);
        int flush = new int[] {Deflater.NO_FLUSH, Deflater.SYNC_FLUSH, Deflater.FULL_FLUSH}[random.nextInt(3)];
        int written;
        do {
          written = deflater.deflate(buffer, 0, buffer.length, flush);
          out.write(buffer, 0, written);
        } while (written == buffer.length || !deflater.needsInput());
        at += n;
      }
      deflater.finish();
      while (!deflater.finished()) {
        out.write(buffer, 0, deflater.deflate(buffer));
      }
    }
    return out.toByteArray();
  }

  private static void chunk(ByteArrayOutputStream out, String type, byte[] data) {
    ByteBuffer chunk = ByteBuffer.allocate(data.length + 12).putInt(data.length);
    chunk.put(type.getBytes(StandardCharsets.US_ASCII)).put(data);
    CRC32 crc = new CRC32();
    crc.update(chunk.array(), 4, data.length + 4);
    out.writeBytes(chunk.putInt((int) crc.getValue()).array());
  }
}
