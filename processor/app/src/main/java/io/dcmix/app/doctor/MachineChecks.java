package io.dcmix.app.doctor;

import io.dcmix.app.Amount;
import com.sun.management.OperatingSystemMXBean;
import io.dcmix.core.model.RuntimeLibrary;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.rocksdb.RocksDB;

/** Java, memory, cores, and the native code that comes with the jars. */
final class MachineChecks {
  private static final String MACHINE = "Machine";
  private static final String NATIVES = "Native libraries";

  /** Less heap than this holds no plate's worth of state and no broker clients beside it. */
  private static final long SMALL_HEAP = 512L << 20;

  private MachineChecks() {}

  static List<Finding> run() {
    List<Finding> findings = new ArrayList<>();
    findings.add(Finding.ok(MACHINE, "Java", Runtime.version() + " of " + System.getProperty("java.vendor")
        + " in " + System.getProperty("java.home")));
    findings.add(memory());
    findings.add(cores(Runtime.getRuntime().availableProcessors()));
    findings.add(onnxRuntime());
    findings.add(rocksDb());
    return findings;
  }

  private static Finding memory() {
    long heap = Runtime.getRuntime().maxMemory();
    String detail = "heap up to " + Amount.text(heap);
    if (ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system) {
      detail = Amount.text(system.getTotalMemorySize()) + ", of which " + Amount.text(system.getFreeMemorySize()) + " are free; " + detail;
    }
    return heap < SMALL_HEAP
        ? Finding.warning(MACHINE, "memory", detail, "Give the process more memory, or the heap more of it with DCMIX_JAVA_OPTS=-Xmx1g")
        : Finding.ok(MACHINE, "memory", detail);
  }

  static Finding cores(int cores) {
    return cores < 2
        ? Finding.warning(MACHINE, "cores", "1", "Decoding and scoring share it with the streams; give the process 2 or more")
        : Finding.ok(MACHINE, "cores", Integer.toString(cores));
  }

  private static Finding onnxRuntime() {
    try {
      RuntimeLibrary library = RuntimeLibrary.load();
      return Finding.ok(NATIVES, "ONNX Runtime", library.version() + (library.offersCuda() ? ", with its CUDA provider" : ", for the CPU alone"));
    } catch (RuntimeException | LinkageError e) {
      return unloadable("ONNX Runtime", e);
    }
  }

  private static Finding rocksDb() {
    try {
      RocksDB.loadLibrary();
      return Finding.ok(NATIVES, "RocksDB", RocksDB.rocksdbVersion().toString());
    } catch (RuntimeException | LinkageError e) {
      return unloadable("RocksDB", e);
    }
  }

  private static Finding unloadable(String name, Throwable e) {
    return Finding.failed(NATIVES, name, "does not load: " + e,
        "Use Linux with glibc on x86-64 or arm64, or macOS on arm64, and a temporary folder from which code may run");
  }
}
