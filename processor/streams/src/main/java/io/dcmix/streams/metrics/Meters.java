package io.dcmix.streams.metrics;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * All meters of the processor: name, unit, labels and what they tell. Labels take few values each, none of them made of plates,
 * wells or messages. {@code docs/metrics.md} is this, held equal by a test.
 */
public enum Meters {
  READY(Kind.GAUGE, "dcmix.ready", null, "1 when the instance is ready, else 0; /health/readiness says which part is not."),
  TASKS(Kind.GAUGE, "dcmix.tasks", null, "Stream tasks of this instance. 0 is fine where there are more threads than tasks."),
  STANDBY_TASKS(Kind.GAUGE, "dcmix.standby.tasks", null, "Tasks of other instances whose state this one keeps a copy of (--standby-replicas)."),
  STANDBY_LAG(Kind.GAUGE, "dcmix.standby.lag.records", null,
      "Records of state that these copies lack. Near 0, another instance's work can be taken over at once. NaN until the first were read."),
  RESTORED(Kind.COUNTER, "dcmix.restored.records", null,
      "Records of state that were read back from Kafka before a task could go on. Few where a copy was at hand, the whole state where none was."),
  CONSUMER_LAG(Kind.GAUGE, "dcmix.consumer.lag", "records",
      "Image events of this instance's partitions that are not fetched yet. If it grows, add instances or a GPU."),
  SKIPPED(Kind.COUNTER, "dcmix.skipped", null, "Image events of other plates that a rescored lane passed over."),
  COMMIT_LATENCY(Kind.GAUGE, "dcmix.commit.latency", "seconds",
      "Longest commit of the stream threads within Kafka's sampling window. Near the transaction timeout, instances get fenced."),

  WELLS_PENDING(Kind.GAUGE, "dcmix.wells.pending", null, "Wells that have images and no final result: in assembly or being scored."),
  SITES_INCOMPLETE(Kind.GAUGE, "dcmix.sites.incomplete", null, "Sites that hold a buffer and wait for more planes."),
  SITES_WAITING(Kind.GAUGE, "dcmix.sites.waiting", null,
      "Complete sites that wait in the store until the scorer has room. If it stays above 0, scoring is the bottleneck."),
  SITES_SCORING(Kind.GAUGE, "dcmix.sites.scoring", null, "Sites that the scorer has taken and not finished."),
  QUEUE_WAIT(Kind.TIMER, "dcmix.queue.wait", "seconds", "How long a complete site waited for its run of the model."),
  BATCH_SITES(Kind.SUMMARY, "dcmix.batch.sites", null, "Sites in a run of the model. On the CPU 1; on a GPU small batches waste it.", "device"),
  DECODE(Kind.TIMER, "dcmix.decode", "seconds", "Time to decode a plane."),
  DECODED(Kind.COUNTER, "dcmix.decoded", "bytes", "Encoded bytes of the decoded planes."),
  MEASURE(Kind.TIMER, "dcmix.measure", "seconds", "Time to measure the image quality of a decoded image; its count is the number of images measured."),
  BAD_IMAGES(Kind.COUNTER, "dcmix.bad.images", null,
      "Images in which this was found when they were decoded: blank_channel, saturated_channel, blurred. An image that is read twice counts twice.", "defect"),
  INFERENCE(Kind.TIMER, "dcmix.inference", "seconds", "Time of a run of the model, all its passes and sites; with the wait for its turn where lanes share the device.", "device"),
  LATENCY(Kind.TIMER, "dcmix.latency", "seconds",
      "From the append of a well's last image to the forward of its prediction; it is visible at the next commit."),

  FETCH_LARGEST(Kind.GAUGE, "dcmix.fetch.largest", "bytes",
      "Largest amount of images that one fetch brought within Kafka's sampling window; --input-buffer bounds it."),
  STATE_MEMORY(Kind.GAUGE, "dcmix.state.memory", "bytes", "Memory that RocksDB holds for all stores; --state-memory bounds it."),
  POOL_USED(Kind.GAUGE, "dcmix.pool.used", "bytes", "Bytes of pixels held in memory."),
  POOL_LIMIT(Kind.GAUGE, "dcmix.pool.limit", "bytes", "Bytes of pixels that may be held in memory."),
  EVICTIONS(Kind.COUNTER, "dcmix.evictions", null,
      "Buffers of incomplete sites that were taken away for complete ones. Many are normal when a plate comes channel by channel."),
  REREADS(Kind.COUNTER, "dcmix.rereads", null,
      "Planes that were read through their pointer because memory did not hold them; images by reference always are."),
  REREAD(Kind.COUNTER, "dcmix.reread", "bytes", "Bytes of these planes."),

  PREDICTIONS(Kind.COUNTER, "dcmix.predictions", null, "Predictions forwarded, revisions included. A transaction that is aborted counts, too."),
  FLAGS(Kind.COUNTER, "dcmix.flags", null, "Forwarded predictions that carry this flag, revisions included.", "flag"),
  FAILURES(Kind.COUNTER, "dcmix.failures", null, "Failures forwarded, of a whole well or of one site.", "scope", "reason"),
  DEAD_LETTERS(Kind.COUNTER, "dcmix.dead.letters", null, "Records that were no image event of their place, or no plate layout.", "reason"),

  HIT_CALLS(Kind.COUNTER, "dcmix.hit.calls", null, "Hit calls forwarded, each time that one changed."),
  PLATES(Kind.COUNTER, "dcmix.plates", null,
      "Plates (each timepoint) that became complete, or were closed with wells outstanding, by the verdict on their Z'.", "status", "verdict"),
  ALERTS(Kind.COUNTER, "dcmix.alerts", null, "Alerts raised, by what they are about.", "kind"),

  SPANS_EXPORTED(Kind.COUNTER, "dcmix.spans.exported", null, "Spans of traces that the collector took; 0 without --trace-endpoint."),
  SPANS_DROPPED(Kind.COUNTER, "dcmix.spans.dropped", null,
      "Spans that are lost: the collector did not take them, or too many waited for it. Nothing else is lost with them."),

  DEVICE_INFO(Kind.GAUGE, "dcmix.device.info", null, "1 for each device and the version of the model that serves on it; 0 for those that served before.", "device", "model", "version"),
  MODEL_SWAPS(Kind.COUNTER, "dcmix.model.swaps", null, "Versions of the model that took over while the lane ran."),
  MODEL_REFUSALS(Kind.COUNTER, "dcmix.model.refusals", null, "Versions of the model that were to take over and were refused; the log and dcmix model status say why."),
  MODEL_REFUSED(Kind.GAUGE, "dcmix.model.refused", null, "1 while the lane's control record names a version that this instance refused; it goes on with the one before."),
  DEVICE_FALLBACK(Kind.GAUGE, "dcmix.device.fallback", null,
      "1 when the CPU stands in for a GPU (--device auto), else 0. The log of the start and ./dcmix doctor say why.");

  /** What a meter is to Prometheus. */
  public enum Kind {
    GAUGE,
    COUNTER,
    /** Count, sum and maximum of times; the maximum over the last minutes. */
    TIMER,
    /** Count, sum and maximum of amounts; the maximum over the last minutes. */
    SUMMARY
  }

  private final Kind kind;
  private final String id;
  private final @Nullable String unit;
  private final String description;

  @SuppressWarnings("ImmutableEnumChecker") // It is List.of.
  private final List<String> labels;

  Meters(Kind kind, String id, @Nullable String unit, String description, String... labels) {
    this.kind = kind;
    this.id = id;
    this.unit = unit;
    this.description = description;
    this.labels = List.of(labels);
  }

  public Kind kind() {
    return kind;
  }

  /** Micrometer's name, with dots. */
  public String id() {
    return id;
  }

  /** Base unit; null where things are counted that the name says. */
  public @Nullable String unit() {
    return unit;
  }

  public String description() {
    return description;
  }

  public List<String> labels() {
    return labels;
  }

  /** The name of its family in a Prometheus scrape; timers and summaries add {@code _count}, {@code _sum} and {@code _max}. */
  public String prometheusName() {
    String name = id.replace('.', '_') + (unit == null ? "" : "_" + unit);
    return kind == Kind.COUNTER ? name + "_total" : name;
  }

  /** The table of {@code docs/metrics.md}. */
  public static String table() {
    return Arrays.stream(values())
        .map(m -> "| `%s` | %s | %s | %s |".formatted(
            m.prometheusName(), m.kind.name().toLowerCase(Locale.ROOT),
            m.labels.stream().map(l -> "`" + l + "`").collect(Collectors.joining(", ")), m.description))
        .collect(Collectors.joining("\n", "| Name | Kind | Labels | What |\n|---|---|---|---|\n", "\n"));
  }
}
