package io.dcmix.streams;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SequencedMap;
import org.apache.kafka.streams.KafkaStreams;
import org.jspecify.annotations.Nullable;

/**
 * Whether an instance does its work, part by part.
 *
 * @param parts all of them, ready or not
 */
public record Readiness(List<Part> parts) {
  public Readiness {
    parts = List.copyOf(parts);
  }

  /**
   * One part.
   *
   * @param detail how it stands, for people
   */
  public record Part(String name, boolean ready, String detail) {}

  /** The parts of several lanes, each named after its lane; of one lane alone as they are. */
  public static Readiness of(SequencedMap<String, Readiness> lanes) {
    if (lanes.size() == 1) {
      return lanes.firstEntry().getValue();
    }
    List<Part> parts = new ArrayList<>();
    lanes.forEach((lane, readiness) ->
        readiness.parts().forEach(part -> parts.add(new Part(lane + ": " + part.name(), part.ready(), part.detail()))));
    return new Readiness(parts);
  }

  /** Whether every part is ready. */
  public boolean ready() {
    return parts.stream().allMatch(Part::ready);
  }

  /**
   * Judges an instance.
   *
   * @param tasks active tasks that it holds
   * @param running how long the streams have been RUNNING
   * @param settle without tasks, an instance that ran so long is one that the others left none for: RUNNING alone may come
   *     before the first assignment
   * @param model what runs where; it is loaded and warm before the streams start
   * @param ended why the streams stopped; null while they live
   * @param sickness what the scorer says of a device that fails; null if it is well
   */
  static Readiness of(
      KafkaStreams.State state, int tasks, Duration running, Duration settle, String model, @Nullable String ended, @Nullable String sickness) {
    boolean runs = state == KafkaStreams.State.RUNNING && ended == null;
    Part ofTasks;
    if (tasks > 0) {
      ofTasks = new Part("tasks", runs, tasks + " tasks");
    } else if (runs && running.compareTo(settle) >= 0) {
      ofTasks = new Part("tasks", true, "no tasks: other instances hold them all");
    } else {
      ofTasks = new Part("tasks", false, "no tasks assigned yet");
    }
    return new Readiness(List.of(
        new Part("streams", runs, ended == null ? state.name() : "stopped: " + ended),
        ofTasks,
        new Part("model", true, model),
        new Part("scorer", sickness == null, sickness == null ? "well" : sickness)));
  }
}
