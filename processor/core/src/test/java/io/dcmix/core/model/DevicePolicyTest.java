package io.dcmix.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dcmix.core.model.CudaOptions.ConvolutionSearch;
import io.dcmix.core.model.DevicePolicy.Cuda;
import io.dcmix.schema.event.PixelType;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DevicePolicyTest {
  /** The keys that ONNX Runtime's CUDA provider was seen to accept; any other fails the start. */
  private static final Set<String> ACCEPTED = Set.of(
      "device_id", "gpu_mem_limit", "arena_extend_strategy", "cudnn_conv_algo_search", "do_copy_in_default_stream",
      "cudnn_conv_use_max_workspace", "enable_cuda_graph", "use_tf32", "tunable_op_enable", "prefer_nhwc",
      "use_ep_level_unified_stream", "user_compute_stream");

  @Test
  void readsItsOwnNamesInAnyCase() {
    for (DevicePolicy policy : List.of(DevicePolicy.AUTO, DevicePolicy.CPU, DevicePolicy.CUDA, new Cuda(List.of(3, 0, 1)))) {
      assertThat(DevicePolicy.parse(policy.toString())).isEqualTo(policy);
      assertThat(DevicePolicy.parse(" " + policy.toString().toUpperCase(Locale.ROOT))).isEqualTo(policy);
    }
    assertThat(DevicePolicy.parse("cuda")).isEqualTo(new Cuda(List.of(0)));
    assertThat(DevicePolicy.parse("cuda:2,0").toString()).isEqualTo("cuda:2,0");
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpu", "", "cuda:", "cuda:a", "cuda:0,", "cuda:-1", "cuda:0 1", "cpu:0", "cuda:1234"})
  void saysWhatIsAllowed(String text) {
    assertThatThrownBy(() -> DevicePolicy.parse(text))
        .hasMessage("Device '" + text + "' must be auto, cpu, cuda, or cuda with numbers such as cuda:0,1");
  }

  @Test
  void takesNoDeviceTwiceAndNotMoreThanAMachineHas() {
    assertThatThrownBy(() -> DevicePolicy.parse("cuda:0,0")).hasMessageContaining("different numbers").hasMessageContaining("[0, 0]");
    assertThatThrownBy(() -> DevicePolicy.parse("cuda:0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16")).hasMessageContaining("1 to 16");
  }

  @Test
  void cudaIsExactAndDeterministicUnlessToldOtherwise() {
    assertThat(CudaOptions.DEFAULT.deterministic()).isTrue();
    assertThat(CudaOptions.DEFAULT.reproducible()).isTrue();
    assertThat(CudaOptions.DEFAULT.providerOptions())
        .containsEntry("use_tf32", "0")
        .containsEntry("cudnn_conv_algo_search", "HEURISTIC")
        .containsEntry("arena_extend_strategy", "kSameAsRequested")
        .containsEntry("gpu_mem_limit", "4294967296");
    assertThat(CudaOptions.DEFAULT.withTf32(true).withMemoryLimitBytes(1L << 30).providerOptions())
        .containsEntry("use_tf32", "1").containsEntry("gpu_mem_limit", "1073741824");
    assertThat(ACCEPTED).containsAll(CudaOptions.DEFAULT.providerOptions().keySet());
  }

  @Test
  void whatRoundsOrTimesIsNotReproducible() {
    CudaOptions d = CudaOptions.DEFAULT;
    assertThat(d.withTf32(true).reproducible()).isFalse();
    assertThat(new CudaOptions(1, 1, d.arena(), ConvolutionSearch.EXHAUSTIVE, false, true).reproducible()).isFalse();
    assertThat(new CudaOptions(1, 1, d.arena(), d.convolutionSearch(), false, false).reproducible()).isFalse();
  }

  @Test
  void aSlabHoldsAsManySitesAsItsBudgetAndALargeSiteRunsAlone() {
    ModelCard small = LinearModel.card(PixelType.UINT8); // 3 × 4 × 6 bytes = 72
    assertThat(CudaOptions.slabSites(small, 72 * 5 + 71)).isEqualTo(5);
    assertThat(CudaOptions.slabSites(small, 71)).isEqualTo(1);
    assertThat(CudaOptions.slabSites(small, 1L << 40)).isEqualTo(64);
    assertThat(RuntimeOptions.DEFAULT.slabSites(small, false)).as("on the CPU").isEqualTo(1);
    assertThat(RuntimeOptions.DEFAULT.withCuda(CudaOptions.DEFAULT.withSlabBytes(144)).slabSites(small, true)).isEqualTo(2);
    assertThat(RuntimeOptions.DEFAULT.withSlabSites(7).slabSites(small, true)).isEqualTo(7);
  }
}
