package io.dcmix.core.images;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import io.dcmix.schema.event.Encoding;
import io.dcmix.schema.event.PixelType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class PlaneDecoderPropertyTest {
  @Provide
  Arbitrary<PlaneFormat> written() {
    return formats(Arbitraries.of(Encoding.RAW, Encoding.PNG, Encoding.ZSTD_SHUFFLE));
  }

  @Provide
  Arbitrary<TestTiff> tiffs() {
    return Combinators.combine(
            formats(Arbitraries.just(Encoding.TIFF)),
            Arbitraries.longs(),
            Arbitraries.of(1, 5, 8, 32_946, 32_773),
            Arbitraries.of(1, 2),
            Arbitraries.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN),
            Arbitraries.integers().between(0, 3))
        .as((format, seed, compression, predictor, order, blocks) -> {
          TestTiff tiff = new TestTiff(format, Planes.random(seed, format));
          tiff.compression = compression;
          tiff.predictor = predictor;
          tiff.order = order;
          tiff.tiled = blocks > 1;
          tiff.blockWidth = tiff.tiled ? 16 * (blocks - 1) : format.width();
          tiff.blockHeight = tiff.tiled ? 16 : blocks == 1 ? Math.min(3, format.height()) : format.height();
          return tiff;
        });
  }

  @Property(tries = 300)
  void shouldReadBackWhatIsWritten(@ForAll("written") PlaneFormat format, @ForAll long seed, @ForAll @IntRange(max = 9) int level)
      throws CorruptPlaneException {
    int[] pixels = Planes.random(seed, format);
    ByteBuffer payload = PlaneEncoder.encode(format, Planes.buffer(pixels, format.pixelType()), level);
    assertThat(Planes.decode(format, payload)).isEqualTo(pixels);
  }

  @Property(tries = 500)
  void shouldReadTiffsOfEveryMake(@ForAll("tiffs") TestTiff tiff) throws CorruptPlaneException {
    ByteBuffer payload = ByteBuffer.wrap(tiff.write());
    assertThat(PlaneDecoder.probe(payload, Encoding.TIFF)).isEqualTo(tiff.format);
    assertThat(Planes.decode(tiff.format, payload)).isEqualTo(tiff.pixels);
  }

  /** So that the test's writer is not wrong in the same way as the reader. The JDK's knows less of predictor 2. */
  @Property(tries = 300)
  void shouldReadTiffsAsAnIndependentReaderDoes(@ForAll("tiffs") TestTiff tiff) throws Exception {
    Assume.that(tiff.compression == 5 || tiff.compression == 8);
    Assume.that(tiff.predictor == 1 || tiff.format.pixelType() == PixelType.UINT8);
    byte[] payload = tiff.write();
    assertThat(Planes.decode(tiff.format, ByteBuffer.wrap(payload))).isEqualTo(Planes.imageIo(payload));
  }

  @Property(tries = 300)
  void shouldReadPngsOfEveryFilterAsAnIndependentReaderDoes(@ForAll("written") PlaneFormat format, @ForAll long seed) throws Exception {
    PlaneFormat png = as(Encoding.PNG, format);
    Random random = new Random(seed);
    int[] pixels = Planes.random(seed, png);
    byte[] payload = TestPng.write(png, pixels, random.ints(1 + random.nextInt(9), 0, 5).toArray(), random);
    assertThat(Planes.decode(png, ByteBuffer.wrap(payload))).isEqualTo(pixels);
    assertThat(Planes.imageIo(payload)).isEqualTo(pixels);
  }

  @Property(tries = 300)
  void shouldReadZstandardOverIndependentlyShuffledBytes(@ForAll("written") PlaneFormat format, @ForAll long seed) throws Exception {
    PlaneFormat zstd = as(Encoding.ZSTD_SHUFFLE, format);
    int[] pixels = Planes.random(seed, zstd);
    byte[] shuffled = shuffled(pixels, zstd.pixelType());
    ByteBuffer heap = ByteBuffer.wrap(Zstd.compress(shuffled, 1 + new Random(seed).nextInt(9)));
    ByteBuffer direct = ByteBuffer.allocateDirect(heap.remaining()).put(heap.duplicate()).flip();
    assertThat(Planes.decode(zstd, heap)).isEqualTo(pixels);
    assertThat(Planes.decode(zstd, heap.asReadOnlyBuffer())).isEqualTo(pixels);
    assertThat(Planes.decode(zstd, direct)).isEqualTo(pixels);
    ByteBuffer written = PlaneEncoder.encode(zstd, Planes.buffer(pixels, zstd.pixelType()), 3);
    byte[] frame = new byte[written.remaining()];
    written.get(frame);
    assertThat(Zstd.decompress(frame, shuffled.length)).isEqualTo(shuffled);
  }

  @Property(tries = 2000)
  void shouldNeverFailOtherwiseThanAsCorruptOnZstandard(@ForAll("written") PlaneFormat format, @ForAll long seed) {
    PlaneFormat zstd = as(Encoding.ZSTD_SHUFFLE, format);
    byte[] payload = Zstd.compress(shuffled(Planes.random(seed, zstd), zstd.pixelType()));
    assertHarmless(zstd, damaged(payload, seed));
  }

  @Property(tries = 3000)
  void shouldNeverFailOtherwiseThanAsCorruptOnATiff(@ForAll("tiffs") TestTiff tiff, @ForAll long seed) {
    assertHarmless(tiff.format, damaged(tiff.write(), seed));
  }

  @Property(tries = 2000)
  void shouldNeverFailOtherwiseThanAsCorruptOnAPng(@ForAll("written") PlaneFormat format, @ForAll long seed) {
    PlaneFormat png = as(Encoding.PNG, format);
    byte[] payload = TestPng.write(png, Planes.random(seed, png), new int[] {0, 1, 2, 3, 4}, new Random(seed));
    assertHarmless(png, damaged(payload, seed));
  }

  @Property(tries = 2000)
  void shouldNeverFailOtherwiseThanAsCorruptOnPackedBytes(@ForAll byte[] packed, @ForAll @IntRange(min = 1, max = 5000) int length) {
    for (ByteSource source : new ByteSource[] {new LzwSource().start(ByteBuffer.wrap(packed)), new PackBitsSource(ByteBuffer.wrap(packed))}) {
      try {
        source.read(new byte[length], 0, length);
      } catch (CorruptPlaneException expected) {
        assertThat(expected).hasMessageMatching("(LZW|PackBits) data .*");
      }
    }
  }

  private static void assertHarmless(PlaneFormat format, byte[] payload) {
    long start = System.nanoTime();
    for (Encoding encoding : new Encoding[] {format.encoding(), Encoding.PNG, Encoding.TIFF, Encoding.RAW, Encoding.ZSTD_SHUFFLE}) {
      try {
        Planes.decode(as(encoding, format), ByteBuffer.wrap(payload));
      } catch (CorruptPlaneException expected) {
        assertThat(expected.getMessage()).isNotBlank();
      }
      try {
        PlaneDecoder.probe(ByteBuffer.wrap(payload), encoding);
      } catch (CorruptPlaneException expected) {
        assertThat(expected.getMessage()).isNotBlank();
      }
    }
    assertThat(System.nanoTime() - start).as("nanoseconds for a tiny image").isLessThan(2_000_000_000L);
  }

  /** Some flipped bytes, and in one case of three a cut. */
  private static byte[] damaged(byte[] bytes, long seed) {
    Random random = new Random(seed);
    byte[] damaged = random.nextInt(3) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes.clone();
    for (int i = random.nextInt(6); i > 0 && damaged.length > 0; i--) {
      // Half of the damage goes to the two ends, where the headers and directories lie.
      int at = switch (random.nextInt(4)) {
        case 0 -> random.nextInt(Math.min(40, damaged.length));
        case 1 -> damaged.length - 1 - random.nextInt(Math.min(200, damaged.length));
        default -> random.nextInt(damaged.length);
      };
      damaged[at] = (byte) random.nextInt();
    }
    return damaged;
  }

  private static PlaneFormat as(Encoding encoding, PlaneFormat format) {
    return new PlaneFormat(format.width(), format.height(), format.pixelType(), encoding);
  }

  private static byte[] shuffled(int[] pixels, PixelType type) {
    byte[] shuffled = new byte[pixels.length * (type == PixelType.UINT8 ? 1 : 2)];
    for (int i = 0; i < shuffled.length; i++) {
      shuffled[i] = (byte) (i < pixels.length ? pixels[i] : pixels[i - pixels.length] >> 8);
    }
    return shuffled;
  }

  private static Arbitrary<PlaneFormat> formats(Arbitrary<Encoding> encodings) {
    Arbitrary<Integer> sizes = Arbitraries.integers().between(1, 70);
    return Combinators.combine(sizes, sizes, Arbitraries.of(PixelType.UINT8, PixelType.UINT16), encodings).as(PlaneFormat::new);
  }
}
