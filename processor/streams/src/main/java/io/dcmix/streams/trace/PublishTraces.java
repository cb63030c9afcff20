package io.dcmix.streams.trace;

import io.dcmix.schema.WellKey;
import io.dcmix.streams.publish.PublishTracer;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** A span {@code publish} for the images of a well in one transaction, from the first that is sent to the commit. */
final class PublishTraces implements PublishTracer {
  private final Tracer tracer;
  private final WellIds ids;
  private final String lane;
  private final Runnable close;

  /**
   * Spans of one publisher.
   *
   * @param lane into which is published
   * @param close sends the last ones
   */
  PublishTraces(Tracer tracer, WellIds ids, String lane, Runnable close) {
    this.tracer = tracer;
    this.ids = ids;
    this.lane = lane;
    this.close = close;
  }

  @Override
  public Publication begin(WellKey well) {
    return new Spanned(ids.within(WellIds.traceOf(lane, well),
        () -> SpanFields.of(tracer.spanBuilder("publish"), well).setNoParent().setSpanKind(SpanKind.PRODUCER).startSpan()));
  }

  @Override
  public void close() {
    close.run();
  }

  private static final class Spanned implements Publication {
    private final Span span;
    private final List<Header> headers;
    private long images;
    private long bytes;

    Spanned(Span span) {
      this.span = span;
      RecordHeaders named = new RecordHeaders();
      SpanFields.write(Context.root().with(span), named);
      this.headers = List.of(named.toArray());
    }

    @Override
    public List<Header> image(long size) {
      images++;
      bytes += size;
      return headers;
    }

    @Override
    public void committed() {
      span.setAttribute(SpanFields.IMAGES, images).setAttribute(SpanFields.BYTES, bytes).end();
    }

    @Override
    public void abandoned() {
      span.setStatus(StatusCode.ERROR, "The transaction was not committed: nobody reads these images");
      committed();
    }
  }
}
