package io.dcmix.core.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Random;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class InflateSourceTest {
  @Property(tries = 400)
  void shouldUnpackWhateverZlibPacked(@ForAll long seed) throws CorruptPlaneException {
    Random random = new Random(seed);
    byte[] plain = plain(random, random.nextInt(300_000));
    assertThat(Arrays.equals(unpack(TestPng.deflate(plain, random), plain.length, random), plain)).isTrue();
  }

  @Property(tries = 4000)
  void shouldAcceptAndRefuseDamagedDataAsZlibDoes(@ForAll long seed) {
    Random random = new Random(seed);
    byte[] plain = plain(random, 1 + random.nextInt(3000));
    byte[] packed = TestPng.deflate(plain, random);
    if (random.nextInt(4) == 0) {
      packed = Arrays.copyOf(packed, random.nextInt(packed.length));
    }
    for (int i = random.nextInt(4); i > 0 && packed.length > 0; i--) {
      packed[random.nextInt(random.nextBoolean() ? Math.min(80, packed.length) : packed.length)] = (byte) random.nextInt();
    }
    byte[] ours = null;
    try {
      ours = unpack(packed, plain.length, random);
    } catch (CorruptPlaneException e) {
      assertThat(e.getMessage()).isNotBlank();
    }
    assertThat(ours).isEqualTo(zlib(packed, plain.length));
  }

  @Property(tries = 3000)
  void shouldAcceptAndRefuseAnyBytesBehindAHeaderAsZlibDoes(@ForAll byte[] bytes, @ForAll long seed) {
    Random random = new Random(seed);
    byte[] packed = ByteBuffer.allocate(bytes.length + 2).put((byte) 0x78).put((byte) 0x9C).put(bytes).array();
    int length = random.nextInt(50);
    byte[] ours = null;
    try {
      ours = unpack(packed, length, random);
    } catch (CorruptPlaneException e) {
      assertThat(e.getMessage()).isNotBlank();
    }
    assertThat(ours).isEqualTo(zlib(packed, length));
  }

  @Test
  void shouldUnpackNoMoreThanAWindowAhead() throws CorruptPlaneException {
    byte[] bomb = new byte[2 << 20];
    int length = 0;
    try (Deflater deflater = new Deflater(9)) {
      byte[] zeros = new byte[1 << 20];
      for (int i = 0; i < 1 << 10; i++) {
        deflater.setInput(zeros);
        length += deflater.deflate(bomb, length, bomb.length - length);
      }
    }
    // The data have no end: whoever unpacks them all finds that they are broken.
    InflateSource source = new InflateSource().start(ByteBuffer.wrap(bomb, 0, length));
    byte[] row = new byte[100];
    source.read(row, 0, 100);
    assertThat(row).containsOnly(0);
    assertThatThrownBy(source::finish).hasMessage("compressed data hold more than the image");
  }

  @Test
  void shouldForgetWhatItUnpackedBefore() throws CorruptPlaneException {
    byte[] secret = new byte[70_000];
    Arrays.fill(secret, (byte) 42);
    InflateSource source = new InflateSource();
    Random random = new Random(1);
    source.start(ByteBuffer.wrap(TestPng.deflate(secret, random))).read(new byte[70_000], 0, 70_000);
    // A fixed block whose first symbol repeats three bytes from one byte back: length code 257, distance code 0.
    byte[] thief = {0x78, (byte) 0x9C, 0x03, 0x02, 0x00, 0x00, 0x00, 0x00};
    source.start(ByteBuffer.wrap(thief));
    assertThatThrownBy(() -> source.read(new byte[3], 0, 3)).hasMessage("compressed data repeat what was never there");
  }

  private static byte[] unpack(byte[] packed, int length, Random random) throws CorruptPlaneException {
    InflateSource source = InflateSource.ofThread();
    Deque<ByteBuffer> pieces = new ArrayDeque<>();
    for (int at = 0; at < packed.length; ) {
      int n = Math.min(packed.length - at, random.nextInt(random.nextBoolean() ? 4 : 40_000));
      ByteBuffer piece = ByteBuffer.wrap(packed, at, n);
      pieces.add(switch (random.nextInt(3)) {
        case 0 -> piece;
        case 1 -> piece.asReadOnlyBuffer();
        default -> ByteBuffer.allocateDirect(n).put(piece).flip();
      });
      at += n;
    }
    ByteBuffer first = pieces.isEmpty() ? ByteBuffer.allocate(0) : pieces.remove();
    source.start(first, pieces::poll);
    byte[] unpacked = new byte[length];
    for (int at = 0; at < length; ) {
      int n = Math.min(length - at, 1 + random.nextInt(random.nextBoolean() ? 20 : 100_000));
      source.read(unpacked, at, n);
      at += n;
    }
    source.finish();
    return unpacked;
  }

  /** What zlib unpacks, or null unless it is exactly this much and whole. */
  private static byte @Nullable [] zlib(byte[] packed, int length) {
    byte[] unpacked = new byte[length + 1];
    try (Inflater inflater = new Inflater()) {
      inflater.setInput(packed);
      int done = 0;
      int n;
      do {
        n = inflater.inflate(unpacked, done, unpacked.length - done);
        done += n;
      } while (n > 0 && done < unpacked.length);
      return inflater.finished() && done == length ? Arrays.copyOf(unpacked, length) : null;
    } catch (DataFormatException e) {
      return null;
    }
  }

  /** Bytes of several natures in turn: noise, few values of very unequal frequency, runs, and repeats from afar. */
  private static byte[] plain(Random random, int length) {
    byte[] plain = new byte[length];
    int at = 0;
    while (at < length) {
      int n = Math.min(length - at, 1 + random.nextInt(40_000));
      int nature = random.nextInt(5);
      double steepness = 0.3 + 3 * random.nextDouble();
      byte fixed = (byte) random.nextInt();
      int distance = at == 0 ? 0 : 1 + random.nextInt(Math.min(at, random.nextBoolean() ? 10 : 33_000));
      for (int end = at + n; at < end; at++) {
        plain[at] = switch (nature) {
          case 0 -> (byte) random.nextInt();
          case 1 -> (byte) (-Math.log(1 - random.nextDouble()) * steepness * 4);
          case 2 -> random.nextInt(50) == 0 ? (byte) random.nextInt() : fixed;
          case 3 -> (byte) (random.nextGaussian() * steepness * 3);
          default -> distance == 0 || random.nextInt(100) == 0 ? fixed : plain[at - distance];
        };
      }
    }
    return plain;
  }
}
