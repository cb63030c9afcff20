package io.dcmix.app.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dcmix.core.cli.CliException;
import io.dcmix.core.model.CudaOptions;
import io.dcmix.core.model.DevicePolicy;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;

class DeviceOptionsTest {
  @Command
  static final class Nothing {}

  private static DeviceOptions parse(String... args) {
    DeviceOptions options = new DeviceOptions();
    new CommandLine(new Nothing()).addMixin("device", options).parseArgs(args);
    return options;
  }

  @Test
  void areAutomaticAndExactByDefault() {
    assertThat(parse().policy()).isEqualTo(DevicePolicy.AUTO);
    assertThat(parse().runtime().cuda()).isEqualTo(CudaOptions.DEFAULT);
  }

  @Test
  void nameDevicesMemoryAndRounding() {
    DeviceOptions options = parse("--device", "cuda:0,1", "--gpu-memory", "6g", "--tf32");
    assertThat(options.policy()).isEqualTo(new DevicePolicy.Cuda(List.of(0, 1)));
    assertThat(options.runtime().cuda()).isEqualTo(CudaOptions.DEFAULT.withTf32(true).withMemoryLimitBytes(6_442_450_944L));
  }

  @Test
  void nameTheOptionWhoseValueIsWrong() {
    assertThatThrownBy(() -> parse("--device", "tpu").policy()).isInstanceOf(CliException.class).hasMessageContaining("--device: Device 'tpu'");
    assertThatThrownBy(() -> parse("--gpu-memory", "much")).isInstanceOf(ParameterException.class).hasMessageContaining("'much' is no size such as 512m or 4g");
  }

  @ParameterizedTest
  @CsvSource({"512m,536870912", "4g,4294967296", "1 K,1024", "2GiB,2147483648", "3MB,3145728"})
  void readSizes(String text, long bytes) {
    assertThat(new ByteSizes().convert(text)).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "4", "g", "-1g", "0g", "4t", "4.5g", "9999999999g"})
  void refuseWhatIsNoSize(String text) {
    assertThatThrownBy(() -> new ByteSizes().convert(text)).hasMessageContaining("'" + text + "'");
  }
}
