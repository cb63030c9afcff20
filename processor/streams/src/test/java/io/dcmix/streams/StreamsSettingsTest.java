package io.dcmix.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.streams.GroupProtocol;
import org.apache.kafka.streams.StreamsConfig;
import org.junit.jupiter.api.Test;

class StreamsSettingsTest {
  private static final ProcessorConfig CONFIG = ProcessorConfig.of(new Topics("screening"), "localhost:9092", Path.of("state"))
      .withTimeouts(Duration.ofSeconds(2), Duration.ofMillis(250), Duration.ofSeconds(3));

  private static Properties settings(ProcessorConfig config) {
    return StreamsSettings.of(config, TestLane.MODEL, 4);
  }

  @Test
  void shouldTellTheSessionToTheConsumerUnderTheClassicProtocol() {
    assertThat(settings(CONFIG)).containsEntry("group.protocol", "CLASSIC").containsEntry("main.consumer.session.timeout.ms", 3000);
  }

  @Test
  void shouldTellHowManyCopiesOfTheStateAreKept() {
    assertThat(settings(CONFIG)).containsEntry("num.standby.replicas", 0);
    assertThat(settings(CONFIG.withStandbyReplicas(2))).containsEntry("num.standby.replicas", 2);
  }

  @Test
  void shouldLeaveTheSessionToTheBrokerUnderTheStreamsProtocolWhichRefusesItHere() {
    Properties settings = settings(CONFIG.withGroupProtocol(GroupProtocol.STREAMS));
    assertThat(settings).containsEntry("group.protocol", "STREAMS")
        .doesNotContainKeys("main.consumer.session.timeout.ms", "main.consumer.heartbeat.interval.ms", "num.standby.replicas");
    assertThatCode(() -> new StreamsConfig(settings)).doesNotThrowAnyException();
  }

  @Test
  void shouldTellNobodyElseOfKafkasMetricsUnlessAskedTo() {
    assertThat(settings(CONFIG)).containsEntry("metric.reporters", "").containsEntry("enable.metrics.push", false);
    Properties asked = settings(CONFIG.withKafka(Map.of("metric.reporters", "org.apache.kafka.common.metrics.JmxReporter", "enable.metrics.push", "true")));
    assertThat(asked).containsEntry("metric.reporters", "org.apache.kafka.common.metrics.JmxReporter").containsEntry("enable.metrics.push", "true");
  }

  @Test
  void shouldNotLetARestoreWaitForPartitionsWithoutNews() {
    assertThat((Integer) settings(CONFIG).get("restore.consumer.fetch.max.wait.ms")).isLessThan(100);
  }
}
