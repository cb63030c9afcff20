package io.dcmix.streams.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.processor.StateRestoreListener;
import org.junit.jupiter.api.Test;

class RestoredRecordsTest {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final StateRestoreListener restored = InstanceMeters.restored(registry);

  private double records() {
    return registry.get(Meters.RESTORED.id()).counter().count();
  }

  @Test
  void shouldBeThereFromTheStart() {
    assertThat(records()).isZero();
  }

  @Test
  void shouldCountEveryRecordOfAChangelogOnce() {
    TopicPartition wells = new TopicPartition("dcmix-screening-well-state-changelog", 3);
    restored.onRestoreStart(wells, "well-state", 0, 40);
    restored.onBatchRestored(wells, "well-state", 19, 20);
    restored.onBatchRestored(wells, "well-state", 36, 17);
    restored.onRestoreEnd(wells, "well-state", 37);
    assertThat(records()).isEqualTo(37);
  }

  @Test
  void shouldNotCountWhatAGlobalTableReadsAtEachStart() {
    TopicPartition announcements = new TopicPartition("screening.acquisitions", 0);
    restored.onRestoreStart(announcements, "acquisitions", 0, 5);
    restored.onBatchRestored(announcements, "acquisitions", 4, 5);
    restored.onRestoreEnd(announcements, "acquisitions", 5);
    assertThat(records()).isZero();
  }
}
