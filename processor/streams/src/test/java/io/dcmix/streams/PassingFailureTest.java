package io.dcmix.streams;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.streams.errors.StreamsException;
import org.junit.jupiter.api.Test;

class PassingFailureTest {
  @Test
  void shouldBeginAgainWhereTheOutcomeOfATransactionIsWithTheBroker() {
    assertThat(PassingFailure.reason(new StreamsException("commit", new InvalidTxnStateException("invalid state")))).contains("transaction");
  }

  @Test
  void shouldEndOnWhatWouldHappenAgain() {
    assertThat(PassingFailure.reason(new StreamsException("send", new RecordTooLargeException("too large")))).isNull();
    assertThat(PassingFailure.reason(new IllegalStateException("a defect"))).isNull();
  }
}
