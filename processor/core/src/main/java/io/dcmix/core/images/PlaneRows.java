package io.dcmix.core.images;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The decoded plane as it is being written, in native order; every write lies inside it. */
final class PlaneRows {
  private final int width;
  private final int bytes;
  private final ByteBuffer target;

  /**
   * @param target exactly the plane, from 0 to its capacity
   */
  PlaneRows(PlaneFormat format, ByteBuffer target) {
    this.width = format.width();
    this.bytes = PlaneFormat.bytesPerPixel(format.pixelType());
    this.target = target.order(ByteOrder.nativeOrder());
  }

  /** Bytes of one pixel. */
  int bytesPerPixel() {
    return bytes;
  }

  /**
   * Writes a run of pixels of one row.
   *
   * @param source the pixels, from {@code offset}
   * @param order byte order of 16-bit pixels in the source
   */
  void put(int x, int y, byte[] source, int offset, int pixels, ByteOrder order) {
    put(x, y, ByteBuffer.wrap(source, offset, pixels * bytes), order);
  }

  /** Writes the whole plane. */
  void all(ByteBuffer source, ByteOrder order) {
    put(0, 0, source, order);
  }

  /** Writes everything that remains in the source, from pixel x of row y on. */
  void put(int x, int y, ByteBuffer source, ByteOrder order) {
    int at = (y * width + x) * bytes;
    if (bytes == 1) {
      target.put(at, source, source.position(), source.remaining());
    } else {
      ByteBuffer slot = target.slice(at, source.remaining()).order(ByteOrder.nativeOrder());
      slot.asShortBuffer().put(source.slice().order(order).asShortBuffer());
    }
  }
}
