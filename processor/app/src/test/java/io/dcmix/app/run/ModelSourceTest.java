package io.dcmix.app.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dcmix.app.run.ModelSource.Beginning;
import io.dcmix.app.run.ModelSource.RefusedModelException;
import io.dcmix.core.cli.CliException;
import io.dcmix.core.images.Sha256;
import io.dcmix.core.model.DevicePolicy;
import io.dcmix.core.model.RuntimeOptions;
import io.dcmix.schema.event.ModelControl;
import io.dcmix.schema.event.ModelEvent;
import io.dcmix.streams.control.ModelOrders;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which version a lane begins with, and which it refuses, with real model files. */
class ModelSourceTest {
  @TempDir Path folder;
  private final LoadedModels loaded = new LoadedModels(DevicePolicy.CPU, RuntimeOptions.DEFAULT);
  private Path one;
  private Path two;
  private ModelSource source;

  @BeforeEach
  void models() throws IOException {
    one = version('1');
    two = version('2');
    source = new ModelSource(folder, null, "1", loaded);
  }

  /** The demo's model in this version. */
  private Path version(char version) throws IOException {
    String bytes = Files.readString(demo(), StandardCharsets.ISO_8859_1);
    String changed = bytes.replace("dcmix.version\u0012\u00011", "dcmix.version\u0012\u0001" + version);
    return Files.writeString(folder.resolve("v" + version + ".onnx"), changed, StandardCharsets.ISO_8859_1);
  }

  private static Path demo() {
    for (Path above = Path.of("").toAbsolutePath(); above != null; above = above.getParent()) {
      Path model = above.resolve("processor/demo/src/main/resources/models/demo-dcmix.onnx");
      if (Files.exists(model)) {
        return model;
      }
    }
    throw new AssertionError("The demo's model is in no folder above " + Path.of("").toAbsolutePath());
  }

  private static String sha256(Path file) throws IOException {
    return Sha256.of(ByteBuffer.wrap(Files.readAllBytes(file)));
  }

  private static ModelControl record(ModelEvent event, String version, String sha256) {
    return ModelControl.newBuilder().setLane("screening").setEvent(event).setModelName("demo").setModelVersion(version).setModelSha256(sha256)
        .setAt(Instant.EPOCH).build();
  }

  private static ModelOrders orders(ModelControl... records) {
    return Arrays.stream(records).reduce(ModelOrders.NONE, ModelOrders::with, (a, b) -> b);
  }

  private static void assertVersion(Beginning beginning, String version) {
    assertThat(beginning.model().card().version()).isEqualTo(version);
    beginning.model().release().run();
  }

  @Test
  void withoutARecordTheNamedVersionServesOrTheFileThatWasGiven() {
    assertVersion(source.begin(ModelOrders.NONE), "1");
    assertVersion(new ModelSource(folder, two, null, loaded).begin(ModelOrders.NONE), "2");
    assertThatThrownBy(() -> new ModelSource(folder, null, null, loaded).begin(ModelOrders.NONE)).isInstanceOf(CliException.class)
        .hasMessageContainingAll("demo:1, demo:2", "--model-version");
  }

  @Test
  void theActivatedVersionServesWhateverItsFileIsCalled() throws Exception {
    ModelControl activated = record(ModelEvent.ACTIVATED, "2", sha256(two));
    Files.move(two, folder.resolve("renamed.onnx"));
    Beginning beginning = source.begin(orders(activated));
    assertThat(beginning.refused()).isEmpty();
    assertVersion(beginning, "2");
  }

  @Test
  void aBrokenActivatedVersionLeavesTheOneThatIsKnownToHaveWorked() throws Exception {
    ModelControl confirmed = record(ModelEvent.CONFIRMED, "2", sha256(two));
    ModelControl missing = record(ModelEvent.ACTIVATED, "3", "00".repeat(32));
    Beginning beginning = source.begin(orders(confirmed, missing));
    assertThat(beginning.refused()).singleElement().satisfies(refused -> {
      assertThat(refused.wanted()).isEqualTo(missing);
      assertThat(refused.why()).contains("no file in " + folder, "00".repeat(32));
    });
    assertVersion(beginning, "2");
  }

  @Test
  void aFileThatIsExchangedInPlaceIsNoLongerTheVersionThatWasActivated() throws Exception {
    ModelControl activated = record(ModelEvent.ACTIVATED, "2", sha256(two));
    Files.copy(one, two, StandardCopyOption.REPLACE_EXISTING);
    assertThatThrownBy(() -> source.load(activated)).isInstanceOf(RefusedModelException.class).hasMessageContaining("has the hash");
  }

  @Test
  void aFileThatBreaksTheContractWhenItRunsIsRefusedWithEveryReason() throws Exception {
    // Its metadata are those of a sound model; what the graph says of its weights is not what it does.
    String bytes = Files.readString(two, StandardCharsets.ISO_8859_1);
    int weights = bytes.indexOf("dcmix.weights");
    int digit = bytes.indexOf("0.", weights) + 2;
    char other = bytes.charAt(digit) == '9' ? '1' : '9';
    Files.writeString(two, bytes.substring(0, digit) + other + bytes.substring(digit + 1), StandardCharsets.ISO_8859_1);
    ModelControl activated = record(ModelEvent.ACTIVATED, "2", sha256(two));
    assertThatThrownBy(() -> source.load(activated)).isInstanceOf(RefusedModelException.class).hasMessageContaining("contribution");
  }

  @Test
  void whereNothingCanServeTheStartEndsWithEveryReason() throws Exception {
    ModelControl missing = record(ModelEvent.ACTIVATED, "3", "00".repeat(32));
    ModelControl gone = record(ModelEvent.CONFIRMED, "2", sha256(two));
    Files.delete(one);
    Files.delete(two);
    assertThatThrownBy(() -> source.begin(orders(missing, gone))).isInstanceOf(CliException.class)
        .hasMessageContainingAll("demo 3 of the control record", "demo 2 of the control record", folder + " has no version 1");
  }

  @Test
  void aFileIsLoadedOnceForAllLanesAndForAsLongAsOneOfThemRunsIt() throws Exception {
    LoadedModels.Use first = loaded.load(one);
    LoadedModels.Use second = loaded.load(one, sha256(one));
    LoadedModels.Use third = loaded.again(first);
    assertThat(second.devices()).isSameAs(first.devices()).isSameAs(third.devices());
    first.release().run();
    second.release().run();
    ByteBuffer site = ByteBuffer.allocateDirect(first.card().siteBytes());
    assertThat(third.devices().models().getFirst().score(site, false).logits()).hasSize(2);
    third.release().run();
    assertThatThrownBy(() -> third.devices().models().getFirst().score(site, false)).isInstanceOf(IllegalStateException.class);
    assertVersion(source.begin(orders(record(ModelEvent.ACTIVATED, "1", sha256(one)))), "1");
  }
}
