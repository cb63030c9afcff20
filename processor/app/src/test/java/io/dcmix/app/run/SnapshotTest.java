package io.dcmix.app.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class SnapshotTest {
  private static final TopicPartition P0 = new TopicPartition("images", 0);
  private static final TopicPartition P1 = new TopicPartition("images", 1);
  private static final TopicPartition EMPTY = new TopicPartition("images", 2);
  private static final Snapshot SNAPSHOT =
      new Snapshot(Instant.EPOCH, Map.of(P0, 10L, P1, 0L, EMPTY, 7L), Map.of(P0, 30L, P1, 5L, EMPTY, 7L));

  @Test
  void countsWhatIsKept() {
    assertThat(SNAPSHOT.size()).isEqualTo(25);
    assertThat(SNAPSHOT.partitions()).isEqualTo(3);
  }

  @Test
  void countsWhatAGroupHasBehindIt() {
    assertThat(SNAPSHOT.done(Map.of())).as("a group that has not committed").isZero();
    assertThat(SNAPSHOT.done(Map.of(P0, new OffsetAndMetadata(12)))).isEqualTo(2);
    assertThat(SNAPSHOT.done(Map.of(P0, new OffsetAndMetadata(4), P1, new OffsetAndMetadata(5)))).as("before what is kept").isEqualTo(5);
    assertThat(SNAPSHOT.done(Map.of(P0, new OffsetAndMetadata(99), P1, new OffsetAndMetadata(99)))).as("beyond the snapshot").isEqualTo(25);
  }
}
