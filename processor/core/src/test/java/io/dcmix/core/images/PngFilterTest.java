package io.dcmix.core.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;

class PngFilterTest {
  @Test
  void shouldPredictByPaethAsTheSpecificationSaysForAllNeighbours() throws CorruptPlaneException {
    byte[] row = new byte[3];
    byte[] above = new byte[3];
    for (int i = 0; i < 1 << 24; i++) {
      int left = i >> 16;
      int up = i >> 8 & 0xFF;
      int corner = i & 0xFF;
      above[1] = (byte) corner;
      above[2] = (byte) up;
      row[1] = (byte) (left - TestPng.predicted(4, 0, corner, 0));
      row[2] = 0;
      PngFilter.undo(Png.PAETH, row, above, 1);
      if ((row[2] & 0xFF) != TestPng.predicted(4, left, up, corner)) {
        throw new AssertionError("left %d, above %d, corner %d: %d".formatted(left, up, corner, row[2] & 0xFF));
      }
    }
  }

  @Test
  void shouldTurnBackEveryFilterForBothPixelTypes() throws CorruptPlaneException {
    Random random = new Random(4);
    for (int round = 0; round < 2000; round++) {
      int bytes = 1 + random.nextInt(2);
      byte filter = (byte) random.nextInt(5);
      byte[] pixels = new byte[bytes * (2 + random.nextInt(40))];
      byte[] above = new byte[pixels.length];
      random.nextBytes(pixels);
      random.nextBytes(above);
      for (int i = 0; i < bytes; i++) {
        pixels[i] = 0;
        above[i] = 0;
      }
      byte[] row = pixels.clone();
      for (int i = bytes; i < row.length; i++) {
        row[i] -= (byte) TestPng.predicted(filter, pixels[i - bytes] & 0xFF, above[i] & 0xFF, above[i - bytes] & 0xFF);
      }
      PngFilter.undo(filter, row, above, bytes);
      assertThat(row).as("filter %d, %d bytes a pixel", filter, bytes).isEqualTo(pixels);
    }
  }

  @Test
  void shouldRefuseAnUnknownFilter() {
    assertThatThrownBy(() -> PngFilter.undo((byte) 5, new byte[2], new byte[2], 1)).hasMessage("a row names the unknown filter 5");
  }
}
