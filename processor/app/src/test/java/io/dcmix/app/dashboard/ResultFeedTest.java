package io.dcmix.app.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import io.dcmix.schema.AvroCodec;
import io.dcmix.schema.PlateFormat;
import io.dcmix.schema.event.WellPrediction;
import io.dcmix.streams.Topics;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The feed over Kafka's own mock consumer; with a real broker it is tested where the broker is. */
@Timeout(60)
class ResultFeedTest {
  private static final Topics TOPICS = new Topics("screening");
  private static final TopicPartition PREDICTIONS = new TopicPartition(TOPICS.wellPredictions(), 0);

  private final Screen screen = Screen.of("P7", PlateFormat.WELLS_96);
  private final ScreeningView view = new ScreeningView();
  private final BlockingQueue<Integer> batches = new LinkedBlockingQueue<>();
  private final BlockingQueue<MockConsumer<byte[], byte[]>> consumers = new LinkedBlockingQueue<>();
  private final ResultFeed feed =
      new ResultFeed(
          new DashboardConfig("127.0.0.1", 0, "nowhere:1", "screening", Map.of()),
          ResultDecoder.singleObject(TOPICS),
          view,
          () -> batches.add(scored()),
          this::consumer);

  @AfterEach
  void close() {
    feed.close();
  }

  /** A consumer of a broker with predictions, three wells and two unreadable records, but no other topic yet. */
  private MockConsumer<byte[], byte[]> consumer() {
    MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
    topic(consumer, TOPICS.wellPredictions());
    consumer.updateBeginningOffsets(offsets(0));
    AvroCodec<WellPrediction> codec = AvroCodec.of(WellPrediction.class);
    consumer.schedulePollTask(
        () -> {
          List<byte[]> values =
              List.of(
                  codec.encode(screen.prediction("A01")),
                  "not avro".getBytes(java.nio.charset.StandardCharsets.UTF_8),
                  codec.encode(screen.prediction("A02")),
                  new byte[] {0, 0, 0, 0, 7, 1},
                  codec.encode(screen.prediction("A03")));
          for (int i = 0; i < values.size(); i++) {
            consumer.addRecord(new ConsumerRecord<>(PREDICTIONS.topic(), 0, i, null, values.get(i)));
          }
        });
    consumers.add(consumer);
    return consumer;
  }

  private static void topic(MockConsumer<byte[], byte[]> consumer, String topic) {
    Node[] node = {new Node(0, "nowhere", 1)};
    consumer.updatePartitions(topic, List.of(new PartitionInfo(topic, 0, node[0], node, node)));
  }

  private static Map<TopicPartition, Long> offsets(long offset) {
    Map<TopicPartition, Long> offsets = new HashMap<>();
    ResultDecoder.types(TOPICS).keySet().forEach(topic -> offsets.put(new TopicPartition(topic, 0), offset));
    return offsets;
  }

  private int scored() {
    return view.plates().stream().mapToInt(Api.PlateSummary::scored).sum();
  }

  @Test
  void shouldSkipAndCountWhatItCannotRead() throws InterruptedException {
    feed.start();
    assertThat(batches.poll(20, TimeUnit.SECONDS)).isEqualTo(3);
    assertThat(feed.status().records()).isEqualTo(5);
    assertThat(feed.status().unreadable()).isEqualTo(2);
  }

  @Test
  void shouldReadATopicThatComesLater() throws InterruptedException {
    feed.start();
    assertThat(batches.poll(20, TimeUnit.SECONDS)).isEqualTo(3);
    assertThat(feed.status().missingTopics()).hasSize(ResultDecoder.types(TOPICS).size() - 1).contains("shared.plate-layouts");
    MockConsumer<byte[], byte[]> consumer = consumers.take();
    topic(consumer, TOPICS.plateLayouts());
    TopicPartition layouts = new TopicPartition(TOPICS.plateLayouts(), 0);
    byte[] layout = AvroCodec.of(io.dcmix.schema.event.PlateLayout.class).encode(screen.layout());
    addOnceAssigned(consumer, layouts, layout);
    assertThat(batches.poll(20, TimeUnit.SECONDS)).as("the position in the first topic is kept").isEqualTo(3);
    assertThat(view.plates().getFirst().negativeControls().wells()).isEqualTo(8);
    assertThat(feed.status().missingTopics()).hasSize(ResultDecoder.types(TOPICS).size() - 2);
    assertThat(feed.status().records()).isEqualTo(6);
  }

  private static void addOnceAssigned(MockConsumer<byte[], byte[]> consumer, TopicPartition partition, byte[] value) {
    consumer.schedulePollTask(
        () -> {
          if (consumer.assignment().contains(partition)) {
            consumer.addRecord(new ConsumerRecord<>(partition.topic(), 0, 0, null, value));
          } else {
            addOnceAssigned(consumer, partition, value);
          }
        });
  }

  @Test
  void shouldStartAnewWhenTheBrokerFails() throws InterruptedException {
    feed.start();
    assertThat(batches.poll(20, TimeUnit.SECONDS)).isEqualTo(3);
    MockConsumer<byte[], byte[]> failed = consumers.take();
    failed.setPollException(new KafkaException("the broker is gone"));
    assertThat(batches.poll(20, TimeUnit.SECONDS)).as("reading twice counts once").isEqualTo(3);
    assertThat(failed.closed()).isTrue();
    assertThat(feed.status().records()).isEqualTo(10);
  }
}
