package io.dcmix.streams.publish;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dcmix.schema.PlateKey;
import io.dcmix.streams.Topics;
import java.io.IOException;
import java.time.Duration;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

/** What the publisher of a plate makes of Kafka's answers. */
class PlateProducerTest {
  private static final PlateKey KEY = new PlateKey("P/7", "run 1");

  private final MockProducer<byte[], byte[]> kafka = new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());

  @Test
  void nothingIsSeenBeforeTheCommitAndEverythingAfterIt() throws Exception {
    PlateProducer producer = producer(Duration.ofMinutes(1));
    producer.takeOver();
    var _ = producer.send("images", "P", new byte[] {1});
    var _ = producer.send("progress", "P", new byte[] {2});
    assertThat(kafka.history()).isEmpty();
    producer.commit();
    assertThat(kafka.history()).extracting(ProducerRecord::topic).containsExactly("images", "progress");
    assertThat(kafka.commitCount()).isEqualTo(1);
    var _ = producer.send("images", "Q", new byte[] {3});
    assertThat(kafka.transactionInFlight()).as("another transaction").isTrue();
    assertThat(kafka.history()).hasSize(2).first().satisfies(r -> assertThat(new String(r.key(), UTF_8)).isEqualTo("P"));
  }

  @Test
  void whoeverIsShutOutSaysByWhomInOneLine() throws Exception {
    PlateProducer producer = producer(Duration.ofMinutes(1));
    producer.takeOver();
    var _ = producer.send("images", "P", new byte[] {1});
    kafka.fenceProducer();
    assertThatThrownBy(producer::commit).isInstanceOf(TakenOverException.class)
        .hasMessage("Another publisher took over P%2F7/run%201 in lane live and goes on; this one ends");
    assertThatThrownBy(() -> producer.send("images", "P", new byte[] {1})).isInstanceOf(TakenOverException.class);
    assertThat(kafka.history()).isEmpty();
  }

  @Test
  void aWellThatTookTooLongIsNotTakenForAnotherPublisher() throws Exception {
    PlateProducer producer = producer(Duration.ZERO);
    producer.takeOver();
    var _ = producer.send("images", "P", new byte[] {1});
    kafka.fenceProducer();
    assertThatThrownBy(producer::commit).isInstanceOf(IOException.class).isNotInstanceOf(TakenOverException.class)
        .hasMessageContaining("longer than the transaction timeout").hasMessageContaining("--transaction-timeout");
  }

  @Test
  void otherRefusalsSayWhatKafkaSays() throws Exception {
    PlateProducer producer = producer(Duration.ofMinutes(1));
    producer.takeOver();
    var _ = producer.send("images", "P", new byte[] {1});
    kafka.commitTransactionException = new TimeoutException("no answer for 60 s");
    assertThatThrownBy(producer::commit).isInstanceOf(IOException.class).isNotInstanceOf(TakenOverException.class)
        .hasMessageContaining("P%2F7/run%201 in lane live").hasMessageContaining("no answer for 60 s");
  }

  @Test
  void publishersOfOnePlateShutEachOtherOutAndNoOthers() {
    String id = PlateProducer.transactionalId(new Topics("live"), KEY);
    assertThat(id).isEqualTo("dcmix-publish-live/P%2F7/run%201")
        .isNotEqualTo(PlateProducer.transactionalId(new Topics("live"), new PlateKey("P/7", "run 2")))
        .isNotEqualTo(PlateProducer.transactionalId(new Topics("replay"), KEY));
  }

  private PlateProducer producer(Duration timeout) {
    return new PlateProducer(KEY, "live", timeout, kafka);
  }
}
