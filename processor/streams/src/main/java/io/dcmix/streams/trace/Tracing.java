package io.dcmix.streams.trace;

import io.dcmix.streams.Topics;
import io.dcmix.streams.publish.PublishTracer;
import io.dcmix.streams.well.WellTracer;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.MeterProvider;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The traces of one lane in this process: what makes spans, and what sends them. Closing it sends the last ones, for a few seconds at
 * most; a collector that does not answer costs spans and nothing else.
 */
public final class Tracing implements AutoCloseable {
  /** What a process that scores is called. */
  public static final String PROCESSOR = "dcmix-processor";

  /** What a process that publishes is called. */
  public static final String PUBLISHER = "dcmix-publisher";

  private static final Duration EXPORT_WITHIN = Duration.ofSeconds(10);
  private static final Duration CONNECT_WITHIN = Duration.ofSeconds(5);
  private static final Duration CLOSE_WITHIN = Duration.ofSeconds(5);

  /** Tells of each failed request by java.util.logging; {@link SpanQueue} tells of it once. Held, or its level would be forgotten. */
  private static final Logger EXPORTERS = Logger.getLogger("io.opentelemetry.exporter");

  private final Topics topics;
  private final WellIds ids = new WellIds();
  private final SdkTracerProvider provider;
  private final Tracer tracer;

  private Tracing(SpanExporter exporter, String where, double ratio, String service, Topics topics, SpanMeter meter) {
    this.topics = topics;
    Sampler byName = new ByName(Sampler.traceIdRatioBased(ratio));
    this.provider = SdkTracerProvider.builder()
        .setResource(Resource.create(Attributes.of(
            AttributeKey.stringKey("service.name"), service,
            AttributeKey.stringKey("service.instance.id"), Optional.ofNullable(System.getenv("HOSTNAME")).orElse("localhost") + "-" + ProcessHandle.current().pid(),
            AttributeKey.stringKey("dcmix.lane"), topics.lane())))
        .setIdGenerator(ids)
        // A well that its publisher left out stays out; one that it traces is still chosen here, too, so that a ratio holds.
        .setSampler(Sampler.parentBasedBuilder(byName).setRemoteParentSampled(byName).build())
        .addSpanProcessor(new SpanQueue(exporter, meter, topics.lane(), where, CLOSE_WITHIN))
        .build();
    this.tracer = provider.get("io.dcmix");
  }

  /**
   * Chooses by the id of the trace, which is made of the well's name: at every end the same, so it may also choose among what a parent
   * chose. The SDK warns where its own sampler does that, since ids are seldom made so.
   */
  private record ByName(Sampler ratio) implements Sampler {
    @Override
    public SamplingResult shouldSample(Context parent, String trace, String name, SpanKind kind, Attributes attributes, List<LinkData> links) {
      return ratio.shouldSample(parent, trace, name, kind, attributes, links);
    }

    @Override
    public String getDescription() {
      return ratio.getDescription();
    }
  }

  /**
   * Starts; connects when there is something to send.
   *
   * @param service {@link #PROCESSOR} or {@link #PUBLISHER}
   * @param topics the lane
   */
  public static Tracing start(TraceConfig config, String service, Topics topics, SpanMeter meter) {
    EXPORTERS.setLevel(Level.OFF);
    var exporter = OtlpHttpSpanExporter.builder()
        .setEndpoint(config.endpoint().toString())
        .setHeaders(config::headers)
        .setCompression("gzip")
        .setTimeout(EXPORT_WITHIN)
        .setConnectTimeout(CONNECT_WITHIN)
        .setMeterProvider(MeterProvider::noop)
        .build();
    return to(exporter, config.endpoint().toString(), config.ratio(), service, topics, meter);
  }

  /**
   * Sends by this exporter, which it closes.
   *
   * @param where that goes, for the log
   */
  public static Tracing to(SpanExporter exporter, String where, double ratio, String service, Topics topics, SpanMeter meter) {
    return new Tracing(exporter, where, ratio, service, topics, meter);
  }

  /** Follows the wells of the lane. */
  public WellTracer wells() {
    return new WellTraces(tracer, ids, topics.source(), InstantSource.system());
  }

  /** Follows what is published into the lane; whoever closes that closes this. */
  public PublishTracer publishing() {
    return new PublishTraces(tracer, ids, topics.source(), this::close);
  }

  @Override
  public void close() {
    provider.close();
  }
}
