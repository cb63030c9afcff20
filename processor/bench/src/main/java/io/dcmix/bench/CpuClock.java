package io.dcmix.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;

/**
 * Notes a process's CPU time ten times a second, so that its use between any two moments can be told afterwards.
 *
 * <p>Threading: its own thread writes, its owner reads after {@link #stop}.
 */
final class CpuClock implements AutoCloseable {
  private final ScheduledExecutorService ticker = Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("cpu-clock").factory());
  private final List<DoubleSupplier> sources;
  private final List<TreeMap<Long, Double>> notes = new ArrayList<>();

  /** Starts noting; sources give CPU seconds. */
  CpuClock(List<DoubleSupplier> sources) {
    this.sources = sources;
    sources.forEach(source -> notes.add(new TreeMap<>()));
    var _ = ticker.scheduleAtFixedRate(this::note, 0, 100, TimeUnit.MILLISECONDS);
  }

  private void note() {
    for (int i = 0; i < sources.size(); i++) {
      notes.get(i).put(System.currentTimeMillis(), sources.get(i).getAsDouble());
    }
  }

  /** CPU seconds of a source between two moments of the wall clock, in ms. */
  double seconds(int source, long from, long to) {
    return at(notes.get(source), to) - at(notes.get(source), from);
  }

  /** Between two notes CPU time is taken to grow evenly. */
  static double at(NavigableMap<Long, Double> notes, long moment) {
    Map.Entry<Long, Double> before = notes.floorEntry(moment);
    Map.Entry<Long, Double> after = notes.ceilingEntry(moment);
    if (before == null || after == null) {
      return (before == null ? notes.firstEntry() : notes.lastEntry()).getValue();
    }
    long span = after.getKey() - before.getKey();
    return span == 0 ? before.getValue()
        : before.getValue() + (after.getValue() - before.getValue()) * (moment - before.getKey()) / span;
  }

  /** Notes once more and no further. */
  void stop() {
    if (ticker.isShutdown()) {
      return;
    }
    ticker.shutdown();
    try {
      var _ = ticker.awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    note();
  }

  @Override
  public void close() {
    stop();
  }
}
