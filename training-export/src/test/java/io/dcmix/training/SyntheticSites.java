package io.dcmix.training;

import io.dcmix.schema.WellAddress;
import io.dcmix.schema.event.PixelType;
import io.dcmix.training.data.Labels;
import io.dcmix.training.data.Plane;
import io.dcmix.training.data.SiteSource;
import io.dcmix.training.data.TrainingSet;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Sites of noise in which the positive class shows bright squares in one of three channels. */
public final class SyntheticSites {
  public static final List<String> CHANNELS = List.of("first", "second", "third");
  public static final int PLANTED = 1;

  private SyntheticSites() {}

  /** So many wells of each class, one site each. */
  public static TrainingSet of(PixelType type, int size, int largestSide, int wells, long seed) throws IOException {
    return TrainingSet.read(List.of(source(type, size, wells, seed)), CHANNELS, Labels.controls(), largestSide, w -> {}, n -> {});
  }

  private static SiteSource source(PixelType type, int size, int wells, long seed) {
    return new SiteSource() {
      @Override
      public String plate() {
        return "synthetic";
      }

      @Override
      public List<LabelledSite> sites() {
        return IntStream.range(0, 2 * wells).mapToObj(i -> new LabelledSite(new WellAddress(i / 12, i % 12), 1, i % 2)).toList();
      }

      @Override
      public List<Plane> read(LabelledSite site) {
        SplittableRandom random = new SplittableRandom(seed * 1_000 + site.well().row() * 12L + site.well().column());
        return IntStream.range(0, CHANNELS.size())
            .mapToObj(c -> plane(type, size, site.label() == 1 && c == PLANTED ? 6 : 0, random))
            .toList();
      }
    };
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
