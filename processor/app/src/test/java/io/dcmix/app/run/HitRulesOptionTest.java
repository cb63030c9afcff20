package io.dcmix.app.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dcmix.core.cli.CliException;
import io.dcmix.core.screening.HitRules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HitRulesOptionTest {
  @TempDir Path folder;

  @Test
  void shouldTakeAPresetByItsName() {
    assertThat(Options.hitRules("npi-50")).isEqualTo(HitRules.NPI_50);
    assertThat(Options.hitRules("controls")).isEqualTo(HitRules.CONTROLS);
  }

  @Test
  void shouldReadAFileThatChangesAPreset() throws IOException {
    Path file = Files.writeString(folder.resolve("kinase.rules"), "preset = controls\nthreshold = 4\nversion = 2\n");
    HitRules rules = Options.hitRules(file.toString());
    assertThat(rules.threshold()).isEqualTo(4);
    assertThat(rules.version()).isEqualTo("2");
    assertThat(rules.method()).isEqualTo(HitRules.CONTROLS.method());
  }

  @Test
  void shouldNameEveryMistakeOfAFileWithItsLine() throws IOException {
    Path file = Files.writeString(folder.resolve("kinase.rules"), "preset = kontrols\nthreshold = high\n");
    assertThatThrownBy(() -> Options.hitRules(file.toString())).isInstanceOf(CliException.class)
        .hasMessageContaining("--hit-rules").hasMessageContaining("kontrols").hasMessageContaining("high").hasMessageContaining("line 2");
  }

  @Test
  void shouldListThePresetsWhenThereIsNoSuchFile() {
    assertThatThrownBy(() -> Options.hitRules("strict")).isInstanceOf(CliException.class).hasMessageContaining("strict").hasMessageContaining("b-score");
  }
}
