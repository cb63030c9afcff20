package io.dcmix.streams.trace;

import io.dcmix.core.log.LogFields;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Spans on their way to the collector. A span for which there is no room is dropped and counted: nobody ever waits. (The SDK's own
 * queue counts what it drops only into metrics of its own.)
 *
 * <p>Threading: ended spans come from any thread; one thread of its own exports.
 */
final class SpanQueue implements SpanProcessor {
  /** About 1 KB each; a well has a few, and three more a site. */
  static final int CAPACITY = 8192;

  private static final int BATCH = 512;
  private static final Duration GATHER = Duration.ofSeconds(1);
  private static final Duration EXPORT_WITHIN = Duration.ofSeconds(30);
  private static final Logger LOG = LoggerFactory.getLogger(SpanQueue.class);

  private final BlockingQueue<ReadableSpan> queue = new ArrayBlockingQueue<>(CAPACITY);
  private final SpanExporter exporter;
  private final SpanMeter meter;
  private final String lane;
  private final String where;
  private final Duration closeWithin;
  private final Thread thread;
  private volatile boolean closing;
  private boolean failing; // of the exporting thread

  /**
   * Starts the thread.
   *
   * @param lane for the log
   * @param where the spans go, for the log
   * @param closeWithin how long the last spans may take
   */
  SpanQueue(SpanExporter exporter, SpanMeter meter, String lane, String where, Duration closeWithin) {
    this.exporter = exporter;
    this.meter = meter;
    this.lane = lane;
    this.where = where;
    this.closeWithin = closeWithin;
    this.thread = Thread.ofPlatform().name("spans-" + lane).daemon().start(this::run);
  }

  @Override
  public void onStart(Context parent, ReadWriteSpan span) {}

  @Override
  public boolean isStartRequired() {
    return false;
  }

  @Override
  public void onEnd(ReadableSpan span) {
    if (span.getSpanContext().isSampled() && (closing || !queue.offer(span))) {
      meter.dropped(1);
    }
  }

  @Override
  public boolean isEndRequired() {
    return true;
  }

  private void run() {
    List<ReadableSpan> batch = new ArrayList<>(BATCH);
    try {
      while (!closing || !queue.isEmpty()) {
        gather(batch);
        if (!batch.isEmpty()) {
          export(batch);
          batch.clear();
        }
      }
    } catch (InterruptedException e) {
      meter.dropped(batch.size() + queue.size());
      queue.clear();
      warn(": it does not answer");
    }
  }

  /** Waits until there are many, or some of them for a while. */
  private void gather(List<ReadableSpan> batch) throws InterruptedException {
    long until = System.nanoTime() + GATHER.toNanos();
    while (batch.size() < BATCH) {
      ReadableSpan span = queue.poll(closing ? 0 : Math.max(0, until - System.nanoTime()), TimeUnit.NANOSECONDS);
      if (span == null) {
        return;
      }
      batch.add(span);
      queue.drainTo(batch, BATCH - batch.size());
    }
  }

  private void export(List<ReadableSpan> batch) throws InterruptedException {
    CompletableResultCode result = exporter.export(batch.stream().map(ReadableSpan::toSpanData).toList()).join(EXPORT_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
    if (Thread.interrupted()) {
      throw new InterruptedException("asked to end");
    }
    if (result.isSuccess()) {
      meter.exported(batch.size());
      if (failing) {
        LOG.atInfo().addKeyValue(LogFields.LANE, lane).log("Traces go to {} again", where);
      }
    } else {
      meter.dropped(batch.size());
      Throwable why = result.getFailureThrowable();
      warn(why == null ? "" : ": " + reason(why));
    }
    failing = !result.isSuccess();
  }

  /** Once, until they go again. */
  private void warn(String why) {
    if (!failing) {
      LOG.atWarn().addKeyValue(LogFields.LANE, lane).log("Traces are lost, and nothing else: {} does not take them{}", where, why);
    }
  }

  private static String reason(Throwable failure) {
    Throwable deepest = failure;
    while (deepest.getCause() != null) {
      deepest = deepest.getCause();
    }
    return deepest.getMessage() == null ? deepest.getClass().getSimpleName() : deepest.getMessage();
  }

  /** Exports what is there, as far as that goes within the time. */
  @Override
  public CompletableResultCode shutdown() {
    closing = true;
    try {
      if (!thread.join(closeWithin)) {
        thread.interrupt();
        thread.join(closeWithin);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return exporter.shutdown();
  }
}
