package io.dcmix.training.data;

import io.dcmix.schema.event.PixelType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * One decoded plane.
 *
 * @param pixels row-major from its position on; uint16 in native order
 */
public record Plane(int height, int width, PixelType type, ByteBuffer pixels) {
  public Plane {
    pixels = pixels.slice().order(ByteOrder.nativeOrder());
  }

  public int pixel(int index) {
    return type == PixelType.UINT16 ? pixels.getShort(2 * index) & 0xFFFF : pixels.get(index) & 0xFF;
  }

  public Moments moments() {
    long sum = 0;
    double squares = 0;
    int n = height * width;
    for (int i = 0; i < n; i++) {
      long p = pixel(i);
      sum += p;
      squares += p * p;
    }
    return new Moments(n, sum, squares);
  }

  /**
   * Averages blocks of factor × factor pixels; what does not fill a block at the right and lower edge is left out, as an
   * average pool without padding does.
   *
   * @param out receives (height / factor) · (width / factor) values
   * @param offset of the first value
   */
  public void shrink(int factor, float[] out, int offset) {
    int h = height / factor;
    int w = width / factor;
    for (int y = 0; y < h; y++) {
      for (int x = 0; x < w; x++) {
        long sum = 0;
        for (int dy = 0; dy < factor; dy++) {
          int row = (y * factor + dy) * width + x * factor;
          for (int dx = 0; dx < factor; dx++) {
            sum += pixel(row + dx);
          }
        }
        out[offset + y * w + x] = (float) ((double) sum / (factor * factor));
      }
    }
  }
}
