package io.dcmix.streams.metrics;

import io.micrometer.core.instrument.Counter;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.processor.StateRestoreListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts the records of changelogs that tasks read before they could go on: from the end of the copy that the instance had, or from
 * the beginning if it had none. What a global table reads at each start is no changelog and does not count.
 *
 * <p>Threading: called from the threads that restore; the counter may be read from any.
 */
final class RestoredRecords implements StateRestoreListener {
  private static final Logger LOG = LoggerFactory.getLogger(RestoredRecords.class);
  private static final String CHANGELOG = "-changelog";

  private final Counter records;

  RestoredRecords(Counter records) {
    this.records = records;
  }

  @Override
  public void onRestoreStart(TopicPartition partition, String store, long start, long end) {
    LOG.debug("Restoring {} from offset {} to {}", partition, start, end);
  }

  @Override
  public void onBatchRestored(TopicPartition partition, String store, long batchEnd, long restored) {
    if (partition.topic().endsWith(CHANGELOG)) {
      records.increment((double) restored);
    }
  }

  @Override
  public void onRestoreEnd(TopicPartition partition, String store, long total) {
    LOG.debug("Restored {} by {} records", partition, total);
  }
}
