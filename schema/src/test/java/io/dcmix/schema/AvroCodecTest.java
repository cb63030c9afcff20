package io.dcmix.schema;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.dcmix.schema.event.Acquisition;
import io.dcmix.schema.event.Encoding;
import io.dcmix.schema.event.ImageEvent;
import io.dcmix.schema.event.PixelType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;

/** Single-object encoding: what is written is read, and what is not ours is refused within the message's own bounds. */
class AvroCodecTest {
  @Provide
  Arbitrary<Class<? extends SpecificRecord>> types() {
    return Arbitraries.of(Records.ALL);
  }

  @Property(tries = 300)
  void everyRecordIsReadAsItWasWritten(@ForAll("types") Class<? extends SpecificRecord> type, @ForAll long seed) {
    roundTrip(type, seed);
  }

  private static <T extends SpecificRecord> void roundTrip(Class<T> type, long seed) {
    AvroCodec<T> codec = AvroCodec.of(type);
    byte[] body = Records.randomBody(Records.schema(type), seed);
    T record = codec.reading(Records.schema(type)).read(body, 0);
    byte[] message = codec.encode(record);
    assertThat(codec.decode(message)).isEqualTo(record);
    assertThat(message).hasSize(10 + body.length);
    assertThat(codec.encodeLarge(record)).isEqualTo(message);
  }

  @Example
  void avrosOwnDecoderReadsOurBytes() throws IOException {
    ImageEvent event = event();
    BinaryMessageDecoder<ImageEvent> avro = new BinaryMessageDecoder<>(SpecificData.getForClass(ImageEvent.class), ImageEvent.getClassSchema());
    assertThat(avro.decode(AvroCodec.of(ImageEvent.class).encode(event))).isEqualTo(event);
  }

  @Example
  void anImageIsAViewOfItsMessage() {
    ImageEvent event = event();
    byte[] message = AvroCodec.of(ImageEvent.class).encode(event);
    ByteBuffer read = AvroCodec.of(ImageEvent.class).decode(message).getBytes();
    assertThat(read).isEqualTo(event.getBytes());
    assertThat(read.arrayOffset() + read.remaining()).isLessThanOrEqualTo(message.length);
    assertThat(read.array()).isSameAs(message);
  }

  @Example
  void aLargeRecordIsWrittenTheSameFromBuffersOfEveryKind() {
    AvroCodec<ImageEvent> codec = AvroCodec.of(ImageEvent.class);
    byte[] pixels = new byte[5000];
    new Random(1).nextBytes(pixels);
    ImageEvent event = ImageEvent.newBuilder(event()).setBytes(ByteBuffer.wrap(pixels, 7, 4000)).build();
    byte[] message = codec.encode(event);
    ByteBuffer readOnly = ByteBuffer.wrap(pixels, 7, 4000).asReadOnlyBuffer();
    ByteBuffer offHeap = ByteBuffer.allocateDirect(5000).put(pixels).flip().position(7).limit(4007);
    for (ByteBuffer payload : List.of(event.getBytes(), readOnly, offHeap)) {
      ByteBuffer before = payload.duplicate();
      event.setBytes(payload);
      assertThat(codec.encodeLarge(event)).isEqualTo(message);
      assertThat(payload.position()).as("is left as it was").isEqualTo(before.position());
    }
  }

  @Example
  void aMessageBeginsWithTheMarkerAndTheFingerprint() throws Exception {
    byte[] message = AvroCodec.of(ImageEvent.class).encode(event());
    byte[] fingerprint = SchemaNormalization.parsingFingerprint("CRC-64-AVRO", ImageEvent.getClassSchema());
    assertThat(Arrays.copyOf(message, 2)).isEqualTo(HexFormat.of().parseHex("c301"));
    assertThat(Arrays.copyOfRange(message, 2, 10)).isEqualTo(fingerprint);
    assertThat(AvroCodec.isSingleObject(message)).isTrue();
  }

  @Property(tries = 1000)
  void randomBytesAreUnreadable(@ForAll("types") Class<? extends SpecificRecord> type, @ForAll byte[] bytes) {
    assertThatThrownBy(() -> AvroCodec.of(type).decode(bytes)).isInstanceOf(UnreadableRecordException.class);
  }

  @Property(tries = 1000)
  void aBodyOfRandomBytesIsReadOrUnreadable(@ForAll("types") Class<? extends SpecificRecord> type, @ForAll byte[] body) {
    byte[] header = Arrays.copyOf(message(type), 10);
    byte[] message = ByteBuffer.allocate(10 + body.length).put(header).put(body).array();
    onlyUnreadable(type, message);
  }

  @Property(tries = 1000)
  void flippedBitsAreReadOrUnreadable(@ForAll("types") Class<? extends SpecificRecord> type, @ForAll long seed) {
    Random random = new Random(seed);
    byte[] message = message(type);
    for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
      message[10 + random.nextInt(message.length - 10)] ^= (byte) (1 << random.nextInt(8));
    }
    onlyUnreadable(type, message);
  }

  @Property(tries = 300)
  void truncatedAndPaddedMessagesAreUnreadable(@ForAll("types") Class<? extends SpecificRecord> type, @ForAll long seed) {
    byte[] message = message(type);
    int length = new Random(seed).nextInt(message.length);
    assertThatThrownBy(() -> AvroCodec.of(type).decode(Arrays.copyOf(message, length))).isInstanceOf(UnreadableRecordException.class);
    assertThatThrownBy(() -> AvroCodec.of(type).decode(Arrays.copyOf(message, message.length + 1)))
        .isInstanceOf(UnreadableRecordException.class)
        .hasMessageContaining("1 bytes follow the record");
  }

  @Example
  void aRecordOfAnotherTypeIsUnreadableAndNamed() {
    byte[] other = AvroCodec.of(Acquisition.class).encode(anyRecord(Acquisition.class));
    assertThatThrownBy(() -> AvroCodec.of(ImageEvent.class).decode(other))
        .isInstanceOf(UnreadableRecordException.class)
        .hasMessageContaining("not a ImageEvent")
        .hasMessageContaining("no version of ImageEvent that this program knows");
  }

  /** The payload of an image claims 1 GiB, in a message of some 60 bytes. */
  @Example
  void aLengthBeyondTheMessageIsRefusedWithoutAllocatingIt() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(Arrays.copyOf(AvroCodec.of(ImageEvent.class).encode(event()), 10));
    BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
    for (String text : new String[] {"P", "run", "B02"}) {
      encoder.writeString(text);
    }
    encoder.writeInt(1);
    encoder.writeString("DNA");
    encoder.writeInt(0);
    encoder.writeInt(0);
    encoder.writeIndex(0);
    encoder.writeIndex(0);
    encoder.writeInt(64);
    encoder.writeInt(64);
    encoder.writeEnum(1);
    encoder.writeEnum(1);
    encoder.writeIndex(1);
    encoder.writeLong(1L << 30);
    out.writeBytes(new byte[20]);
    assertRefusedWithinAMegabyte(ImageEvent.class, out.toByteArray());
  }

  /** A list of wells claims two thousand million entries; another one, endless blocks of a million empty strings. */
  @Example
  void aCountBeyondTheMessageIsRefusedWithoutAllocatingIt() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(Arrays.copyOf(AvroCodec.of(Acquisition.class).encode(anyRecord(Acquisition.class)), 10));
    BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
    encoder.writeString("P");
    encoder.writeString("run");
    encoder.writeEnum(1);
    encoder.writeInt(16);
    encoder.writeInt(24);
    encoder.writeLong(Integer.MAX_VALUE - 10);
    out.writeBytes(new byte[20]);
    assertRefusedWithinAMegabyte(Acquisition.class, out.toByteArray());
  }

  /** Runs in a JVM of its own, as what Avro trusts is settled once for the whole process. */
  @Example
  void recordsAreBuiltAndReadInAJvmWithoutOptions() throws Exception {
    Process jvm =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp", System.getProperty("java.class.path"), FreshJvm.class.getName())
            .redirectErrorStream(true)
            .start();
    String output = new String(jvm.getInputStream().readAllBytes(), UTF_8);
    assertThat(jvm.waitFor()).as(output).isZero();
    assertThat(output).contains("read P/7 at site 1");
  }

  static final class FreshJvm {
    public static void main(String[] args) {
      ImageEvent event = event(); // the builder first: it needs Avro's trust before any codec does
      AvroCodec<ImageEvent> codec = AvroCodec.of(ImageEvent.class);
      ImageEvent read = codec.decode(codec.encode(event));
      System.out.println("read " + read.getPlate() + " at site " + read.getSite());
    }
  }

  @Example
  void aListOfMoreThanAMillionItemsIsRefused() {
    Acquisition acquisition = anyRecord(Acquisition.class);
    acquisition.setSites(Collections.nCopies(AvroRecord.MAX_ITEMS, 1));
    byte[] largest = AvroCodec.of(Acquisition.class).encode(acquisition);
    acquisition.setSites(Collections.nCopies(AvroRecord.MAX_ITEMS + 1, 1));
    byte[] tooLarge = AvroCodec.of(Acquisition.class).encode(acquisition);
    assertThat(AvroCodec.of(Acquisition.class).decode(largest).getSites()).hasSize(AvroRecord.MAX_ITEMS);
    assertThatThrownBy(() -> AvroCodec.of(Acquisition.class).decode(tooLarge)).isInstanceOf(UnreadableRecordException.class);
  }

  private static void assertRefusedWithinAMegabyte(Class<? extends SpecificRecord> type, byte[] message) {
    AvroCodec<?> codec = AvroCodec.of(type);
    assertThatThrownBy(() -> codec.decode(message)).isInstanceOf(UnreadableRecordException.class);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    try {
      codec.decode(message);
    } catch (UnreadableRecordException e) {
      assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(1 << 20);
    }
  }

  /** What decodes is a record of the type; what does not is unreadable; nothing else is ever thrown. */
  private static void onlyUnreadable(Class<? extends SpecificRecord> type, byte[] message) {
    try {
      assertThat(AvroCodec.of(type).decode(message)).isInstanceOf(type);
    } catch (UnreadableRecordException e) {
      assertThat(e.getMessage()).contains(type.getSimpleName());
    }
  }

  private static <T extends SpecificRecord> byte[] message(Class<T> type) {
    return AvroCodec.of(type).encode(anyRecord(type));
  }

  private static <T extends SpecificRecord> T anyRecord(Class<T> type) {
    return AvroCodec.of(type).reading(Records.schema(type)).read(Records.randomBody(Records.schema(type), 7), 0);
  }

  private static ImageEvent event() {
    return ImageEvent.newBuilder()
        .setPlate("P/7")
        .setAcquisition("run 1")
        .setWell("B02")
        .setSite(1)
        .setChannel("DNA")
        .setAcquiredAt(Instant.parse("2026-03-29T02:30:00.123456Z"))
        .setWidth(2)
        .setHeight(1)
        .setPixelType(PixelType.UINT16)
        .setEncoding(Encoding.RAW)
        .setBytes(ByteBuffer.wrap(new byte[] {1, 2, 3, 4}))
        .build();
  }
}
