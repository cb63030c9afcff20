package io.dcmix.core.quality;

import io.dcmix.core.images.CorruptPlaneException;
import io.dcmix.core.images.PlaneDecoder;
import io.dcmix.core.images.PlaneFormat;
import io.dcmix.schema.event.Encoding;
import io.dcmix.schema.event.PixelType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** Planes as tests like to make them: values in rows. */
@SuppressWarnings("ArrayRecordComponent") // Compared by nobody.
record Planes(int width, int[] values) {
  int height() {
    return values.length / width;
  }

  static Planes of(int width, int height, java.util.function.IntBinaryOperator value) {
    int[] values = new int[width * height];
    for (int i = 0; i < values.length; i++) {
      values[i] = value.applyAsInt(i % width, i / width);
    }
    return new Planes(width, values);
  }

  static Planes read(Path file) throws IOException, CorruptPlaneException {
    ByteBuffer payload = ByteBuffer.wrap(Files.readAllBytes(file));
    PlaneFormat format = PlaneDecoder.probe(payload, PlaneDecoder.encodingOf(payload));
    ByteBuffer pixels = ByteBuffer.allocateDirect((int) format.decodedBytes()).order(ByteOrder.nativeOrder());
    PlaneDecoder.decode(format, payload, pixels);
    boolean wide = format.pixelType() == PixelType.UINT16;
    return of(format.width(), format.height(), (x, y) -> {
      int i = y * format.width() + x;
      return wide ? pixels.getShort(2 * i) & 0xFFFF : pixels.get(i) & 0xFF;
    });
  }

  PlaneStatistics bytes() {
    ByteBuffer pixels = ByteBuffer.allocateDirect(values.length);
    for (int value : values) {
      pixels.put((byte) value);
    }
    return PlaneStatistics.of(pixels.flip(), format(PixelType.UINT8), 16);
  }

  PlaneStatistics shorts(int bitDepth) {
    ByteBuffer pixels = ByteBuffer.allocateDirect(2 * values.length).order(ByteOrder.nativeOrder());
    for (int value : values) {
      pixels.putShort((short) value);
    }
    return PlaneStatistics.of(pixels.flip(), format(PixelType.UINT16), bitDepth);
  }

  private PlaneFormat format(PixelType type) {
    return new PlaneFormat(width, height(), type, Encoding.RAW);
  }

  Planes map(java.util.function.IntUnaryOperator change) {
    return new Planes(width, java.util.Arrays.stream(values).map(change).toArray());
  }

  /** As a lens out of focus: a Gaussian of this standard deviation, in pixels, along rows and columns. */
  Planes blurred(double sigma) {
    int reach = (int) Math.ceil(4 * sigma);
    double[] kernel = new double[2 * reach + 1];
    double sum = 0;
    for (int k = -reach; k <= reach; k++) {
      kernel[k + reach] = Math.exp(-k * k / (2 * sigma * sigma));
      sum += kernel[k + reach];
    }
    double[] rows = new double[values.length];
    double[] both = new double[values.length];
    for (int y = 0; y < height(); y++) {
      for (int x = 0; x < width; x++) {
        for (int k = -reach; k <= reach; k++) {
          rows[y * width + x] += kernel[k + reach] / sum * values[y * width + Math.clamp(x + k, 0, width - 1)];
        }
      }
    }
    for (int y = 0; y < height(); y++) {
      for (int x = 0; x < width; x++) {
        for (int k = -reach; k <= reach; k++) {
          both[y * width + x] += kernel[k + reach] / sum * rows[Math.clamp(y + k, 0, height() - 1) * width + x];
        }
      }
    }
    return of(width, height(), (x, y) -> (int) Math.round(both[y * width + x]));
  }

  /** As a camera: Gaussian read noise. */
  Planes noisy(double sd, int most, long seed) {
    Random random = new Random(seed);
    return map(v -> Math.clamp(Math.round(v + sd * random.nextGaussian()), 0, most));
  }
}
