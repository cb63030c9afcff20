package io.dcmix.core.images;

import static org.assertj.core.api.Assertions.assertThat;

import io.dcmix.schema.event.PixelType;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import javax.imageio.ImageIO;

/** Planes as arrays of intensities, and the ways between them and everything else. */
final class Planes {
  private Planes() {}

  static int[] random(long seed, PlaneFormat format) {
    Random random = new Random(seed);
    int max = format.pixelType() == PixelType.UINT8 ? 256 : 65_536;
    int[] pixels = new int[format.width() * format.height()];
    int value = random.nextInt(max);
    for (int i = 0; i < pixels.length; i++) {
      // Runs, small steps and jumps, so that every compression has something to do.
      value = switch (random.nextInt(4)) {
        case 0 -> random.nextInt(max);
        case 1 -> Math.clamp(value + random.nextInt(9) - 4, 0, max - 1);
        default -> value;
      };
      pixels[i] = value;
    }
    return pixels;
  }

  static ByteBuffer buffer(int[] pixels, PixelType type) {
    ByteBuffer buffer = ByteBuffer.allocateDirect(pixels.length * PlaneFormat.bytesPerPixel(type)).order(ByteOrder.nativeOrder());
    for (int pixel : pixels) {
      if (type == PixelType.UINT8) {
        buffer.put((byte) pixel);
      } else {
        buffer.putShort((short) pixel);
      }
    }
    return buffer.flip();
  }

  /** Decodes between two guards and fails if one of them was touched. */
  static int[] decode(PlaneFormat format, ByteBuffer payload) throws CorruptPlaneException {
    int guard = 64;
    int bytes = (int) format.decodedBytes();
    ByteBuffer target = ByteBuffer.allocateDirect(bytes + 2 * guard).order(ByteOrder.nativeOrder());
    for (int i = 0; i < target.capacity(); i++) {
      target.put(i, (byte) 0x5A);
    }
    target.position(guard);
    int before = payload.position();
    try {
      PlaneDecoder.decode(format, payload, target);
    } catch (CorruptPlaneException e) {
      checkUntouched(target, guard, bytes, guard);
      throw e;
    }
    checkUntouched(target, guard, bytes, guard + bytes);
    assertThat(payload.position()).isEqualTo(before);
    int[] pixels = new int[format.width() * format.height()];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = format.pixelType() == PixelType.UINT8 ? target.get(guard + i) & 0xFF : target.getShort(guard + 2 * i) & 0xFFFF;
    }
    return pixels;
  }

  private static void checkUntouched(ByteBuffer target, int guard, int bytes, int position) {
    assertThat(target.position()).isEqualTo(position);
    for (int i = 0; i < guard; i++) {
      if (target.get(i) != 0x5A || target.get(guard + bytes + i) != 0x5A) {
        throw new AssertionError("wrote outside the target");
      }
    }
  }

  /** The JDK's own reader, which shares no code with ours. */
  static int[] imageIo(byte[] bytes) throws IOException {
    BufferedImage image = ImageIO.read(new ByteArrayInputStream(bytes));
    return image.getRaster().getSamples(0, 0, image.getWidth(), image.getHeight(), 0, (int[]) null);
  }
}
