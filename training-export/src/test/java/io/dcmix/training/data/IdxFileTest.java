package io.dcmix.training.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dcmix.training.RealData;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IdxFileTest {
  @TempDir Path folder;

  @Property(tries = 100)
  void readsWhatWasWritten(@ForAll @IntRange(min = 1, max = 20) int n, @ForAll @IntRange(min = 1, max = 12) int h,
      @ForAll @IntRange(min = 1, max = 12) int w, @ForAll boolean gzip, @ForAll Random random) throws IOException {
    byte[] pixels = new byte[n * h * w];
    random.nextBytes(pixels);
    byte[] bytes = idx(0x08, pixels, n, h, w);
    withFile(gzip ? gzip(bytes) : bytes, file -> {
      IdxFile.Images images = IdxFile.images(file);
      assertThat(images.count()).isEqualTo(n);
      assertThat(images.height()).isEqualTo(h);
      assertThat(images.width()).isEqualTo(w);
      assertThat(images.pixels()).isEqualTo(pixels);
      int i = random.nextInt(n);
      int y = random.nextInt(h);
      int x = random.nextInt(w);
      assertThat(images.pixel(i, y, x)).isEqualTo(Byte.toUnsignedInt(pixels[i * h * w + y * w + x]));
    });
  }

  /** Whatever is cut off, added or flipped in the header: an IOException that names the file, or the same data. */
  @Property(tries = 300)
  void aDamagedFileIsNeverReadAsAnother(@ForAll @IntRange(min = 0, max = 75) int cut, @ForAll boolean gzip) throws IOException {
    byte[] pixels = new byte[60];
    new Random(3).nextBytes(pixels);
    byte[] plain = idx(0x08, pixels, 5, 3, 4);
    byte[] whole = gzip ? gzip(plain) : plain;
    withFile(Arrays.copyOf(whole, Math.min(cut, whole.length - 1)), file ->
        assertThatThrownBy(() -> IdxFile.images(file)).isInstanceOf(IOException.class).hasMessageContaining(file.toString()));
  }

  @Property(tries = 500)
  void anyByteChangedInAGzippedFileIsNoticedOrHarmless(@ForAll @IntRange(min = 0, max = 500) int at, @ForAll @IntRange(min = 1, max = 255) int flip)
      throws IOException {
    byte[] pixels = new byte[60];
    new Random(3).nextBytes(pixels);
    byte[] bytes = gzip(idx(0x08, pixels, 5, 3, 4));
    bytes[at % bytes.length] ^= (byte) flip;
    withFile(bytes, file -> {
      try {
        assertThat(IdxFile.images(file).pixels()).isEqualTo(pixels);
      } catch (IOException e) {
        assertThat(e).hasMessageContaining(file.toString());
      }
    });
  }

  @Property(tries = 500)
  void noHeaderMakesItFailOtherwise(@ForAll byte[] bytes, @ForAll boolean magic) throws IOException {
    byte[] start = magic ? new byte[] {0, 0, 8, 3} : new byte[0];
    byte[] all = ByteBuffer.allocate(start.length + bytes.length).put(start).put(bytes).array();
    withFile(all, file -> {
      try {
        IdxFile.Images images = IdxFile.images(file);
        assertThat(images.pixels()).hasSize(all.length - 16);
      } catch (IOException e) {
        assertThat(e).hasMessageContaining(file.toString());
      }
    });
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "9  | signed bytes",
      "11 | 16-bit integers",
      "12 | 32-bit integers",
      "13 | 32-bit floating-point numbers",
      "14 | 64-bit floating-point numbers",
      "7  | the unknown type 0x07",
  })
  void namesATypeThatItDoesNotRead(int code, String name) throws IOException {
    Path file = write("a", idx(code, new byte[8], 8));
    assertThatThrownBy(() -> IdxFile.labels(file)).hasMessageContainingAll("holds " + name, "Convert it", file.toString());
  }

  @Test
  void saysWhatIsWrongWithAFile() throws IOException {
    byte[] images = idx(0x08, new byte[24], 2, 3, 4);
    assertBad("does not start with two zero bytes", "%PDF-1.7".getBytes(StandardCharsets.US_ASCII));
    assertBad("does not start with two zero bytes", new byte[0]);
    assertBad("has 1 dimensions; images have 3. Are images and labels swapped?", idx(0x08, new byte[2], 2));
    assertBad("ends before the 24 bytes of images", Arrays.copyOf(images, images.length - 1));
    assertBad("ends too early", Arrays.copyOf(images, 10));
    assertBad("ends too early", Arrays.copyOf(gzip(images), 25));
    assertBad("goes on after its 24 bytes", Arrays.copyOf(images, images.length + 1));
    assertBad("goes on after its 24 bytes", gzip(Arrays.copyOf(images, images.length + 1)));
    assertBad("0 images; it must be 1 to 10000000", idx(0x08, new byte[0], 0, 3, 4));
    assertBad("says that it has 4294967295 images", idx(0x08, new byte[0], -1, 3, 4));
    assertBad("says that it has 5000 rows; it must be 1 to 4096", idx(0x08, new byte[0], 1, 5000, 4));
    assertBad("says that it has 0 columns", idx(0x08, new byte[0], 1, 5, 0));
    assertBad("promises 167772160000000 bytes of images; the limit is 1073741824", idx(0x08, new byte[0], 10_000_000, 4096, 4096));
    // A lying header of a gigabyte costs no gigabyte.
    assertBad("ends before the 1073741824 bytes", idx(0x08, new byte[10], 64, 4096, 4096));
    assertBad("ends before the 1073741824 bytes", gzip(idx(0x08, new byte[10], 64, 4096, 4096)));
    byte[] damaged = gzip(images);
    damaged[damaged.length - 6] ^= 1;
    assertBad("is damaged (gzip says: Corrupt GZIP trailer)", damaged);
    assertThatThrownBy(() -> IdxFile.images(folder.resolve("none"))).hasMessageContaining("is not there; name an IDX file of images");
    assertThatThrownBy(() -> IdxFile.labels(folder)).hasMessageContaining("is not a file; name an IDX file of labels");
  }

  private void assertBad(String message, byte[] bytes) throws IOException {
    Path file = write("bad", bytes);
    assertThatThrownBy(() -> IdxFile.images(file)).isInstanceOf(IOException.class).hasMessageStartingWith(file.toString()).hasMessageContaining(message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-idx%d-ubyte", ".idx%d-ubyte", "-idx%d-ubyte.gz", ".idx%d-ubyte.gz"})
  void findsTheFourFilesInEverySpelling(String spelling) throws IOException {
    boolean gzip = spelling.endsWith(".gz");
    for (String part : new String[] {"train", "t10k"}) {
      byte[] images = idx(0x08, new byte[] {1, 2, 3, 4, 5, (byte) 250}, 3, 1, 2);
      byte[] labels = idx(0x08, new byte[] {2, 0, 2}, 3);
      write(part + "-images" + spelling.formatted(3), gzip ? gzip(images) : images);
      write(part + "-labels" + spelling.formatted(1), gzip ? gzip(labels) : labels);
    }
    MnistFiles set = MnistFiles.open(folder);
    for (MnistFiles.Part part : new MnistFiles.Part[] {set.train(), set.test()}) {
      assertThat(part.size()).isEqualTo(3);
      assertThat(part.histogram()).containsExactly(1, 0, 2);
      assertThat(part.label(2)).isEqualTo(2);
      assertThat(part.images().pixel(2, 0, 1)).isEqualTo(250);
    }
  }

  @Test
  void namesWhatIsMissingInAFolderOrDoesNotFit() throws IOException {
    assertThatThrownBy(() -> MnistFiles.open(folder.resolve("none"))).hasMessageContaining("is not a folder");
    assertThatThrownBy(() -> MnistFiles.open(folder))
        .hasMessageContainingAll(folder + " has no train-images-idx3-ubyte", "train-images.idx3-ubyte.gz", "Download the four files");
    write("train-images-idx3-ubyte", idx(0x08, new byte[12], 3, 2, 2));
    write("train-labels-idx1-ubyte", idx(0x08, new byte[2], 2));
    assertThatThrownBy(() -> MnistFiles.open(folder)).hasMessageContaining("has 2 labels for the 3 images of train-images-idx3-ubyte");
    write("train-labels-idx1-ubyte", idx(0x08, new byte[3], 3));
    assertThatThrownBy(() -> MnistFiles.open(folder)).hasMessageContaining("has no t10k-images-idx3-ubyte");
    write("t10k-images-idx3-ubyte", idx(0x08, new byte[18], 3, 3, 2));
    write("t10k-labels-idx1-ubyte", idx(0x08, new byte[3], 3));
    assertThatThrownBy(() -> MnistFiles.open(folder)).hasMessageContaining("are 2 x 2, those to test 2 x 3");
  }

  @Test
  void readsTheRealDigits() throws IOException {
    MnistFiles mnist = MnistFiles.open(RealData.folder("mnist"));
    assertThat(mnist.train().size()).isEqualTo(60_000);
    assertThat(mnist.test().size()).isEqualTo(10_000);
    assertThat(mnist.train().images().height()).isEqualTo(28);
    assertThat(mnist.train().images().width()).isEqualTo(28);
    // The published counts of the digits.
    assertThat(mnist.train().histogram()).containsExactly(5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949);
    assertThat(mnist.test().histogram()).containsExactly(980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009);
    assertThat(IntStream.range(0, 5).map(mnist.train()::label)).containsExactly(5, 0, 4, 1, 9);
    // The published mean and SD of the training pixels, on a scale of 0 to 1: 0.1307 and 0.3081.
    byte[] pixels = mnist.train().images().pixels();
    double mean = IntStream.range(0, pixels.length).mapToDouble(i -> (pixels[i] & 0xFF) / 255.0).average().orElseThrow();
    double square = IntStream.range(0, pixels.length).mapToDouble(i -> Math.pow((pixels[i] & 0xFF) / 255.0, 2)).average().orElseThrow();
    assertThat("%.4f %.4f".formatted(mean, Math.sqrt(square - mean * mean))).isEqualTo("0.1307 0.3081");
  }

  /** Writes the format as its definition says. */
  private static byte[] idx(int type, byte[] data, int... sizes) {
    ByteBuffer bytes = ByteBuffer.allocate(4 + 4 * sizes.length + data.length).put((byte) 0).put((byte) 0).put((byte) type).put((byte) sizes.length);
    Arrays.stream(sizes).forEach(bytes::putInt);
    return bytes.put(data).array();
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    }
    return out.toByteArray();
  }

  private Path write(String name, byte[] bytes) throws IOException {
    return Files.write(folder.resolve(name), bytes);
  }

  @FunctionalInterface
  private interface Check {
    void on(Path file) throws IOException;
  }

  /** Properties get no temporary folder. */
  private static void withFile(byte[] bytes, Check check) throws IOException {
    Path file = Files.createTempFile("idx", null);
    try {
      check.on(Files.write(file, bytes));
    } finally {
      Files.delete(file);
    }
  }
}
