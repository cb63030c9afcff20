package io.dcmix.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.dcmix.bench.Workload.Images;
import io.dcmix.bench.Workload.Net;
import io.dcmix.core.images.PlaneDecoder;
import io.dcmix.core.images.PlaneFormat;
import io.dcmix.core.model.DcmixModel;
import io.dcmix.core.model.DevicePolicy;
import io.dcmix.core.model.SiteScore;
import io.dcmix.schema.event.Encoding;
import io.dcmix.schema.event.PixelType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The images and models that are measured are what the help says of them. */
class WorkloadTest {
  private static final Images SMALL =
      new Images("small", 2, new PlaneFormat(64, 64, PixelType.UINT8, Encoding.PNG), List.of("DNA", "ER"), 7, 3, false);

  @TempDir Path folder;

  @Test
  void shouldGiveTheProcessorTheOptionsThatTheLauncherGivesIt() throws Exception {
    Path root = Path.of("").toAbsolutePath();
    while (!Files.exists(root.resolve("dcmix"))) {
      root = Objects.requireNonNull(root.getParent(), "no launcher above " + Path.of("").toAbsolutePath());
    }
    assertThat(Files.readAllLines(root.resolve("deploy/src/main/launcher/processor.args"))).filteredOn(line -> !line.startsWith("#"))
        .isEqualTo(Lane.PROCESSOR_OPTIONS);
    assertThat(Files.readString(root.resolve("dcmix"))).contains("run | rescore | demo) options+=(\"@$build/processor.args\")");
  }

  @Test
  void shouldFillWellsFromAPoolThatIsDrawnOnce() throws Exception {
    ImagePool pool = ImagePool.open(folder, SMALL, 10, 1);
    assertThat(pool.payload(0, 3)).as("three wells make the pool").isEqualTo(pool.payload(3, 3));
    assertThat(pool.payload(0, 3)).isNotEqualTo(pool.payload(1, 3)).isNotEqualTo(pool.payload(0, 2));
    assertThat(pool.bytesPerWell()).isEqualTo(
        Arrays.stream(folder.resolve("small-7.0-1").toFile().listFiles()).mapToLong(f -> f.length()).sum() / 3.0);
    byte[] first = Files.readAllBytes(pool.file(0, 0));
    Files.delete(pool.file(0, 0));
    Files.write(pool.file(1, 0), new byte[] {1, 2, 3});

    ImagePool again = ImagePool.open(folder, SMALL, 10, 1);
    assertThat(again.file(0, 0)).as("drawn again, the same").hasBinaryContent(first);
    assertThat(again.payload(1, 0).remaining()).as("not drawn again").isEqualTo(3);
  }

  @Test
  void shouldDrawImagesAsLargeAsRealOnes() throws Exception {
    ImagePool pool = ImagePool.open(folder, Images.RXRX1, 1, 1);
    assertThat(pool.bytesPerWell() / Images.RXRX1.planes()).isBetween(170e3, 215e3);
  }

  @Test
  void shouldWriteTiffThatHoldsThePixels() throws Exception {
    PlaneFormat format = new PlaneFormat(5, 3, PixelType.UINT16, Encoding.TIFF);
    ByteBuffer pixels = ByteBuffer.allocate(30).order(ByteOrder.nativeOrder());
    for (int i = 0; i < 15; i++) {
      pixels.putShort(2 * i, (short) (i * 4369));
    }
    ByteBuffer decoded = ByteBuffer.allocateDirect(30).order(ByteOrder.nativeOrder());
    PlaneDecoder.decode(format, ImagePool.tiff(format, pixels), decoded);
    assertThat(decoded.flip()).isEqualTo(pixels);
  }

  @Test
  void shouldMakeModelsThatTheProcessorLoadsAndThatLookAtTheImages() throws Exception {
    Images images = new Images("m", 1, new PlaneFormat(512, 512, PixelType.UINT8, Encoding.PNG), List.of("DNA", "ER"), 7, 3, false);
    ByteBuffer bright = ByteBuffer.allocateDirect(2 << 18).order(ByteOrder.nativeOrder());
    ByteBuffer dark = ByteBuffer.allocateDirect(2 << 18).order(ByteOrder.nativeOrder());
    for (int i = 0; i < 2 << 18; i++) {
      bright.put(i, (byte) ((i * 2654435761L) >> 13));
    }
    for (Net net : List.of(Net.NONE, Net.SMALL_128, Net.RESNET_224)) {
      byte[] onnx = Models.onnx(net, images, 1);
      assertThat(onnx).as("the same again").isEqualTo(Models.onnx(net, images, 1));
      try (DcmixModel model = DcmixModel.load(Files.write(folder.resolve(net + ".onnx"), onnx), DevicePolicy.CPU)) {
        SiteScore ofBright = model.score(bright.duplicate().order(ByteOrder.nativeOrder()), false);
        SiteScore ofDark = model.score(dark.duplicate().order(ByteOrder.nativeOrder()), false);
        assertThat(ofBright.logits()).as(net.name()).hasSize(2);
        if (net != Net.NONE) {
          assertThat(ofBright.logits()[0]).as(net.name()).isNotEqualTo(ofDark.logits()[0]);
        }
      }
    }
  }

  @Test
  void shouldReadWellsAtTheirTime() throws Exception {
    ImagePool pool = ImagePool.open(folder, SMALL, 3, 1);
    BenchPlate plate = new BenchPlate("P", pool, 4, 0, Duration.ofMillis(20));
    long start = System.nanoTime();
    for (var plane : plate.planes()) {
      plate.read(plane);
    }
    assertThat(plate.planes()).hasSize(16);
    assertThat(System.nanoTime() - start).as("three pauses").isGreaterThanOrEqualTo(60_000_000);
  }

  @Test
  void shouldNotGiveChildrenWhatAttachesToOneProcess() {
    assertThat(Child.inherited(List.of("--enable-native-access=ALL-UNNAMED", "-agentlib:jdwp=transport=dt_socket", "-javaagent:x.jar",
        "-XX:StartFlightRecording:filename=x.jfr", "-XX:MaxRAMPercentage=50"))).containsExactly("--enable-native-access=ALL-UNNAMED", "-XX:MaxRAMPercentage=50");
  }

  @Test
  void shouldReadTheProcessorsSettingsFromItsOptions() {
    Settings defaults = settings(List.of());
    assertThat(defaults.commitInterval()).isEqualTo(Duration.ofMillis(200));
    Settings own = settings(List.of("--commit-interval=1s", "--max-delay", "5ms"));
    assertThat(own.commitInterval()).isEqualTo(Duration.ofSeconds(1));
    assertThat(own.maxDelay()).isEqualTo(Duration.ofMillis(5));
  }

  private static Settings settings(List<String> options) {
    return new Settings("cpu", 1, null, null, 1, 0, 8, options, List.of(), null);
  }
}
