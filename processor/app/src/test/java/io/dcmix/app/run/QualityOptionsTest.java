package io.dcmix.app.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dcmix.core.cli.CliException;
import io.dcmix.core.quality.QualityPolicy;
import io.dcmix.core.quality.QualityPolicy.Action;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;

class QualityOptionsTest {
  @Command
  static final class Nothing {}

  private static QualityOptions parse(String... args) {
    QualityOptions options = new QualityOptions();
    new CommandLine(new Nothing()).addMixin("quality", options).parseArgs(args);
    return options;
  }

  @Test
  void areTheDefaultPolicyUnlessToldOtherwise() {
    assertThat(parse().policy()).isEqualTo(QualityPolicy.DEFAULT);
  }

  @Test
  void sayWhatIsBadAndWhatIsDoneAboutIt() {
    QualityPolicy policy = parse("--quality", "blank=flag,saturated=refuse", "--blank-above", "50%", "--saturated-above", "0.5 %",
        "--no-cells-below", "0%", "--blurred-below", "DNA=0.02", "--blurred-below", "GFP=0.01", "--bit-depth", "12").policy();
    assertThat(policy).isEqualTo(
        new QualityPolicy(Action.FLAG, Action.REFUSE, Action.REFUSE, 0.5, 0.005, 0, Map.of("DNA", 0.02, "GFP", 0.01), 12));
  }

  @Test
  void nameTheOptionWhoseValueIsWrong() {
    assertThatThrownBy(() -> parse("--quality", "dark=flag").policy()).isInstanceOf(CliException.class).hasMessageContainingAll("--quality", "dark=flag");
    assertThatThrownBy(() -> parse("--saturated-above", "0.01")).isInstanceOf(ParameterException.class)
        .hasMessageContainingAll("--saturated-above", "'0.01' is no share such as 1%");
    assertThatThrownBy(() -> parse("--blank-above", "101%")).isInstanceOf(ParameterException.class).hasMessageContaining("0% to 100%");
    assertThatThrownBy(() -> parse("--bit-depth", "32").policy()).isInstanceOf(CliException.class).hasMessageContaining("9 to 16, not 32");
  }
}
