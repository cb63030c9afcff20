package io.dcmix.core.scoring;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/** What ended and waits for its task to take it. Thread-safe: anybody posts; each task's own thread drains. */
final class Outcomes {
  private final Map<Owner, Queue<SiteOutcome>> queues = new ConcurrentHashMap<>();

  private record Owner(String task, long generation) {}

  /** From now on what is posted for this task is kept for it. */
  void open(SiteId site) {
    queues.computeIfAbsent(new Owner(site.task(), site.generation()), owner -> new ConcurrentLinkedQueue<>());
  }

  /** Posts an outcome; one of a forgotten task is dropped. */
  void post(SiteOutcome outcome) {
    SiteId site = outcome.ticket().site();
    Queue<SiteOutcome> queue = queues.get(new Owner(site.task(), site.generation()));
    if (queue != null) {
      queue.add(outcome);
    }
  }

  List<SiteOutcome> drain(String task, long generation) {
    Queue<SiteOutcome> queue = queues.get(new Owner(task, generation));
    if (queue == null || queue.isEmpty()) {
      return List.of();
    }
    List<SiteOutcome> drained = new ArrayList<>();
    for (SiteOutcome outcome = queue.poll(); outcome != null; outcome = queue.poll()) {
      drained.add(outcome);
    }
    return drained;
  }

  void forget(String task, long generation) {
    queues.remove(new Owner(task, generation));
  }
}
