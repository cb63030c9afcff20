package io.dcmix.streams.trace;

import io.dcmix.core.scoring.SiteOutcome;
import io.dcmix.core.scoring.SitePassage;
import io.dcmix.core.scoring.SitePassage.Interval;
import io.dcmix.core.scoring.SiteTicket.Explain;
import io.dcmix.schema.WellKey;
import io.dcmix.schema.event.WellFailure;
import io.dcmix.schema.event.WellPrediction;
import io.dcmix.streams.well.WellOutput;
import io.dcmix.streams.well.WellTracer;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * The spans of a well, made when it has a result:
 *
 * <pre>
 *   publish            by the publisher, whose name every image event carries
 *   └─ well            from the append of the first image to the result
 *      ├─ assemble     until the last image that counts, or the deadline
 *      ├─ decode       of a site: its planes
 *      ├─ wait         of a site: complete, and not yet in the model
 *      ├─ inference    of a site
 *      └─ emit         from the last site's outcome to the forward of the result, which carries this span's name
 * </pre>
 *
 * <p>Without a publisher's name the well begins the trace. Each revision is a {@code well} of its own in the same trace.
 */
final class WellTraces implements WellTracer {
  private final Tracer tracer;
  private final WellIds ids;
  private final String lane;
  private final InstantSource clock;

  /** @param lane into which the images were published */
  WellTraces(Tracer tracer, WellIds ids, String lane, InstantSource clock) {
    this.tracer = tracer;
    this.ids = ids;
    this.lane = lane;
    this.clock = clock;
  }

  @Override
  public Task task() {
    return new Life();
  }

  /** One life of a task, with the wells that are on their way. */
  private final class Life implements Task {
    private final Map<String, WellTrace> open = new HashMap<>();

    @Override
    public void image(String well, Headers headers, long appendMillis) {
      Instant now = clock.instant();
      Instant appended = Instant.ofEpochMilli(appendMillis);
      Header header = headers.lastHeader(SpanFields.TRACEPARENT);
      // The broker's clock may be ahead of ours.
      open.computeIfAbsent(well, name -> new WellTrace(appended.isBefore(now) ? appended : now, false)).image(header == null ? null : header.value(), now);
    }

    @Override
    public void restored(String well) {
      open.computeIfAbsent(well, name -> new WellTrace(clock.instant(), true));
    }

    @Override
    public void complete(String well, int site) {
      WellTrace trace = open.get(well);
      if (trace != null) {
        trace.complete(site, clock.instant());
      }
    }

    @Override
    public void gaveUp(String well) {
      WellTrace trace = open.get(well);
      if (trace != null) {
        trace.assembledAt = clock.instant();
      }
    }

    @Override
    public void landed(SiteOutcome outcome) {
      WellTrace trace = open.get(outcome.ticket().site().well().toString());
      if (trace != null) {
        trace.landed(outcome, clock.instant());
      }
    }

    @Override
    public void forwarded(WellKey well, WellOutput output, Headers headers) {
      WellTrace trace = open.get(well.toString());
      if (trace == null) {
        return;
      }
      switch (output) {
        case WellOutput.Predicted predicted -> end(well, trace, predicted.prediction(), null, headers);
        case WellOutput.Failed(WellFailure failure, _) when failure.getSite() != null -> trace.siteFailures.add(failure);
        case WellOutput.Failed(WellFailure failure, _) -> end(well, trace, null, failure, headers);
        case WellOutput.Dead _ -> {}
      }
    }

    @Override
    public void settled(WellKey well) {
      WellTrace trace = open.get(well.toString());
      if (trace != null && !trace.siteFailures.isEmpty()) {
        end(well, trace, null, trace.siteFailures.getLast(), null);
      } else {
        open.remove(well.toString()); // An image that changes nothing has no story.
      }
    }

    private void end(WellKey well, WellTrace trace, @Nullable WellPrediction prediction, @Nullable WellFailure failure, @Nullable Headers headers) {
      open.remove(well.toString());
      report(well, trace, prediction, failure, headers);
    }
  }

  private void report(WellKey key, WellTrace trace, @Nullable WellPrediction prediction, @Nullable WellFailure failure, @Nullable Headers headers) {
    Instant now = clock.instant();
    Context parent = trace.parents.isEmpty() ? Context.root() : SpanFields.read(trace.parents.getFirst());
    SpanBuilder builder = SpanFields.of(tracer.spanBuilder("well"), key).setParent(parent).setSpanKind(SpanKind.CONSUMER).setStartTimestamp(trace.startedAt)
        .setAttribute(SpanFields.IMAGES, trace.images);
    for (byte[] other : trace.parents.subList(Math.min(1, trace.parents.size()), trace.parents.size())) {
      SpanContext linked = Span.fromContext(SpanFields.read(other)).getSpanContext();
      if (linked.isValid()) {
        builder.addLink(linked);
      }
    }
    Span well = ids.within(WellIds.traceOf(lane, key), builder::startSpan);
    Context within = Context.root().with(well);
    Instant decided = trace.assembledAt;
    if (well.isRecording()) {
      span(within, "assemble", new Interval(trace.startedAt, trace.assembledAt)).end(trace.assembledAt);
      for (WellTrace.Flight flight : trace.flights) {
        report(within, flight, prediction);
      }
      describe(well, trace, prediction, failure);
    }
    for (WellTrace.Flight flight : trace.flights) {
      SitePassage passage = flight.outcome().passage();
      Instant ended = passage != null && passage.run() != null ? passage.run().to() : flight.landedAt();
      decided = ended.isAfter(decided) ? ended : decided;
    }
    Span emit = tracer.spanBuilder("emit").setParent(within).setSpanKind(SpanKind.PRODUCER).setStartTimestamp(decided.isAfter(now) ? now : decided).startSpan();
    if (headers != null) {
      SpanFields.write(within.with(emit), headers);
    }
    emit.end(now);
    well.end(now);
  }

  private Span span(Context parent, String name, Interval when) {
    return tracer.spanBuilder(name).setParent(parent).setStartTimestamp(when.from()).startSpan();
  }

  private void describe(Span well, WellTrace trace, @Nullable WellPrediction prediction, @Nullable WellFailure failure) {
    if (trace.restored) {
      well.setAttribute(SpanFields.RESTORED, true);
    }
    for (WellFailure site : trace.siteFailures) {
      well.addEvent("site failed", Attributes.of(
          SpanFields.SITE, (long) (site.getSite() == null ? -1 : site.getSite()), SpanFields.ERROR, site.getReason().name(),
          SpanFields.CHANNEL, String.valueOf(site.getChannel())));
    }
    if (prediction != null) {
      well.setAttribute(SpanFields.REVISION, (long) prediction.getRevision())
          .setAttribute(SpanFields.MODEL, prediction.getModelName()).setAttribute(SpanFields.VERSION, prediction.getModelVersion());
    }
    if (failure != null) {
      well.setAttribute(SpanFields.REVISION, (long) failure.getRevision())
          .setAttribute(SpanFields.MODEL, failure.getModelName()).setAttribute(SpanFields.VERSION, failure.getModelVersion());
      fail(well, failure.getReason().name(), failure.getMessage());
    }
  }

  private static void fail(Span span, String reason, String message) {
    span.setAttribute(SpanFields.ERROR, reason).setStatus(StatusCode.ERROR, reason + ": " + message);
  }

  /** A site's part: what is known of its steps. The last of them tells how it ended. */
  private void report(Context well, WellTrace.Flight flight, @Nullable WellPrediction prediction) {
    SiteOutcome outcome = flight.outcome();
    SitePassage passage = outcome.passage();
    Interval run = passage == null ? null : passage.run();
    SequencedMap<String, Interval> steps = new LinkedHashMap<>();
    if (flight.completeAt() != null) {
      Instant until = run == null ? flight.landedAt() : run.from();
      steps.put("wait", new Interval(flight.completeAt(), until.isBefore(flight.completeAt()) ? flight.completeAt() : until));
    }
    if (passage != null && passage.decode() != null) {
      steps.put("decode", passage.decode());
    }
    if (run != null) {
      steps.put("inference", run);
    }
    steps.forEach((name, when) -> {
      Span span = span(well, name, when).setAttribute(SpanFields.SITE, (long) outcome.ticket().site().site());
      if (passage != null && name.equals("decode")) {
        span.setAttribute(SpanFields.PLANES, (long) passage.planes()).setAttribute(SpanFields.DECODING, passage.decoding().toNanos() / 1e9);
      }
      if (passage != null && name.equals("inference")) {
        span.setAttribute(SpanFields.BATCH_SITES, (long) passage.sites()).setAttribute(SpanFields.EXPLAIN, outcome.ticket().explain() == Explain.YES);
      }
      if (name.equals(steps.lastEntry().getKey())) {
        ended(span, outcome, prediction);
      }
      span.end(when.to());
    });
  }

  private static void ended(Span span, SiteOutcome outcome, @Nullable WellPrediction prediction) {
    switch (outcome) {
      case SiteOutcome.Scored scored -> {
        span.setAttribute(SpanFields.DEVICE, scored.device()).setAttribute(SpanFields.SHA256, scored.modelSha256());
        if (prediction != null && prediction.getModelSha256().equals(scored.modelSha256())) {
          span.setAttribute(SpanFields.MODEL, prediction.getModelName()).setAttribute(SpanFields.VERSION, prediction.getModelVersion());
        }
      }
      case SiteOutcome.Failed failed -> {
        if (failed.channel() != null) {
          span.setAttribute(SpanFields.CHANNEL, failed.channel());
        }
        fail(span, failed.reason().name(), failed.message());
      }
    }
  }
}
