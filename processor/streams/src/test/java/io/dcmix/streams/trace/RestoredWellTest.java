package io.dcmix.streams.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.dcmix.schema.WellKey;
import io.dcmix.schema.event.FailureReason;
import io.dcmix.schema.event.WellFailure;
import io.dcmix.streams.well.WellOutput;
import io.dcmix.streams.well.WellTracer;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.opentelemetry.sdk.common.CompletableResultCode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

/** No trace is stored: what an instance that took a well over knows of it begins with that. */
class RestoredWellTest {
  private static final WellKey WELL = WellKey.of("P", "1", "A01", 0);
  private static final Instant TAKEN_OVER = Instant.parse("2026-01-05T08:00:00Z");

  private final List<SpanData> spans = new ArrayList<>();
  private final WellIds ids = new WellIds();
  private Instant now = TAKEN_OVER;

  private final SpanExporter kept = new SpanExporter() {
    @Override
    public CompletableResultCode export(Collection<SpanData> batch) {
      spans.addAll(batch);
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode flush() {
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode shutdown() {
      return CompletableResultCode.ofSuccess();
    }
  };

  private static WellOutput failure() {
    return new WellOutput.Failed(WellFailure.newBuilder().setPlate("P").setAcquisition("1").setWell("A01").setTimepoint(0).setRevision(1)
        .setReason(FailureReason.NO_SITES).setMessage("m").setRemedy("r").setModelName("test").setModelVersion("1").setLastImageAt(TAKEN_OVER).build());
  }

  @Test
  void shouldGoOnInTheTraceOfTheWellFromTheMomentThatItWasTakenOver() {
    try (SdkTracerProvider provider = SdkTracerProvider.builder().setIdGenerator(ids).addSpanProcessor(SimpleSpanProcessor.create(kept)).build()) {
      WellTracer.Task task = new WellTraces(provider.get("test"), ids, "test", () -> now).task();
      task.restored(WELL.toString());
      now = now.plusSeconds(3);
      RecordHeaders headers = new RecordHeaders();
      task.forwarded(WELL, failure(), headers);
      assertThat(headers.toArray()).hasSize(1);

      // It is done: an outcome or a result that comes for it now has no trace.
      Headers none = new RecordHeaders();
      task.forwarded(WELL, failure(), none);
      assertThat(none.toArray()).isEmpty();

      // Its publisher's name is on an image that comes after all: that well began with it, whatever the clock of the broker says.
      task.image(WELL.toString(), new RecordHeaders().add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".getBytes(StandardCharsets.UTF_8)),
          now.plusSeconds(60).toEpochMilli());
      task.restored(WELL.toString());
      task.forwarded(WELL, failure(), headers);
    }
    List<SpanData> wells = spans.stream().filter(span -> span.getName().equals("well")).toList();
    assertThat(wells).hasSize(2);
    SpanData restored = wells.getFirst();
    assertThat(restored.getTraceId()).as("as if its publisher had named it").isEqualTo(WellIds.traceOf("test", WELL));
    assertThat(restored.getParentSpanContext().isValid()).isFalse();
    assertThat(restored.getAttributes().get(AttributeKey.booleanKey("dcmix.restored"))).isTrue();
    assertThat(restored.getStartEpochNanos()).isEqualTo(TimeUnit.SECONDS.toNanos(TAKEN_OVER.getEpochSecond()));
    assertThat(restored.getEndEpochNanos() - restored.getStartEpochNanos()).isEqualTo(TimeUnit.SECONDS.toNanos(3));
    assertThat(wells.getLast().getParentSpanId()).isEqualTo("b7ad6b7169203331");
    assertThat(wells.getLast().getAttributes().get(AttributeKey.booleanKey("dcmix.restored"))).isNull();
    assertThat(wells.getLast().getStartEpochNanos()).isEqualTo(TimeUnit.SECONDS.toNanos(now.getEpochSecond()));
  }
}
