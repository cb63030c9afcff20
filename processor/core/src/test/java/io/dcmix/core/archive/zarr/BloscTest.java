package io.dcmix.core.archive.zarr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.scalableminds.bloscjava.Blosc.Compressor;
import com.scalableminds.bloscjava.Blosc.Shuffle;
import io.dcmix.core.images.CorruptPlaneException;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Frames are those of C-Blosc 1.21.4. */
class BloscTest {
  /** Pixels as a camera has them: slow changes, noise in the low bits, and black. */
  private static byte[] pixels(int size, int noise, long seed) {
    Random random = new Random(seed);
    byte[] bytes = new byte[size];
    for (int i = 0; i + 1 < size; i += 2) {
      int value = i % 5_000 < 1_500 ? 0 : 300 + i / 40 + random.nextInt(noise);
      bytes[i] = (byte) value;
      bytes[i + 1] = (byte) (value >> 8);
    }
    return bytes;
  }

  @Property(tries = 400)
  void whatCBloscPackedIsUnpacked(
      @ForAll Compressor compressor, @ForAll Shuffle shuffle, @ForAll @IntRange(min = 1, max = 9) int level, @ForAll @IntRange(min = 1, max = 70_000) int size,
      @ForAll @IntRange(min = 1, max = 300) int noise, @ForAll @IntRange(min = 0, max = 4) int type, @ForAll @IntRange(min = 0, max = 3) int block)
      throws CorruptPlaneException {
    byte[] pixels = pixels(size, noise, size);
    int typeSize = new int[] {1, 2, 4, 3, 17}[type];
    int blockSize = new int[] {0, 1_024, 4_096, 100_000}[block];
    byte[] packed = com.scalableminds.bloscjava.Blosc.compress(pixels, typeSize, compressor, level, shuffle, blockSize, 1);
    assertThat(Blosc.unpack(packed, size)).isEqualTo(pixels);
  }

  @ParameterizedTest
  @CsvSource({"LZ4,BYTE_SHUFFLE", "LZ4HC,BIT_SHUFFLE", "BLOSCLZ,BYTE_SHUFFLE", "ZSTD,NO_SHUFFLE", "ZLIB,BIT_SHUFFLE"})
  void aDamagedFrameThrowsNothingElseThanThatItIsCorrupt(Compressor compressor, Shuffle shuffle) {
    byte[] packed = com.scalableminds.bloscjava.Blosc.compress(pixels(20_000, 20, 1), 2, compressor, 5, shuffle);
    Random random = new Random(7);
    int refused = 0;
    for (int i = 0; i < 3_000; i++) {
      byte[] damaged = packed.clone();
      for (int k = 0; k <= i % 3; k++) {
        damaged[random.nextInt(i % 2 == 0 ? 64 : packed.length)] = (byte) random.nextInt();
      }
      try {
        assertThat(Blosc.unpack(damaged, 20_000)).hasSize(20_000);
      } catch (CorruptPlaneException e) {
        refused++;
      }
    }
    assertThat(refused).isPositive();
    assertThatThrownBy(() -> Blosc.unpack(Arrays.copyOf(packed, packed.length - 1), 20_000)).isInstanceOf(CorruptPlaneException.class).hasMessageContaining("truncated");
    assertThatThrownBy(() -> Blosc.unpack(packed, 20_001)).isInstanceOf(CorruptPlaneException.class).hasMessageContaining("needs 20001");
    assertThatThrownBy(() -> Blosc.unpack(new byte[3], 20_001)).isInstanceOf(CorruptPlaneException.class);
  }
}
