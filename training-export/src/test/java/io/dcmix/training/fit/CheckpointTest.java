package io.dcmix.training.fit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dcmix.core.cli.CliException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointTest {
  @TempDir Path folder;

  private static final Checkpoint SAVED = new Checkpoint("as it was",
      List.of(new Epoch(1, 0.7, 0.5, Double.NaN, Double.NaN, new float[] {1, 2}, 0.1), new Epoch(2, 0.6, 0.75, 0.5, 1, null, 0.2)),
      Map.of("theta", new float[] {0.5f, Float.MIN_VALUE}), 50, Map.of("mean:theta", new float[] {1, 2}), 0.5, Map.of());

  @Test
  void comesBackAsItWas() throws Exception {
    Path file = folder.resolve("run.checkpoint");
    SAVED.write(file);
    Checkpoint read = Checkpoint.read(file, "as it was");
    assertThat(read).usingRecursiveComparison().withComparatorForType(Double::compare, Double.class).withComparatorForType(Float::compare, Float.class).isEqualTo(SAVED);
    assertThat(folder).isDirectoryNotContaining(p -> !p.equals(file));
  }

  @Test
  void aFileThatIsCutShortOrOfAnotherFitIsRefusedByName() throws Exception {
    Path file = folder.resolve("run.checkpoint");
    SAVED.write(file);
    assertThatThrownBy(() -> Checkpoint.read(file, "otherwise"))
        .isInstanceOf(CliException.class).hasMessageContaining("other options or data").hasMessageContaining(file.toString());
    byte[] whole = Files.readAllBytes(file);
    for (int length = 0; length < whole.length; length++) {
      Path cut = folder.resolve("cut.checkpoint");
      Files.write(cut, Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> Checkpoint.read(cut, "as it was"))
          .isInstanceOf(CliException.class).hasMessageContaining("no whole checkpoint");
    }
  }
}
