package io.dcmix.training;

import io.dcmix.schema.WellAddress;
import io.dcmix.schema.event.PixelType;
import io.dcmix.training.data.Plane;
import io.dcmix.training.data.TrainingReader;
import io.dcmix.training.data.TrainingSet;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Sites of noise in which the positive class shows bright squares in one of three channels. */
public final class SyntheticSites {
  public static final List<String> CHANNELS = List.of("first", "second", "third");
  public static final int PLANTED = 1;

  private SyntheticSites() {}

  /** So many wells of each class, one site each. */
  public static TrainingSet of(PixelType type, int size, int largestSide, int wells, long seed) {
    TrainingReader reader = new TrainingReader(CHANNELS, List.of("negative", "positive"), largestSide);
    SplittableRandom random = new SplittableRandom(seed);
    for (int well = 0; well < 2 * wells; well++) {
      int label = well % 2;
      List<Plane> planes = new ArrayList<>();
      for (int c = 0; c < CHANNELS.size(); c++) {
        planes.add(plane(type, size, label == 1 && c == PLANTED ? 6 : 0, random));
      }
      reader.add("synthetic", new WellAddress(well / 12, well % 12), 1, label, planes);
    }
    return reader.finish();
  }

  private static Plane plane(PixelType type, int size, int squares, SplittableRandom random) {
    int[] values = new int[size * size];
    for (int i = 0; i < values.length; i++) {
      values[i] = 60 + random.nextInt(40);
    }
    for (int s = 0; s < squares; s++) {
      int top = random.nextInt(size - 3);
      int left = random.nextInt(size - 3);
      for (int i = 0; i < 9; i++) {
        values[(top + i / 3) * size + left + i % 3] = 200;
      }
    }
    int bytes = type == PixelType.UINT16 ? 2 : 1;
    ByteBuffer pixels = ByteBuffer.allocate(values.length * bytes).order(ByteOrder.nativeOrder());
    for (int value : values) {
      if (bytes == 2) {
        // Bright enough that half of the range lies above 32767.
        pixels.putShort((short) (250 * value));
      } else {
        pixels.put((byte) value);
      }
    }
    return new Plane(size, size, type, pixels.flip());
  }
}
