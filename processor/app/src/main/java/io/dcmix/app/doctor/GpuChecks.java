package io.dcmix.app.doctor;

import io.dcmix.app.doctor.Finding.Level;
import io.dcmix.core.model.CudaLibraries;
import io.dcmix.core.model.CudaLibraries.Library;
import io.dcmix.core.model.DevicePolicy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The NVIDIA driver and the CUDA libraries. */
final class GpuChecks {
  private static final String GPU = "GPU";
  private static final Path DRIVER = Path.of("/proc/driver/nvidia/version");
  private static final int SMI_SECONDS = 10;

  private GpuChecks() {}

  /**
   * Looks.
   *
   * @param cudaBuild whether this build could use a GPU
   */
  static List<Finding> run(DevicePolicy policy, boolean cudaBuild) {
    return judge(policy, cudaBuild, driverVersion(), smi(), CudaLibraries.look().all());
  }

  /**
   * Judges what was found.
   *
   * @param driver what the kernel says of the driver; null without one
   * @param gpus what nvidia-smi lists; null without it
   */
  static List<Finding> judge(
      DevicePolicy policy, boolean cudaBuild, @Nullable String driver, @Nullable List<String> gpus, List<Library> libraries) {
    boolean demanded = policy instanceof DevicePolicy.Cuda;
    boolean there = driver != null || gpus != null;
    // What is missing is a fault where a GPU is demanded, worth a warning where there is one, and normal elsewhere.
    Level missing = demanded ? Level.FAILED : there && !policy.equals(DevicePolicy.CPU) ? Level.WARNING : Level.OK;
    List<Finding> findings = new ArrayList<>();
    if (gpus != null) {
      gpus.forEach(gpu -> findings.add(Finding.ok(GPU, "device", gpu)));
    }
    if (driver != null) {
      findings.add(Finding.ok(GPU, "NVIDIA driver", driver));
    } else if (gpus == null) {
      findings.add(new Finding(GPU, "NVIDIA driver", missing, "none on this machine; the model runs on the CPU",
          missing == Level.OK ? null : "Install NVIDIA's driver, start the container with its GPUs, or use --device cpu"));
    }
    if ((there || demanded) && !cudaBuild) {
      findings.add(new Finding(GPU, "build", missing, "this build runs on the CPU alone",
          missing == Level.OK ? null : "Build with DCMIX_PROFILE=gpu ./dcmix"));
    }
    for (Library library : libraries) {
      findings.add(finding(library, missing));
    }
    return findings;
  }

  private static Finding finding(Library library, Level missing) {
    return switch (library.state()) {
      case FOUND -> Finding.ok(GPU, library.name(), String.valueOf(library.where()));
      case OFF_PATH -> new Finding(GPU, library.name(), missing, library.where() + ", where the loader does not look",
          missing == Level.OK ? null : "Add its folder to LD_LIBRARY_PATH");
      case MISSING -> new Finding(GPU, library.name(), missing, missing == Level.OK ? "missing, which only matters with a GPU" : "missing",
          missing == Level.OK ? null : "Install " + library.partOf());
    };
  }

  private static @Nullable String driverVersion() {
    try {
      return Files.readString(DRIVER).lines().findFirst().orElse(null);
    } catch (IOException e) {
      return null; // No such file: no driver.
    }
  }

  /** One line a GPU; null where nvidia-smi is not installed or fails. */
  private static @Nullable List<String> smi() {
    Process process;
    try {
      process = new ProcessBuilder("nvidia-smi", "--query-gpu=index,name,memory.total,driver_version", "--format=csv,noheader")
          .redirectErrorStream(true).start();
    } catch (IOException e) {
      return null; // Not installed.
    }
    try {
      process.getOutputStream().close();
      if (!process.waitFor(SMI_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
        return null;
      }
      String text = new String(process.getInputStream().readNBytes(1 << 16), StandardCharsets.UTF_8);
      return text.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
    } catch (IOException e) {
      return null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    } finally {
      process.destroyForcibly();
    }
  }
}
