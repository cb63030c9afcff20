package io.dcmix.streams.well;

import io.dcmix.core.log.LogFields;
import io.dcmix.schema.WellKey;
import io.dcmix.schema.event.WellFailure;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * What the log says of wells: one line for each that ends without a prediction, at most as many as there are wells. Single sites and
 * records that were set aside are for DEBUG: they lie in topics of their own, and a publisher that is set up wrongly makes one of every image.
 */
final class WellLog {
  private static final Logger LOG = LoggerFactory.getLogger(WellLog.class);

  private WellLog() {}

  static void failed(String lane, WellKey well, WellFailure failure) {
    LoggingEventBuilder line = failure.getSite() == null ? LOG.atWarn() : LOG.atDebug();
    LogFields.of(line.addKeyValue(LogFields.LANE, lane), well)
        .addKeyValue(LogFields.REVISION, failure.getRevision())
        .addKeyValue(LogFields.SITE, failure.getSite())
        .addKeyValue(LogFields.CHANNEL, failure.getChannel())
        .addKeyValue(LogFields.REASON, failure.getReason())
        .log("Lane {}: {} of {}, {}: {}: {}. {}", lane, well.well(), well.plate(), failure.getSite() == null ? "no prediction" : "a site without a score",
            failure.getReason(), failure.getMessage(), failure.getRemedy());
  }

  static void setAside(String lane, RecordMetadata source, DeadLetterReason kind, String reason) {
    LOG.atDebug().addKeyValue(LogFields.LANE, lane).addKeyValue(LogFields.REASON, kind)
        .log("Lane {}: record {} of {}-{} is no image of a well: {}", lane, source.offset(), source.topic(), source.partition(), reason);
  }
}
