package io.dcmix.core.images;

import static io.dcmix.schema.event.PixelType.UINT16;
import static io.dcmix.schema.event.PixelType.UINT8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdOutputStream;
import com.sun.management.ThreadMXBean;
import io.dcmix.core.RealData;
import io.dcmix.schema.event.Encoding;
import io.dcmix.schema.event.PixelType;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.assertj.core.api.ThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlaneDecoderTest {
  private static final PlaneFormat SMALL = new PlaneFormat(5, 3, UINT8, Encoding.TIFF);

  @ParameterizedTest
  @CsvSource({"bbbc013, 193, UINT8", "imagexpress, 37, UINT16", "harmony, 6, UINT16"})
  void shouldReadRealTiffsAsAnIndependentReaderDoes(String folder, int files, PixelType type) throws Exception {
    List<Path> images;
    try (Stream<Path> all = Files.walk(RealData.folder(folder))) {
      images = all.filter(f -> f.toString().toLowerCase(Locale.ROOT).matches(".*\\.tiff?")).toList();
    }
    assertThat(images).hasSize(files);
    for (Path image : images) {
      byte[] bytes = Files.readAllBytes(image);
      PlaneFormat format = PlaneDecoder.probe(ByteBuffer.wrap(bytes), Encoding.TIFF);
      assertThat(format.pixelType()).isEqualTo(type);
      assertThat(Arrays.equals(Planes.decode(format, ByteBuffer.wrap(bytes)), Planes.imageIo(bytes))).as("%s", image).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource({"LZW, false", "ZLib, false", "Deflate, false", "PackBits, false", "LZW, true", "Deflate, true"})
  void shouldReadWhatAnIndependentWriterWrites(String compression, boolean tiled) throws Exception {
    for (PixelType type : List.of(UINT8, UINT16)) {
      PlaneFormat format = new PlaneFormat(113, 71, type, Encoding.TIFF);
      int[] pixels = Planes.random(5, format);
      byte[] tiff = imageIoTiff(format, pixels, compression, tiled);
      assertThat(PlaneDecoder.probe(ByteBuffer.wrap(tiff), Encoding.TIFF)).isEqualTo(format);
      assertThat(Planes.decode(format, ByteBuffer.wrap(tiff))).isEqualTo(pixels);
    }
  }

  @ParameterizedTest
  @EnumSource(value = PixelType.class, names = {"UINT8", "UINT16"})
  void shouldReadPngsThatAnIndependentWriterWrites(PixelType type) throws Exception {
    PlaneFormat format = new PlaneFormat(113, 71, type, Encoding.PNG);
    int[] pixels = Planes.random(6, format);
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    assertThat(ImageIO.write(image(format, pixels), "png", png)).isTrue();
    assertThat(PlaneDecoder.probe(ByteBuffer.wrap(png.toByteArray()), Encoding.PNG)).isEqualTo(format);
    assertThat(Planes.decode(format, ByteBuffer.wrap(png.toByteArray()))).isEqualTo(pixels);
  }

  @Test
  void shouldReadRaw16AsLittleEndian() throws Exception {
    PlaneFormat format = new PlaneFormat(2, 1, UINT16, Encoding.RAW);
    assertThat(Planes.decode(format, ByteBuffer.wrap(new byte[] {0x34, 0x12, (byte) 0xFF, (byte) 0xFE}))).containsExactly(0x1234, 0xFEFF);
  }

  @Test
  void shouldReadAReadOnlySliceAndADirectBuffer() throws Exception {
    PlaneFormat format = new PlaneFormat(31, 17, UINT16, Encoding.PNG);
    int[] pixels = Planes.random(1, format);
    ByteBuffer png = PlaneEncoder.encode(format, Planes.buffer(pixels, UINT16), 6);
    ByteBuffer direct = ByteBuffer.allocateDirect(png.remaining() + 9).position(9).put(png.duplicate()).position(9);
    assertThat(Planes.decode(format, direct.asReadOnlyBuffer())).isEqualTo(pixels);
    assertThat(Planes.decode(format, png.asReadOnlyBuffer())).isEqualTo(pixels);
  }

  @Test
  void shouldReadAPaletteOnlyIfItIsTheIdentity() throws Exception {
    TestTiff tiff = new TestTiff(SMALL, Planes.random(1, SMALL));
    tiff.tags.put(262, new long[] {3});
    tiff.tags.put(320, LongStream.range(0, 768).map(i -> i % 256 * 257).toArray());
    assertThat(Planes.decode(SMALL, ByteBuffer.wrap(tiff.write()))).isEqualTo(tiff.pixels);
    tiff.tags.get(320)[400] = 7;
    assertRefused(tiff, "palette that is not a grey ramp");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    "258 | 32    | 32-bit pixels",
    "258 | 12    | 12-bit pixels",
    "262 | 0     | WhiteIsZero",
    "262 | 2     | photometric interpretation 2",
    "277 | 3     | 3 samples a pixel",
    "339 | 3     | non-integer pixels",
    "339 | 2     | signed pixels",
    "259 | 7     | packed by method 7",
    "317 | 3     | predictor 3",
    "266 | 2     | reversed bits",
    "256 | 20000 | 20000 x 3 pixels; the limit is 16384 x 16384",
    "257 | 0     | 5 x 0 pixels; both must be 1 or more",
    "256 | 4     | 4 x 3 pixels; the event says 5 x 3",
    "273 | 99999 | the file is truncated",
    "279 | 14    | data end 1 bytes early",
    "278 | 2     | tag 273 has 1 values, not 2",
  })
  void shouldSayWhatIsWrongWithATiff(int tag, long value, String message) {
    TestTiff tiff = new TestTiff(SMALL, Planes.random(1, SMALL));
    tiff.tags.put(tag, new long[] {value});
    assertRefused(tiff, message);
  }

  @Test
  void shouldRefuseATiffOfSeveralImages() {
    TestTiff tiff = new TestTiff(SMALL, Planes.random(1, SMALL));
    byte[] bytes = tiff.write();
    ByteBuffer view = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int directory = view.getInt(4);
    view.putInt(directory + 2 + 12 * view.getShort(directory), directory);
    assertThatThrownBy(() -> Planes.decode(SMALL, ByteBuffer.wrap(bytes)))
        .isInstanceOf(CorruptPlaneException.class)
        .hasMessageContaining("several images");
  }

  @Test
  void shouldRefuseBlocksThatShareTheirBytes() {
    PlaneFormat format = new PlaneFormat(64, 64, UINT8, Encoding.TIFF);
    TestTiff tiff = new TestTiff(format, new int[64 * 64]);
    tiff.compression = 8;
    tiff.blockHeight = 1;
    tiff.tags.put(279, LongStream.range(0, 64).map(i -> 500).toArray());
    assertThatThrownBy(() -> Planes.decode(format, ByteBuffer.wrap(tiff.write()))).hasMessageContaining("together longer than the file");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 20, 40})
  void shouldNotAllocateForACountThatTheFileCannotHold(int shift) {
    TestTiff tiff = new TestTiff(SMALL, Planes.random(1, SMALL));
    byte[] bytes = tiff.write();
    ByteBuffer view = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int entry = view.getInt(4) + 2;
    while (view.getShort(entry) != 273) {
      entry += 12;
    }
    view.putInt(entry + 4, Integer.MAX_VALUE - shift);
    assertThatThrownBy(() -> Planes.decode(SMALL, ByteBuffer.wrap(bytes)))
        .isInstanceOf(CorruptPlaneException.class)
        .hasMessageContaining("values, not 1");
  }

  @Test
  void shouldRefuseColourPngs() throws IOException {
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(new BufferedImage(5, 3, BufferedImage.TYPE_INT_RGB), "png", png);
    assertThatThrownBy(() -> PlaneDecoder.probe(ByteBuffer.wrap(png.toByteArray()), Encoding.PNG))
        .isInstanceOf(CorruptPlaneException.class)
        .hasMessage("PNG holds colour (RGB) of 8 bits; planes are greyscale of 8 or 16 bits");
  }

  @Test
  void shouldRefusePngsThatDifferFromTheEvent() {
    PlaneFormat format = new PlaneFormat(8, 8, UINT8, Encoding.PNG);
    ByteBuffer png = PlaneEncoder.encode(format, Planes.buffer(new int[64], UINT8), 6);
    assertThatThrownBy(() -> Planes.decode(new PlaneFormat(8, 9, UINT8, Encoding.PNG), png))
        .hasMessage("PNG is 8 x 8 pixels; the event says 8 x 9");
    assertThatThrownBy(() -> Planes.decode(new PlaneFormat(8, 8, UINT16, Encoding.PNG), png))
        .hasMessage("PNG has pixels of type UINT8; the event says UINT16");
    assertThatThrownBy(() -> Planes.decode(new PlaneFormat(8, 8, UINT8, Encoding.TIFF), png))
        .hasMessage("The payload does not start as a TIFF does");
  }

  @Test
  void shouldRefuseEveryTruncationOfAPng() {
    PlaneFormat format = new PlaneFormat(13, 11, UINT16, Encoding.PNG);
    ByteBuffer png = PlaneEncoder.encode(format, Planes.buffer(Planes.random(3, format), UINT16), 6);
    for (int length = 0; length < png.remaining(); length++) {
      ByteBuffer cut = png.slice(0, length);
      assertThatThrownBy(() -> Planes.decode(format, cut)).isInstanceOf(CorruptPlaneException.class);
    }
  }

  @Test
  void shouldRefuseEverySingleFlippedBitOfAPng() {
    PlaneFormat format = new PlaneFormat(13, 11, UINT8, Encoding.PNG);
    ByteBuffer png = PlaneEncoder.encode(format, Planes.buffer(Planes.random(3, format), UINT8), 6);
    for (int bit = 0; bit < 8 * png.remaining(); bit++) {
      int at = bit / 8;
      png.put(at, (byte) (png.get(at) ^ 1 << bit % 8));
      assertThatThrownBy(() -> Planes.decode(format, png)).isInstanceOf(CorruptPlaneException.class);
      png.put(at, (byte) (png.get(at) ^ 1 << bit % 8));
    }
  }

  @Test
  void shouldStopAtTheEventsSizeWhenAPayloadUnpacksToMore() {
    PlaneFormat huge = new PlaneFormat(4000, 4000, UINT8, Encoding.PNG);
    ByteBuffer bomb = PlaneEncoder.encode(huge, ByteBuffer.allocate(16_000_000), 9);
    ByteBuffer lying = ByteBuffer.allocate(bomb.remaining()).put(bomb).flip().putInt(16, 4).putInt(20, 4);
    java.util.zip.CRC32 crc = new java.util.zip.CRC32();
    crc.update(lying.slice(12, 17));
    lying.putInt(29, (int) crc.getValue());
    assertThatThrownBy(() -> Planes.decode(new PlaneFormat(4, 4, UINT8, Encoding.PNG), lying))
        .hasMessage("PNG: compressed data hold more than the image");
  }

  @Test
  void shouldStopAtTheEventsSizeWhenATiffsStripUnpacksToMore() {
    TestTiff tiff = new TestTiff(SMALL, Planes.random(1, SMALL));
    tiff.compression = 8;
    tiff.blockHeight = 1000;
    tiff.tiled = true;
    tiff.blockWidth = 16;
    byte[] payload = tiff.write();
    assertAllocatesLittle(() -> assertThat(Planes.decode(SMALL, ByteBuffer.wrap(payload))).isEqualTo(tiff.pixels));
  }

  @Test
  void shouldRefuseAFrameOfAnotherSizeBeforeItIsUnpacked() {
    PlaneFormat tiny = new PlaneFormat(4, 4, UINT8, Encoding.ZSTD_SHUFFLE);
    // One segment of 1 GiB in blocks of one byte repeated 128 Ki times (RFC 8878, section 3.1.1).
    ByteBuffer bomb = ByteBuffer.allocate(9 + 4 * 8192).order(ByteOrder.LITTLE_ENDIAN);
    bomb.putInt(0xFD2FB528).put((byte) 0xA0).putInt(1 << 30);
    for (int block = 0; block < 8192; block++) {
      bomb.putInt((block == 8191 ? 1 : 0) | 1 << 1 | 1 << 17 << 3);
    }
    assertAllocatesLittle(() -> assertThatThrownBy(() -> Planes.decode(tiny, bomb.flip()))
        .isInstanceOf(CorruptPlaneException.class)
        .hasMessage("Zstandard: the frame holds 1073741824 bytes; 4 x 4 UINT8 needs 16"));
  }

  @Test
  void shouldRefuseAFrameThatHoldsMoreThanItStates() {
    byte[] bomb = Zstd.compress(new byte[100_000], 3);
    // One segment, so byte 4 tells how the size is written and the next four are the size (RFC 8878, section 3.1.1.1).
    assertThat(bomb[4] & 0xE0).isEqualTo(0xA0);
    ByteBuffer.wrap(bomb).order(ByteOrder.LITTLE_ENDIAN).putInt(5, 16);
    assertThatThrownBy(() -> Planes.decode(new PlaneFormat(4, 4, UINT8, Encoding.ZSTD_SHUFFLE), ByteBuffer.wrap(bomb)))
        .isInstanceOf(CorruptPlaneException.class)
        .hasMessageStartingWith("Zstandard: the frame is broken");
  }

  @Test
  void shouldRefuseAFrameThatDoesNotStateItsSize() throws IOException {
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    try (ZstdOutputStream out = new ZstdOutputStream(frame)) {
      out.write(new byte[16]);
      out.flush();
    }
    assertThatThrownBy(() -> Planes.decode(new PlaneFormat(4, 4, UINT8, Encoding.ZSTD_SHUFFLE), ByteBuffer.wrap(frame.toByteArray())))
        .hasMessage("Zstandard: the payload is no frame that states its content size");
  }

  @Test
  void shouldRefuseEverySingleFlippedBitOfItsOwnFrames() {
    PlaneFormat format = new PlaneFormat(13, 11, UINT16, Encoding.ZSTD_SHUFFLE);
    ByteBuffer frame = PlaneEncoder.encode(format, Planes.buffer(Planes.random(3, format), UINT16), 3);
    int refused = 0;
    for (int bit = 0; bit < 8 * frame.remaining(); bit++) {
      int at = bit / 8;
      frame.put(at, (byte) (frame.get(at) ^ 1 << bit % 8));
      try {
        Planes.decode(format, frame);
      } catch (CorruptPlaneException e) {
        refused++;
      }
      frame.put(at, (byte) (frame.get(at) ^ 1 << bit % 8));
    }
    // The frame's fifth byte holds one bit without a meaning, and one that says whether there is a checksum.
    assertThat(refused).isGreaterThanOrEqualTo(8 * frame.remaining() - 2);
  }

  @Test
  void shouldRefuseWhatIsBeyondTheLimits() {
    ImageLimits limits = new ImageLimits(10, 10, 100);
    ByteBuffer target = ByteBuffer.allocateDirect(1000);
    assertThatThrownBy(() -> PlaneDecoder.decode(new PlaneFormat(11, 1, UINT8, Encoding.RAW), ByteBuffer.allocate(11), target, limits))
        .hasMessage("The image event says 11 x 1 pixels; the limit is 10 x 10");
    assertThatThrownBy(() -> PlaneDecoder.decode(new PlaneFormat(9, 9, UINT16, Encoding.RAW), ByteBuffer.allocate(162), target, limits))
        .hasMessage("The payload has 162 bytes; the limit is 100");
  }

  @Test
  void shouldRefuseEventsThatDoNotSayWhatTheyHold() {
    ByteBuffer payload = ByteBuffer.allocate(4);
    assertThatThrownBy(() -> PlaneDecoder.decode(new PlaneFormat(2, 2, PixelType.UNKNOWN, Encoding.RAW), payload, payload))
        .isInstanceOf(CorruptPlaneException.class);
    assertThatThrownBy(() -> Planes.decode(new PlaneFormat(2, 2, UINT8, Encoding.UNKNOWN), payload))
        .isInstanceOf(CorruptPlaneException.class);
    assertThatThrownBy(() -> Planes.decode(new PlaneFormat(2, 1, UINT8, Encoding.RAW), payload))
        .hasMessage("RAW payload has 4 bytes; 2 x 1 UINT8 needs 2");
    assertThatThrownBy(() -> PlaneDecoder.probe(payload, Encoding.RAW)).isInstanceOf(CorruptPlaneException.class);
    assertThatThrownBy(() -> PlaneDecoder.decode(new PlaneFormat(2, 2, UINT8, Encoding.RAW), payload, ByteBuffer.allocate(3)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void shouldTellEncodingsApart() {
    PlaneFormat png = new PlaneFormat(5, 3, UINT8, Encoding.PNG);
    TestTiff tiff = new TestTiff(SMALL, new int[15]);
    assertThat(PlaneDecoder.encodingOf(PlaneEncoder.encode(png, ByteBuffer.allocate(15), 1))).isEqualTo(Encoding.PNG);
    assertThat(PlaneDecoder.encodingOf(ByteBuffer.wrap(tiff.write()))).isEqualTo(Encoding.TIFF);
    tiff.order = ByteOrder.BIG_ENDIAN;
    assertThat(PlaneDecoder.encodingOf(ByteBuffer.wrap(tiff.write()))).isEqualTo(Encoding.TIFF);
    assertThat(PlaneDecoder.encodingOf(ByteBuffer.allocate(100))).isEqualTo(Encoding.UNKNOWN);
    assertThat(PlaneDecoder.encodingOf(ByteBuffer.allocate(0))).isEqualTo(Encoding.UNKNOWN);
  }

  private static void assertAllocatesLittle(ThrowableAssert.ThrowingCallable decoding) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    assertThatCode(decoding).doesNotThrowAnyException();
    assertThat(threads.getCurrentThreadAllocatedBytes() - before).as("bytes allocated").isLessThan(8 << 20);
  }

  private static void assertRefused(TestTiff tiff, String message) {
    assertThatThrownBy(() -> Planes.decode(tiff.format, ByteBuffer.wrap(tiff.write())))
        .isInstanceOf(CorruptPlaneException.class)
        .hasMessageContaining(message);
  }

  private static BufferedImage image(PlaneFormat format, int[] pixels) {
    BufferedImage image = new BufferedImage(format.width(), format.height(),
        format.pixelType() == UINT8 ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_USHORT_GRAY);
    image.getRaster().setSamples(0, 0, format.width(), format.height(), 0, pixels);
    return image;
  }

  private static byte[] imageIoTiff(PlaneFormat format, int[] pixels, String compression, boolean tiled) throws IOException {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("tiff").next();
    ImageWriteParam param = writer.getDefaultWriteParam();
    param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
    param.setCompressionType(compression);
    if (tiled) {
      param.setTilingMode(ImageWriteParam.MODE_EXPLICIT);
      param.setTiling(32, 16, 0, 0);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ImageOutputStream stream = ImageIO.createImageOutputStream(out)) {
      writer.setOutput(stream);
      writer.write(null, new IIOImage(image(format, pixels), null, null), param);
    }
    writer.dispose();
    return out.toByteArray();
  }
}
