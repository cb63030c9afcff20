package io.dcmix.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedThread;
import jdk.jfr.consumer.RecordingFile;

/** What the stream threads of a processor allocate on the heap, by a flight recording that holds nothing else. */
final class Allocations {
  private static final String EVENT = "jdk.ThreadAllocationStatistics";

  private Allocations() {}

  /** Options of a JVM that writes such a recording when it ends. */
  static List<String> jvmOptions(Path file) {
    return List.of("-XX:StartFlightRecording:settings=none,dumponexit=true,filename=" + file
        + ",+" + EVENT + "#enabled=true,+" + EVENT + "#period=1s");
  }

  /** Bytes that all stream threads together allocated after a moment, by events that come once a second. */
  static long ofStreamThreads(Path file, Instant after) throws IOException {
    Map<Long, Long> before = new HashMap<>();
    Map<Long, Long> last = new HashMap<>();
    try (RecordingFile recording = new RecordingFile(file)) {
      while (recording.hasMoreEvents()) {
        RecordedEvent event = recording.readEvent();
        if (event.getEventType().getName().equals(EVENT)) {
          RecordedThread thread = event.getThread("thread");
          if (thread != null && String.valueOf(thread.getJavaName()).contains("StreamThread-")) {
            (event.getStartTime().isAfter(after) ? last : before).merge(thread.getId(), event.getLong("allocated"), Math::max);
          }
        }
      }
    }
    return last.entrySet().stream().mapToLong(thread -> thread.getValue() - before.getOrDefault(thread.getKey(), 0L)).sum();
  }
}
