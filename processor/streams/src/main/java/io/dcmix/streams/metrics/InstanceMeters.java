package io.dcmix.streams.metrics;

import io.dcmix.core.model.ModelCard;
import io.dcmix.core.scoring.ActiveModel;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import java.util.stream.DoubleStream;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.processor.StateRestoreListener;

/**
 * What an instance is and how its streams do. Of the thousands of metrics that Kafka Streams keeps, one of each client, thread,
 * task and store, these are the few that say what an operator asks; they are read at each scrape.
 */
public final class InstanceMeters {
  private InstanceMeters() {}

  /**
   * Registers them.
   *
   * @param imageEvents name of the topic whose lag counts
   * @param ready whether the instance is ready
   * @param tasks number of its tasks
   * @param standbyTasks number of tasks of which it keeps a copy of the state
   */
  public static void register(
      MeterRegistry registry, KafkaStreams streams, String imageEvents, BooleanSupplier ready, IntSupplier tasks, IntSupplier standbyTasks) {
    Registered.gauge(registry, Meters.READY, () -> ready.getAsBoolean() ? 1 : 0);
    Registered.gauge(registry, Meters.TASKS, tasks::getAsInt);
    Registered.gauge(registry, Meters.STANDBY_TASKS, standbyTasks::getAsInt);
    Registered.gauge(registry, Meters.STANDBY_LAG, () -> standbyTasks.getAsInt() == 0 ? 0 : standbyLag(streams.metrics()));
    Registered.gauge(registry, Meters.CONSUMER_LAG, () -> lag(streams.metrics(), imageEvents));
    Registered.gauge(registry, Meters.FETCH_LARGEST,
        () -> values(streams.metrics(), "consumer-fetch-manager-metrics", "fetch-size-max", imageEvents).max().orElse(0));
    // Every store tells the usage of the share that they have in common.
    Registered.gauge(registry, Meters.STATE_MEMORY, () -> values(streams.metrics(), "stream-state-metrics", "block-cache-usage", "").max().orElse(0));
    Registered.gauge(registry, Meters.COMMIT_LATENCY, () -> values(streams.metrics(), "stream-thread-metrics", "commit-latency-max", "").max().orElse(0) / 1000);
  }

  /** Says which version serves on which device; called again for each version that takes over. */
  public static void model(MeterRegistry registry, ActiveModel active) {
    ModelCard card = active.get().card();
    for (String device : active.devices()) {
      Registered.gauge(registry, Meters.DEVICE_INFO, () -> active.get().card().equals(card) ? 1 : 0,
          "device", device, "model", card.name(), "version", card.version());
    }
  }

  /** Counts what tasks read back of their state. */
  public static StateRestoreListener restored(MeterRegistry registry) {
    return new RestoredRecords(Registered.counter(registry, Meters.RESTORED));
  }

  /** Counts the versions that take over, from 0 on. */
  public static Counter swaps(MeterRegistry registry) {
    return Registered.counter(registry, Meters.MODEL_SWAPS);
  }

  /** Counts the versions that are refused, from 0 on. */
  public static Counter refusals(MeterRegistry registry) {
    return Registered.counter(registry, Meters.MODEL_REFUSALS);
  }

  /** Says whether the version that shall serve was refused. */
  public static void refused(MeterRegistry registry, ActiveModel active) {
    Registered.gauge(registry, Meters.MODEL_REFUSED, () -> active.refusal() == null ? 0 : 1);
  }

  /** Counts the images that a lane's selection passes over. */
  public static Counter skipped(MeterRegistry registry) {
    return Registered.counter(registry, Meters.SKIPPED);
  }

  /** Says whether the CPU stands in for a GPU. */
  public static void fallback(MeterRegistry registry, boolean fallenBack) {
    Registered.gauge(registry, Meters.DEVICE_FALLBACK, () -> fallenBack ? 1 : 0);
  }

  private static double lag(Map<MetricName, ? extends Metric> metrics, String topic) {
    return values(metrics, "consumer-fetch-manager-metrics", "records-lag", topic).sum();
  }

  /** What the consumer that copies changelogs has not read yet; NaN while it has read nothing. */
  private static double standbyLag(Map<MetricName, ? extends Metric> metrics) {
    return metrics.values().stream()
        .filter(m -> m.metricName().name().equals("records-lag") && String.valueOf(m.metricName().tags().get("client-id")).endsWith("-restore-consumer"))
        .mapToDouble(m -> m.metricValue() instanceof Number n ? n.doubleValue() : Double.NaN)
        .filter(Double::isFinite)
        .reduce(Double::sum).orElse(Double.NaN);
  }

  /** Finite values of a metric; of one topic unless that is empty. Kafka gives NaN where it has not measured yet. */
  private static DoubleStream values(Map<MetricName, ? extends Metric> metrics, String group, String name, String topic) {
    return metrics.values().stream()
        .filter(m -> m.metricName().name().equals(name) && m.metricName().group().equals(group))
        .filter(m -> topic.isEmpty() || topic.equals(m.metricName().tags().get("topic")))
        .mapToDouble(m -> m.metricValue() instanceof Number n ? n.doubleValue() : Double.NaN)
        .filter(Double::isFinite);
  }
}
