package io.dcmix.streams.trace;

import io.dcmix.schema.WellKey;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/** What spans say, and how a trace is named in the header of a record: by W3C's Trace Context. */
final class SpanFields {
  /** The header's name. */
  static final String TRACEPARENT = "traceparent";

  static final AttributeKey<Long> IMAGES = AttributeKey.longKey("dcmix.images");
  static final AttributeKey<Long> BYTES = AttributeKey.longKey("dcmix.bytes");
  static final AttributeKey<Long> REVISION = AttributeKey.longKey("dcmix.revision");
  static final AttributeKey<Long> SITE = AttributeKey.longKey("dcmix.site");
  static final AttributeKey<Long> PLANES = AttributeKey.longKey("dcmix.planes");
  static final AttributeKey<Double> DECODING = AttributeKey.doubleKey("dcmix.decoding.seconds");
  static final AttributeKey<Long> BATCH_SITES = AttributeKey.longKey("dcmix.batch.sites");
  static final AttributeKey<Boolean> EXPLAIN = AttributeKey.booleanKey("dcmix.explain");
  static final AttributeKey<Boolean> RESTORED = AttributeKey.booleanKey("dcmix.restored");
  static final AttributeKey<String> CHANNEL = AttributeKey.stringKey("dcmix.channel");
  static final AttributeKey<String> DEVICE = AttributeKey.stringKey("dcmix.device");
  static final AttributeKey<String> MODEL = AttributeKey.stringKey("dcmix.model.name");
  static final AttributeKey<String> VERSION = AttributeKey.stringKey("dcmix.model.version");
  static final AttributeKey<String> SHA256 = AttributeKey.stringKey("dcmix.model.sha256");
  static final AttributeKey<String> ERROR = AttributeKey.stringKey("error.type");

  private static final AttributeKey<String> PLATE = AttributeKey.stringKey("dcmix.plate");
  private static final AttributeKey<String> ACQUISITION = AttributeKey.stringKey("dcmix.acquisition");
  private static final AttributeKey<String> WELL = AttributeKey.stringKey("dcmix.well");
  private static final AttributeKey<Long> TIMEPOINT = AttributeKey.longKey("dcmix.timepoint");

  private static final TextMapGetter<String> VALUE = new TextMapGetter<>() {
    @Override
    public Iterable<String> keys(String value) {
      return List.of(TRACEPARENT);
    }

    @Override
    public @Nullable String get(@Nullable String value, String key) {
      return key.equals(TRACEPARENT) ? value : null;
    }
  };

  private SpanFields() {}

  static SpanBuilder of(SpanBuilder span, WellKey well) {
    return span.setAttribute(PLATE, well.plate().plate())
        .setAttribute(ACQUISITION, well.plate().acquisition())
        .setAttribute(WELL, well.well().toString())
        .setAttribute(TIMEPOINT, (long) well.timepoint());
  }

  /** The span that a header names; no span if it names none. */
  static Context read(byte @Nullable [] header) {
    return header == null ? Context.root()
        : W3CTraceContextPropagator.getInstance().extract(Context.root(), new String(header, StandardCharsets.ISO_8859_1), VALUE);
  }

  /** Names the span in the headers of a record, in the place of any other. */
  static void write(Context span, Headers headers) {
    W3CTraceContextPropagator.getInstance().inject(span, headers, (to, key, value) -> {
      if (to != null && key.equals(TRACEPARENT)) {
        to.remove(key).add(key, value.getBytes(StandardCharsets.ISO_8859_1));
      }
    });
  }
}
