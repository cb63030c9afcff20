package io.dcmix.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a process has used, from the operating system. Memory is known on Linux only.
 *
 * @param process the process
 */
record ProcessMeter(ProcessHandle process) {
  /** CPU time since its start, user and system, all threads; in steps of 10 ms on Linux. */
  double cpuSeconds() {
    return process.info().totalCpuDuration().orElse(Duration.ZERO).toNanos() / 1e9;
  }

  /** Resident memory now; null where it is not known. */
  @Nullable Double residentMiB() {
    return status("VmRSS");
  }

  /** Largest resident memory since its start; null where it is not known. */
  @Nullable Double peakMiB() {
    return status("VmHWM");
  }

  private @Nullable Double status(String field) {
    try {
      Matcher m = Pattern.compile("(?m)^" + field + ":\\s*(\\d+) kB$")
          .matcher(Files.readString(Path.of("/proc", Long.toString(process.pid()), "status")));
      return m.find() ? Long.parseLong(m.group(1)) / 1024.0 : null;
    } catch (IOException e) {
      return null;
    }
  }
}
