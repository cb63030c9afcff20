package io.dcmix.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dcmix.core.model.ModelRepository.UnknownVersionException;
import io.dcmix.core.model.ModelRepository.Version;
import io.dcmix.schema.event.PixelType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A folder of models: what is seen in it without the runtime, and what is refused. */
class ModelRepositoryTest {
  @TempDir Path folder;

  private Path put(String name, String version, double gain) throws IOException {
    Path work = Files.createTempDirectory("model");
    Path file = LinearModel.write(work, PixelType.UINT16, m -> {
      LinearModel.metadata(m, "dcmix.version", version);
      m.setDocString("gain " + gain);
    });
    Path target = folder.resolve(name);
    Files.createDirectories(target.getParent());
    return Files.move(file, target);
  }

  @Test
  void whatAFileSaysOfItselfIsReadWithoutTheRuntimeAsTheLoaderReadsIt() throws Exception {
    Path file = put("a.onnx", "7", 1);
    Version version = ModelRepository.look(folder).named(null);
    try (DcmixModel loaded = DcmixModel.load(file, DevicePolicy.CPU)) {
      assertThat(version.card()).isEqualTo(loaded.card());
    }
    assertThat(version.card().sha256())
        .isEqualTo(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file))));
    assertThat(version.id()).isEqualTo("linear:7");
  }

  @Test
  void filesInTheFolderAndRightBelowItAreVersionsWhateverTheyAreCalled() throws Exception {
    put("b.onnx", "2", 1);
    put("old/model.ONNX", "1", 1);
    put("too/deep/model.onnx", "0", 1);
    Files.writeString(folder.resolve("notes.txt"), "none");
    assertThat(ModelRepository.look(folder).versions()).extracting(Version::id).containsExactly("linear:1", "linear:2");
  }

  @Test
  void aVersionIsFoundByItsHashItsIdOrItsNumber() throws Exception {
    put("one.onnx", "1", 1);
    Path two = put("two.onnx", "2", 1);
    ModelRepository models = ModelRepository.look(folder);
    assertThat(models.named("2").file()).isEqualTo(two);
    assertThat(models.named("linear:2").file()).isEqualTo(two);
    assertThat(models.withSha256(models.named("2").card().sha256())).isEqualTo(models.named("2"));
    assertThat(models.withSha256("00")).isNull();
    assertThatThrownBy(() -> models.named("3")).isInstanceOf(UnknownVersionException.class)
        .hasMessage(folder + " has no version 3; it holds linear:1, linear:2");
    assertThatThrownBy(() -> models.named(null)).hasMessage("Which version of " + folder + ": linear:1, linear:2?");
  }

  @Test
  void twoDifferentFilesOfTheSameVersionAreAnErrorThatNamesBoth() throws Exception {
    Path one = put("one.onnx", "1", 1);
    Path other = put("other.onnx", "1", 2);
    put("two.onnx", "2", 1);
    ModelRepository models = ModelRepository.look(folder);
    assertThat(models.problems()).singleElement().asString().contains("linear:1", one.toString(), other.toString());
    assertThatThrownBy(() -> models.named("1")).isInstanceOf(UnknownVersionException.class)
        .hasMessageContainingAll(one.toString(), other.toString());
    assertThat(models.named("2").id()).as("the others are not in doubt").isEqualTo("linear:2");
  }

  @Test
  void theSameFileTwiceIsOneVersion() throws Exception {
    Path one = put("one.onnx", "1", 1);
    Files.copy(one, folder.resolve("copy.onnx"));
    ModelRepository models = ModelRepository.look(folder);
    assertThat(models.problems()).isEmpty();
    assertThat(models.named("1").card().version()).isEqualTo("1");
  }

  @Test
  void whatIsNoModelIsNamedWithItsReasonAndHidesNoOther() throws Exception {
    Path good = put("good.onnx", "1", 1);
    byte[] bytes = Files.readAllBytes(good);
    Files.writeString(folder.resolve("text.onnx"), "no protobuf at all");
    Files.write(folder.resolve("cut.onnx"), Arrays.copyOf(bytes, bytes.length - 10));
    Files.write(folder.resolve("empty.onnx"), new byte[0]);
    ModelRepository models = ModelRepository.look(folder);
    assertThat(models.versions()).extracting(Version::file).containsExactly(good);
    assertThat(models.problems()).hasSize(3)
        .anySatisfy(p -> assertThat(p).contains("text.onnx is no ONNX file"))
        .anySatisfy(p -> assertThat(p).contains("cut.onnx"))
        .anySatisfy(p -> assertThat(p).contains("empty.onnx is no model", "dcmix.name"));
  }

  @Test
  void aFileBeyondTheLimitIsNotRead() throws Exception {
    put("good.onnx", "1", 1);
    assertThat(ModelRepository.look(folder, 100).problems()).singleElement().asString().contains("larger than the limit of 100 bytes");
  }

  @Test
  void aFolderThatIsNoneIsRefused() {
    assertThatThrownBy(() -> ModelRepository.look(folder.resolve("missing"))).isInstanceOf(NotDirectoryException.class)
        .hasMessageContaining("is no folder of models");
  }

  @Test
  void modelsFitALaneByChannelsImagesAndClassesAlone() throws Exception {
    ModelCard card = LinearModel.card(PixelType.UINT8);
    ModelCard retrained = new ModelCard("other", "8", "ff", card.channels(), card.classes(), card.hitClass(), card.pixelType(), card.height(), card.width(),
        List.of(1.0, 1.0, 1.0), card.means(), card.standardDeviations(), Map.of());
    assertThat(card.differences(retrained)).isEmpty();
    ModelCard another = new ModelCard("linear", "8", "ff", card.channels().reversed(), card.classes(), "odd", PixelType.UINT16, 5, 6,
        card.weights(), card.means(), card.standardDeviations(), Map.of());
    assertThat(card.differences(another)).containsExactly(
        "channels [Actin, ER, DNA] instead of [DNA, ER, Actin]", "pixel type UINT16 instead of UINT8", "image height 5 instead of 4",
        "hit class odd instead of hit");
  }
}
