package io.dcmix.core.images;

import io.dcmix.schema.event.PixelType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The maximum over the focal planes of an image, pixel by pixel: what is in focus anywhere is in it. Pure. */
public final class MaximumProjection {
  private MaximumProjection() {}

  /**
   * Takes one more plane in.
   *
   * @param image the maximum so far, from position to limit, in native order; becomes the maximum with the plane too; not moved
   * @param plane as many bytes; not moved
   * @throws IllegalArgumentException if the two differ in size or order, or the type is unknown
   */
  public static void add(ByteBuffer image, ByteBuffer plane, PixelType type) {
    int bytes = image.remaining();
    if (plane.remaining() != bytes || image.order() != ByteOrder.nativeOrder() || plane.order() != ByteOrder.nativeOrder()) {
      throw new IllegalArgumentException(
          "A plane of %d bytes, %s, does not fit an image of %d, %s".formatted(plane.remaining(), plane.order(), bytes, image.order()));
    }
    int a = image.position();
    int b = plane.position();
    switch (type) {
      case UINT8 -> {
        for (int i = 0; i < bytes; i++) {
          image.put(a + i, (byte) Math.max(image.get(a + i) & 0xFF, plane.get(b + i) & 0xFF));
        }
      }
      case UINT16 -> {
        for (int i = 0; i + 1 < bytes; i += 2) {
          image.putShort(a + i, (short) Math.max(image.getShort(a + i) & 0xFFFF, plane.getShort(b + i) & 0xFFFF));
        }
      }
      case UNKNOWN -> throw new IllegalArgumentException("Pixels of unknown type have no maximum");
    }
  }
}
