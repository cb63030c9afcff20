package io.dcmix.core.model;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Where a model may run. Its text is what {@link #parse} reads. */
public sealed interface DevicePolicy {
  /** CUDA device 0 where it works, else the CPU with one line that says why. */
  DevicePolicy AUTO = new Auto();

  /** The CPU, whatever else is there. */
  DevicePolicy CPU = new Cpu();

  /** CUDA device 0 or no start. */
  DevicePolicy CUDA = new Cuda(List.of(0));

  /** See {@link #AUTO}. */
  record Auto() implements DevicePolicy {
    @Override
    public String toString() {
      return "auto";
    }
  }

  /** See {@link #CPU}. */
  record Cpu() implements DevicePolicy {
    @Override
    public String toString() {
      return "cpu";
    }
  }

  /**
   * These CUDA devices, all of them, or no start.
   *
   * @param devices ids as CUDA counts them, 0-based, each once, 1 to {@value #MAX_DEVICES} of them
   */
  record Cuda(List<Integer> devices) implements DevicePolicy {
    private static final int MAX_DEVICES = 16;

    public Cuda {
      devices = List.copyOf(devices);
      if (devices.isEmpty() || devices.size() > MAX_DEVICES || new HashSet<>(devices).size() < devices.size()
          || devices.stream().anyMatch(id -> id < 0)) {
        throw new IllegalArgumentException(
            "CUDA devices must be 1 to %d different numbers from 0 on, not %s".formatted(MAX_DEVICES, devices));
      }
    }

    @Override
    public String toString() {
      return "cuda:" + devices.stream().map(String::valueOf).collect(Collectors.joining(","));
    }
  }

  /**
   * Reads {@code auto}, {@code cpu}, {@code cuda} (device 0) or {@code cuda:0,1}, in any case.
   *
   * @throws IllegalArgumentException for anything else; the message lists what is allowed
   */
  static DevicePolicy parse(String text) {
    String device = text.strip().toLowerCase(Locale.ROOT);
    return switch (device) {
      case "auto" -> AUTO;
      case "cpu" -> CPU;
      case "cuda" -> CUDA;
      default -> {
        Matcher listed = Listed.CUDA.matcher(device);
        if (!listed.matches()) {
          throw new IllegalArgumentException("Device '" + text + "' must be auto, cpu, cuda, or cuda with numbers such as cuda:0,1");
        }
        List<Integer> ids = new ArrayList<>();
        for (String id : listed.group(1).split(",", -1)) {
          ids.add(Integer.valueOf(id));
        }
        yield new Cuda(ids);
      }
    };
  }

  /** The spelling of several devices; in a class of its own, since an interface has no private constants. */
  final class Listed {
    private static final Pattern CUDA = Pattern.compile("cuda:(\\d{1,3}(?:,\\d{1,3})*)");

    private Listed() {}
  }
}
