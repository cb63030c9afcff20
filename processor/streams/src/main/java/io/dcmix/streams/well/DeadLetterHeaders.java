package io.dcmix.streams.well;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/** The headers that say where a dead letter comes from and why. */
public final class DeadLetterHeaders {
  /** Why the record could not be read, in words. */
  public static final String REASON = "dcmix.reason";

  public static final String TOPIC = "dcmix.topic";
  public static final String PARTITION = "dcmix.partition";
  public static final String OFFSET = "dcmix.offset";

  /** A reason may quote what it read; a header must not be as long as that can be. */
  private static final int MAX_REASON = 2000;

  private DeadLetterHeaders() {}

  /** Adds them. */
  public static void add(Headers headers, RecordMetadata source, String reason) {
    headers
        .add(REASON, utf8(reason.length() > MAX_REASON ? reason.substring(0, MAX_REASON) + "…" : reason))
        .add(TOPIC, utf8(source.topic()))
        .add(PARTITION, utf8(Integer.toString(source.partition())))
        .add(OFFSET, utf8(Long.toString(source.offset())));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
