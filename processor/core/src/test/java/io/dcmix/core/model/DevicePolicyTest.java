package io.dcmix.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class DevicePolicyTest {
  @Test
  void readsItsOwnNamesInAnyCase() {
    for (DevicePolicy policy : DevicePolicy.values()) {
      assertThat(DevicePolicy.parse(policy.toString())).isEqualTo(policy);
      assertThat(DevicePolicy.parse(policy.name())).isEqualTo(policy);
    }
  }

  @Test
  void saysWhatIsAllowed() {
    assertThatThrownBy(() -> DevicePolicy.parse("gpu")).hasMessage("Device 'gpu' must be auto, cpu or cuda");
  }

  @Test
  void cudaIsExactAndDeterministicUnlessToldOtherwise() {
    assertThat(CudaOptions.DEFAULT.deterministic()).isTrue();
    assertThat(CudaOptions.DEFAULT.providerOptions())
        .containsEntry("use_tf32", "0")
        .containsEntry("cudnn_conv_algo_search", "HEURISTIC")
        .containsEntry("arena_extend_strategy", "kSameAsRequested")
        .containsEntry("gpu_mem_limit", "4294967296");
  }
}
