package io.dcmix.core.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dcmix.schema.event.PixelType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class MaximumProjectionTest {
  @Test
  void pixelsAreUnsigned() {
    ByteBuffer bytes = bytes(new int[] {0, 1, 127, 128, 255});
    MaximumProjection.add(bytes, bytes(new int[] {255, 0, 128, 127, 254}), PixelType.UINT8);
    assertThat(pixels(bytes)).containsExactly(255, 1, 128, 128, 255);

    ByteBuffer words = words(new int[] {0, 256, 32767, 65535, 300});
    MaximumProjection.add(words, words(new int[] {1, 255, 32768, 0, 40000}), PixelType.UINT16);
    assertThat(new int[] {at(words, 0), at(words, 1), at(words, 2), at(words, 3), at(words, 4)}).containsExactly(1, 256, 32768, 65535, 40000);
  }

  @Property(tries = 200)
  void theOrderOfTheFocalPlanesDoesNotMatter(
      @ForAll @Size(12) byte[] a, @ForAll @Size(12) byte[] b, @ForAll @Size(12) byte[] c, @ForAll boolean wide) {
    PixelType type = wide ? PixelType.UINT16 : PixelType.UINT8;
    assertThat(projected(type, a, b, c)).isEqualTo(projected(type, c, b, a)).isEqualTo(projected(type, b, a, c));
    assertThat(projected(type, a, a)).as("of one with itself").isEqualTo(ByteBuffer.wrap(a));
  }

  @Test
  void planesOfOtherSizesAreRefused() {
    assertThatThrownBy(() -> MaximumProjection.add(bytes(new int[] {1, 2}), bytes(new int[] {1}), PixelType.UINT8))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static ByteBuffer projected(PixelType type, byte[] first, byte[]... others) {
    ByteBuffer image = ByteBuffer.wrap(first.clone()).order(ByteOrder.nativeOrder());
    Arrays.stream(others).forEach(other -> MaximumProjection.add(image, ByteBuffer.wrap(other).order(ByteOrder.nativeOrder()), type));
    return image;
  }

  private static ByteBuffer bytes(int[] pixels) {
    ByteBuffer buffer = ByteBuffer.allocate(pixels.length).order(ByteOrder.nativeOrder());
    Arrays.stream(pixels).forEach(pixel -> buffer.put((byte) pixel));
    return buffer.flip();
  }

  private static ByteBuffer words(int[] pixels) {
    ByteBuffer buffer = ByteBuffer.allocate(2 * pixels.length).order(ByteOrder.nativeOrder());
    Arrays.stream(pixels).forEach(pixel -> buffer.putShort((short) pixel));
    return buffer.flip();
  }

  private static int at(ByteBuffer words, int index) {
    return words.getShort(2 * index) & 0xFFFF;
  }

  private static int[] pixels(ByteBuffer bytes) {
    int[] pixels = new int[bytes.remaining()];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = bytes.get(i) & 0xFF;
    }
    return pixels;
  }
}
