package io.dcmix.app.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dcmix.core.cli.CliException;
import io.dcmix.core.model.CudaOptions;
import io.dcmix.core.model.DevicePolicy;
import java.util.List;
import org.junit.jupiter.api.Test;
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
    assertThat(parse().runtime(CudaOptions.DEFAULT.slabBytes()).cuda()).isEqualTo(CudaOptions.DEFAULT);
  }

  @Test
  void nameDevicesMemoryAndRounding() {
    DeviceOptions options = parse("--device", "cuda:0,1", "--gpu-memory", "6GiB", "--tf32");
    assertThat(options.policy()).isEqualTo(new DevicePolicy.Cuda(List.of(0, 1)));
    assertThat(options.runtime(1 << 20).cuda()).isEqualTo(CudaOptions.DEFAULT.withTf32(true).withMemoryLimitBytes(6_442_450_944L).withSlabBytes(1_048_576));
  }

  @Test
  void nameTheOptionWhoseValueIsWrong() {
    assertThatThrownBy(() -> parse("--device", "tpu").policy()).isInstanceOf(CliException.class).hasMessageContaining("--device: Device 'tpu'");
    assertThatThrownBy(() -> parse("--gpu-memory", "much")).isInstanceOf(ParameterException.class).hasMessageContainingAll("--gpu-memory", "much");
  }
}
