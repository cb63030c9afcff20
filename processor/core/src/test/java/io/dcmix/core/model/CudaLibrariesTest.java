package io.dcmix.core.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.dcmix.core.model.CudaLibraries.Library;
import io.dcmix.core.model.CudaLibraries.Places;
import io.dcmix.core.model.CudaLibraries.State;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CudaLibrariesTest {
  private static final String[] TOOLKIT =
      {"libcudart.so.12", "libcublas.so.12", "libcublasLt.so.12", "libcufft.so.11", "libcurand.so.10"};

  @TempDir Path loader;
  @TempDir Path usual;

  @Test
  void namesEachLibraryThatIsMissing() throws IOException {
    touch(loader, TOOLKIT);
    touch(loader, "libcuda.so.1", "libcudnn.so.8", "libcudnn.so");
    CudaLibraries found = look(Map.of());
    assertThat(found.all()).filteredOn(l -> l.state() == State.MISSING).extracting(Library::name, Library::where)
        .containsExactly(org.assertj.core.groups.Tuple.tuple("libcudnn.so.9", null));
    assertThat(found.driver()).isTrue();
    assertThat(found.remedy("")).startsWith("Missing: libcudnn.so.9 (cuDNN 9 for CUDA 12). Install").endsWith("or use device cpu");
  }

  @Test
  void tellsALibraryThatLiesWhereTheLoaderDoesNotLook() throws IOException {
    touch(loader, "libcuda.so.1", "libcudnn.so.9");
    touch(usual, TOOLKIT);
    CudaLibraries found = look(Map.of());
    assertThat(found.all()).filteredOn(l -> l.state() == State.OFF_PATH).extracting(Library::name).containsExactly(TOOLKIT);
    assertThat(found.remedy("libcublas.so.12: cannot open shared object file: No such file or directory"))
        .doesNotContain("Missing").contains("libcublas.so.12", "LD_LIBRARY_PATH " + usual + ";");
  }

  @Test
  void believesTheLoadersCache() throws IOException {
    touch(loader, TOOLKIT);
    Path cache = Files.writeString(usual.resolve("ld.so.cache"),
        "glibc-ld.so.cache1.1\1\2\3libcuda.so.1\0/usr/lib/x/libcuda.so.1\0libz.so.1\0/usr/lib/x/libz.so.1\0/usr/lib/x/libcudnn.so.9\0",
        StandardCharsets.ISO_8859_1);
    Map<String, Path> cached = CudaLibraries.cached(cache);
    assertThat(cached).containsOnlyKeys("libcuda.so.1", "libcudnn.so.9").containsEntry("libcudnn.so.9", Path.of("/usr/lib/x/libcudnn.so.9"));
    CudaLibraries found = look(cached);
    assertThat(found.all()).allSatisfy(l -> assertThat(l.state()).isEqualTo(State.FOUND));
    assertThat(found.remedy("CUDA failure 100: no CUDA-capable device is detected")).contains("nvidia-smi").doesNotContain("Missing");
    assertThat(CudaLibraries.cached(usual.resolve("none"))).isEmpty();
  }

  @Test
  void takesFromTheRuntimesMessageWhatItDidNotLookFor() throws IOException {
    touch(loader, TOOLKIT);
    touch(loader, "libcuda.so.1", "libcudnn.so.9");
    assertThat(look(Map.of()).remedy(
        "Failed to load libonnxruntime_providers_cuda.so with error: libnvrtc.so.12: cannot open shared object file: No such file"))
        .startsWith("Missing: libnvrtc.so.12 (CUDA 12). Install");
  }

  @Test
  void looksOnThisMachineWithoutFailing() {
    assertThat(CudaLibraries.look().all()).hasSize(7).allSatisfy(l -> assertThat(l.where() == null).isEqualTo(l.state() == State.MISSING));
  }

  private CudaLibraries look(Map<String, Path> cached) {
    return CudaLibraries.look(new Places(List.of(loader), cached, List.of(usual)));
  }

  private static void touch(Path folder, String... names) throws IOException {
    for (String name : names) {
      Files.createFile(folder.resolve(name));
    }
  }
}
