package io.dcmix.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.dcmix.core.source.References;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.streams.GroupProtocol;
import org.junit.jupiter.api.Test;

/** Each rule that the settings keep among themselves, at its edge: the last value that passes and the first that does not. */
class ProcessorConfigTest {
  private static final ProcessorConfig DEFAULTS = ProcessorConfig.of(new Topics("screening"), "localhost:9092", Path.of("state"));

  @Test
  void shouldFindNothingWrongWithTheDefaults() {
    assertThat(DEFAULTS.problems()).isEmpty();
  }

  @Test
  void shouldWantThreadsOfBothKinds() {
    assertThat(threads(1, 1).problems()).isEmpty();
    assertThat(threads(0, 4).problems()).singleElement().asString().contains("stream threads (0)", "scorer threads (4)", "at least 1");
    assertThat(threads(2, 0).problems()).singleElement().asString().contains("scorer threads (0)");
  }

  @Test
  void shouldWantCopiesOfTheStateToBeAskedForWhereTheyAreDecided() {
    assertThat(DEFAULTS.withStandbyReplicas(2).problems()).isEmpty();
    assertThat(DEFAULTS.withStandbyReplicas(-1).problems()).singleElement().asString().contains("standby replicas (-1)", "0 or more");
    assertThat(DEFAULTS.withKafka(Map.of("num.standby.replicas", "1")).problems()).singleElement().asString().contains("--standby-replicas");
    ProcessorConfig streams = DEFAULTS.withGroupProtocol(GroupProtocol.STREAMS);
    assertThat(streams.problems()).isEmpty();
    assertThat(streams.withStandbyReplicas(1).problems())
        .singleElement().asString().contains("the broker decides", "--entity-name dcmix-screening", "streams.num.standby.replicas=1");
  }

  @Test
  void shouldWantWellsToEndBeforeTheirStateIsGivenUp() {
    assertThat(DEFAULTS.withScreening(ScreeningConfig.DEFAULT.withWellDeadline(Duration.ofHours(24))).problems()).isEmpty();
    assertThat(DEFAULTS.withScreening(ScreeningConfig.DEFAULT.withWellDeadline(Duration.ofHours(24).plusMillis(1))).problems())
        .singleElement().asString().contains("well deadline", "late window (PT24H)", "shorten");
  }

  @Test
  void shouldWantWaitsToEndBeforeTheTransactionDoes() {
    // The wait for the scorer takes 1 s at most.
    assertThat(commitInterval(Duration.ofMillis(8_999)).problems()).isEmpty();
    assertThat(commitInterval(Duration.ofSeconds(9)).problems())
        .singleElement().asString().contains("commit interval (PT9S)", "longest wait for the scorer (PT1S)", "transaction timeout (PT10S)");
  }

  @Test
  void shouldWantTransactionsToEndBeforeTheSessionDoes() {
    Duration second = Duration.ofSeconds(1);
    assertThat(DEFAULTS.withTimeouts(second.multipliedBy(10), second.multipliedBy(10), Duration.ofMillis(20_001)).problems()).isEmpty();
    assertThat(DEFAULTS.withTimeouts(second.multipliedBy(10), second.multipliedBy(10), second.multipliedBy(20)).problems())
        .singleElement().asString().contains("transaction timeout (PT10S)", "abort sweep (PT10S)", "session timeout (PT20S)");
  }

  @Test
  void shouldWantSessionsToEndBeforeThePollInterval() {
    Duration ten = Duration.ofSeconds(10);
    assertThat(DEFAULTS.withTimeouts(ten, ten, Duration.ofMinutes(5).minusMillis(1)).problems()).isEmpty();
    assertThat(DEFAULTS.withTimeouts(ten, ten, Duration.ofMinutes(5)).problems())
        .singleElement().asString().contains("session timeout (PT5M)", "poll interval (PT5M)");
  }

  @Test
  void shouldWantReferencesToBeFetchable() {
    assertThat(DEFAULTS.withReferences(References.NONE.withDeadline(Duration.ofNanos(1))).problems()).isEmpty();
    assertThat(DEFAULTS.withReferences(References.NONE.withDeadline(Duration.ZERO)).problems())
        .singleElement().asString().contains("reference deadline (PT0S)", "longer than 0");
  }

  @Test
  void shouldNameAllProblemsAtOnce() {
    Duration hour = Duration.ofHours(1);
    ProcessorConfig wrong = threads(0, 0).withScreening(ScreeningConfig.DEFAULT.withWellDeadline(Duration.ofDays(2)))
        .withTimeouts(Duration.ofSeconds(1), hour, hour);
    assertThat(wrong.problems()).hasSize(5).satisfiesExactly(
        p -> assertThat(p).contains("threads"), p -> assertThat(p).contains("well deadline"), p -> assertThat(p).contains("commit interval"),
        p -> assertThat(p).contains("abort sweep"), p -> assertThat(p).contains("poll interval"));
  }

  @Test
  void shouldKeepTheClientSettingsAsTheyWereGiven() {
    Map<String, String> given = new HashMap<>(Map.of("security.protocol", "SSL"));
    ProcessorConfig config = DEFAULTS.withKafka(given);
    given.clear();
    assertThat(config.kafka()).containsExactly(Map.entry("security.protocol", "SSL"));
  }

  private static ProcessorConfig threads(int stream, int scorer) {
    return DEFAULTS.withStreamThreads(stream).withScoring(DEFAULTS.scoring().withWorkers(scorer));
  }

  private static ProcessorConfig commitInterval(Duration interval) {
    return DEFAULTS.withCommitInterval(interval);
  }

  @Test
  void shouldRefuseAnInputBufferThatTheHeapCannotHold() {
    MemoryBudget budget = MemoryBudget.DEFAULT.withInputBytes(640L << 20);
    assertThat(MemoryBudget.problems(List.of(budget), 1024L << 20)).isEmpty();
    assertThat(MemoryBudget.problems(List.of(budget), 1023L << 20)).singleElement().asString()
        .contains("input buffer (640 MiB)", "heap (1,023 MiB)", "DCMIX_JAVA_OPTS=-Xmx1025m");
  }

  @Test
  void shouldCountTheInputBuffersOfAllLanesOfAProcessTogether() {
    List<MemoryBudget> lanes = List.of(MemoryBudget.DEFAULT.withInputBytes(400L << 20), MemoryBudget.DEFAULT.withInputBytes(240L << 20));
    assertThat(MemoryBudget.problems(lanes, 1024L << 20)).isEmpty();
    assertThat(MemoryBudget.problems(lanes, 1023L << 20)).singleElement().asString()
        .contains("input buffers of 2 lanes (640 MiB)", "DCMIX_JAVA_OPTS=-Xmx1025m");
  }
}
