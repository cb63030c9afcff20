package io.dcmix.streams.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.dcmix.schema.WellKey;
import io.dcmix.streams.Topics;
import io.dcmix.streams.metrics.SpanMeters;
import io.dcmix.streams.publish.PublishTracer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** A collector that is away, slow or unwilling costs spans, and nobody waits for it. */
@Timeout(60)
class LostSpansTest {
  private static final Topics TOPICS = new Topics("test");
  private static final WellKey WELL = WellKey.of("P", "1", "A01", 0);

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final SpanMeters meters = new SpanMeters(registry);
  private final Logger logger = (Logger) LoggerFactory.getLogger("io.dcmix.streams.trace");
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();

  @BeforeEach
  void listen() {
    log.start();
    logger.addAppender(log);
    logger.setLevel(Level.INFO);
  }

  @AfterEach
  void stopListening() {
    logger.detachAppender(log);
    logger.setLevel(null);
  }

  private double count(String name) {
    return registry.get("dcmix.spans." + name).counter().count();
  }

  private static void publish(PublishTracer publisher, int spans) {
    for (int i = 0; i < spans; i++) {
      publisher.begin(WELL).committed();
    }
  }

  @Test
  void shouldCountWhatNobodyTookAndWarnOnce() throws IOException {
    int nobody;
    try (ServerSocket socket = new ServerSocket(0)) {
      nobody = socket.getLocalPort();
    }
    TraceConfig config = new TraceConfig(URI.create("http://127.0.0.1:" + nobody), 1, Map.of());
    long before = System.nanoTime();
    try (PublishTracer publisher = Tracing.start(config, Tracing.PUBLISHER, TOPICS, meters).publishing()) {
      publish(publisher, 2000);
    }
    assertThat(Duration.ofNanos(System.nanoTime() - before)).as("closing does not wait for it for ever").isLessThan(Duration.ofSeconds(20));
    assertThat(count("dropped")).isEqualTo(2000);
    assertThat(count("exported")).isZero();
    assertThat(log.list).extracting(ILoggingEvent::getLevel).containsExactly(Level.WARN);
  }

  /** An exporter that answers as the test says. */
  private static final class Answering implements SpanExporter {
    private final List<CompletableResultCode> answers = new CopyOnWriteArrayList<>();
    private final AtomicInteger taken = new AtomicInteger();

    @Override
    public CompletableResultCode export(Collection<SpanData> spans) {
      taken.incrementAndGet();
      return answers.isEmpty() ? new CompletableResultCode() : answers.removeFirst();
    }

    @Override
    public CompletableResultCode flush() {
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode shutdown() {
      return CompletableResultCode.ofSuccess();
    }
  }

  @Test
  void shouldNeverWaitForACollectorThatHangsAndLoseWhatFindsNoRoom() {
    Answering hanging = new Answering();
    int spans = SpanQueue.CAPACITY + 5000;
    try (PublishTracer publisher = Tracing.to(hanging, "nowhere", 1, Tracing.PUBLISHER, TOPICS, meters).publishing()) {
      publish(publisher, spans);
      assertThat(count("dropped")).as("those beyond the queue and the batch that hangs").isBetween(5000.0 - 2 * 512, 5000.0);
    }
    assertThat(count("dropped")).as("and with the end the others").isEqualTo(spans);
  }

  @Test
  void shouldSayOnceThatTracesAreLostAndOnceThatTheyGoAgain() throws InterruptedException {
    Answering moody = new Answering();
    moody.answers.addAll(List.of(
        CompletableResultCode.ofExceptionalFailure(new IOException("no route")), CompletableResultCode.ofFailure(), CompletableResultCode.ofSuccess(),
        CompletableResultCode.ofSuccess(), CompletableResultCode.ofSuccess()));
    try (PublishTracer publisher = Tracing.to(moody, "there", 1, Tracing.PUBLISHER, TOPICS, meters).publishing()) {
      for (int batch = 1; batch <= 4; batch++) {
        publish(publisher, 512); // a whole batch goes at once
        while (count("dropped") + count("exported") < 512 * batch) {
          Thread.onSpinWait();
        }
      }
    }
    assertThat(moody.taken).hasValue(4);
    assertThat(count("dropped")).isEqualTo(1024);
    assertThat(count("exported")).isEqualTo(1024);
    assertThat(log.list).extracting(ILoggingEvent::getLevel, ILoggingEvent::getFormattedMessage).containsExactly(
        org.assertj.core.api.Assertions.tuple(Level.WARN, "Traces are lost, and nothing else: there does not take them: no route"),
        org.assertj.core.api.Assertions.tuple(Level.INFO, "Traces go to there again"));
    assertThat(log.list.getFirst().getKeyValuePairs()).anySatisfy(pair -> assertThat(pair.toString()).isEqualTo("lane=\"test\""));
  }

  @Test
  void shouldRefuseAPlaceThatIsNoneAndHideWhatTheHeadersHold() {
    assertThat(new TraceConfig(URI.create("http://tempo:4318"), 1, Map.of()).endpoint()).hasToString("http://tempo:4318/v1/traces");
    assertThat(new TraceConfig(URI.create("https://otlp.example.org/otlp/v1/traces"), 0.1, Map.of()).endpoint()).hasPath("/otlp/v1/traces");
    assertThat(new TraceConfig(URI.create("http://tempo:4318"), 1, Map.of("authorization", "Bearer xyzzy")).toString()).contains("authorization").doesNotContain("xyzzy");
    assertThatThrownBy(() -> new TraceConfig(URI.create("tempo:4318"), 1, Map.of())).hasMessageContaining("endpoint: 'tempo:4318' is no address");
    assertThatThrownBy(() -> new TraceConfig(URI.create("http://me:xyzzy@tempo"), 1, Map.of())).hasMessageContaining("authorization").hasMessageNotContaining("xyzzy");
    assertThatThrownBy(() -> new TraceConfig(URI.create("http://tempo"), 1.5, Map.of())).hasMessageContaining("0 to 1");
    assertThatThrownBy(() -> new TraceConfig(URI.create("http://tempo"), Double.NaN, Map.of())).hasMessageContaining("0 to 1");
    assertThatThrownBy(() -> new TraceConfig(URI.create("http://tempo"), 1, Map.of("Host", "a"))).hasMessageContaining("'Host' is no name of a header");
    assertThatThrownBy(() -> new TraceConfig(URI.create("http://tempo"), 1, Map.of("a", "xyzzy\n"))).hasMessageContaining("header: the value of a").hasMessageNotContaining("xyzzy");
  }
}
