package io.dcmix.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtException;
import io.dcmix.core.model.CudaLibraries.Places;
import io.dcmix.core.model.Devices.Machine;
import io.dcmix.core.model.Devices.Starter;
import io.dcmix.schema.event.PixelType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rules of the device policy; GPUs are played by sessions on the CPU, and broken ones by ONNX Runtime's own exception. */
class DevicesTest {
  @TempDir Path folder;
  @TempDir Path libraries;
  private final List<DcmixModel> started = new ArrayList<>();
  private final List<Integer> asked = new ArrayList<>();
  private Path file;

  @BeforeEach
  void write() {
    file = LinearModel.write(folder, PixelType.UINT8);
  }

  @Test
  void autoRunsOnTheCpuInThisBuildAndCudaFailsWithTheRemedy() throws Exception {
    try (Devices devices = Devices.load(file, DevicePolicy.AUTO, RuntimeOptions.DEFAULT)) {
      assertThat(devices.names()).isEqualTo("cpu");
      assertThat(devices.models()).hasSize(1);
      assertThat(devices.card().name()).isEqualTo("linear");
      assertThat(devices.reproducible()).isTrue();
    }
    assertThatThrownBy(() -> Devices.load(file, DevicePolicy.CUDA, RuntimeOptions.DEFAULT))
        .isInstanceOf(DeviceUnavailableException.class)
        .hasMessageContainingAll("this build has no CUDA provider", "DCMIX_PROFILE=gpu", "device cpu");
  }

  @Test
  void opensOneSessionForEachDevice() throws Exception {
    try (Devices devices = load("cuda:2,0", true, this::onCpu)) {
      assertThat(asked).containsExactly(2, 0);
      assertThat(devices.models()).hasSize(2).doesNotHaveDuplicates();
      assertThat(devices.models()).extracting(m -> m.card().sha256()).containsOnly(devices.card().sha256());
      assertThat(devices.fallback()).isNull();
    }
    assertClosed();
  }

  @Test
  void cudaFailsTheStartNamesTheDeviceAndTheLibraryAndLeavesNothingOpen() {
    assertThatThrownBy(() -> load("cuda:0,1", true, (f, bytes, options, device) -> {
      if (device != null && device == 1) {
        throw new OrtException("Failed to load provider:\n  libcudnn.so.9: cannot open shared object file: No such file or directory");
      }
      return onCpu(f, bytes, options, device);
    }))
        .isInstanceOf(DeviceUnavailableException.class)
        .hasMessageContainingAll("cuda:1 does not work", "libcudnn.so.9 (cuDNN 9 for CUDA 12)", "or use device cpu")
        .hasMessageNotContaining("\n");
    assertThat(started).hasSize(1);
    assertClosed();
  }

  @Test
  void autoFallsBackToTheCpuAndSaysWhy() throws Exception {
    try (Devices devices = load("auto", true, this::brokenGpu)) {
      assertThat(devices.names()).isEqualTo("cpu");
      assertThat(asked).containsExactly(0, null);
      assertThat(devices.fallback()).contains("cuda:0 does not work", "no CUDA-capable device");
    }
  }

  @Test
  void autoOnABuildWithoutCudaIsAFallbackOnlyWhereThereIsADriver() throws Exception {
    try (Devices devices = load("auto", false, this::onCpu)) {
      assertThat(devices.fallback()).isNull();
    }
    Files.createFile(libraries.resolve("libcuda.so.1"));
    try (Devices devices = load("auto", false, this::onCpu)) {
      assertThat(devices.fallback()).contains("NVIDIA driver", "DCMIX_PROFILE=gpu");
      assertThat(devices.names()).isEqualTo("cpu");
    }
  }

  @Test
  void autoUsesTheGpuThatWorksAndCpuNeverAsksForOne() throws Exception {
    try (Devices _ = load("auto", true, this::onCpu); Devices _ = load("cpu", true, this::onCpu)) {
      assertThat(asked).containsExactly(0, null);
    }
  }

  @Test
  void aBrokenModelIsNoFaultOfTheDevice() throws IOException {
    Files.writeString(file, "not a model");
    for (String policy : List.of("cpu", "cuda:0", "auto")) {
      assertThatThrownBy(() -> load(policy, true, this::onCpu)).as(policy)
          .isInstanceOf(ModelContractException.class).hasMessageContaining("protobuf");
    }
    assertThat(asked).as("auto does not try again on the CPU").hasSize(3);
  }

  @Test
  void oneModelIsNotLoadedOnSeveralDevices() {
    assertThatThrownBy(() -> DcmixModel.load(file, DevicePolicy.parse("cuda:0,1")))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("cuda:0,1");
  }

  private Devices load(String policy, boolean offersCuda, Starter starter) throws ModelContractException, IOException {
    Places places = new Places(List.of(libraries), Map.of(), List.of());
    return Devices.load(file, DevicePolicy.parse(policy), RuntimeOptions.DEFAULT, new Machine(offersCuda, () -> CudaLibraries.look(places), starter));
  }

  private DcmixModel onCpu(Path f, byte[] bytes, RuntimeOptions options, Integer device) throws OrtException, ModelContractException {
    asked.add(device);
    DcmixModel model = DcmixModel.start(f, bytes, options, null);
    started.add(model);
    return model;
  }

  private DcmixModel brokenGpu(Path f, byte[] bytes, RuntimeOptions options, Integer device) throws OrtException, ModelContractException {
    if (device != null) {
      asked.add(device);
      throw new OrtException("CUDA failure 100: no CUDA-capable device is detected");
    }
    return onCpu(f, bytes, options, null);
  }

  private void assertClosed() {
    ByteBuffer site = ByteBuffer.allocateDirect(LinearModel.card(PixelType.UINT8).siteBytes());
    assertThat(started).allSatisfy(m -> assertThatThrownBy(() -> m.score(site, false)).hasMessage("Model linear is closed"));
  }
}
