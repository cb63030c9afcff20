package io.dcmix.streams;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What the log says of wells that go wrong, and by which fields such lines are found. */
class WellLogTest {
  private final Logger ours = (Logger) LoggerFactory.getLogger("io.dcmix.streams.well");
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();

  @BeforeEach
  void listen() {
    log.start();
    ours.addAppender(log);
    ours.setLevel(Level.DEBUG);
  }

  @AfterEach
  void stopListening() {
    ours.detachAppender(log);
    ours.setLevel(null);
  }

  private static Map<String, Object> fields(ILoggingEvent event) {
    return event.getKeyValuePairs().stream().filter(pair -> pair.value != null).collect(Collectors.toMap(pair -> pair.key, pair -> pair.value));
  }

  @Test
  void aWellWithoutAPredictionIsOneWarningWithItsLanePlateAndWell() {
    try (TestLane lane = new TestLane()) {
      lane.announce(List.of("A01"), 1);
      lane.publish(TestLane.image("A01", 1, "DNA", 20).setWidth(3));
      lane.publish(TestLane.image("A01", 1, "GFP", 7));
      lane.moment();
      assertThat(lane.failures()).hasSize(2);
    }
    assertThat(log.list).filteredOn(event -> event.getLevel() == Level.WARN).singleElement().satisfies(line -> {
      assertThat(fields(line)).containsEntry("lane", "test").containsEntry("plate", "P").containsEntry("acquisition", "1").containsEntry("well", "A01")
          .containsEntry("timepoint", 0).containsEntry("revision", 1).doesNotContainKeys("site", "channel");
      assertThat(String.valueOf(fields(line).get("reason"))).isEqualTo("NO_SITES");
      assertThat(line.getFormattedMessage()).startsWith("Lane test: A01 of P/1, no prediction: NO_SITES: ");
    });
    assertThat(log.list).filteredOn(event -> event.getLevel() == Level.DEBUG).singleElement()
        .satisfies(line -> assertThat(fields(line)).containsEntry("site", 1).containsEntry("channel", "DNA").containsEntry("well", "A01"));
  }

  @Test
  void wellsWithAPredictionAreNotSpokenOfAndGarbageOnlyToWhoAsks() {
    try (TestLane lane = new TestLane()) {
      lane.announce(List.of("A01"), 1);
      lane.publishSite("A01", 1, 20);
      lane.moment();
      assertThat(lane.predictions()).hasSize(1);
      assertThat(log.list).isEmpty();
      lane.publishRaw("no well", new byte[] {9});
    }
    assertThat(log.list).singleElement().satisfies(line -> {
      assertThat(line.getLevel()).isEqualTo(Level.DEBUG);
      assertThat(fields(line)).containsEntry("lane", "test").containsKey("reason");
    });
  }

  /** What a library says on a thread of a lane can be told from what it says on another's. */
  @Test
  void theThreadsOfALaneLogUnderItsName() {
    try (TestLane lane = new TestLane()) {
      lane.publishSite("A01", 1, 20);
      LoggerFactory.getLogger("io.dcmix.streams.well.Somebody").info("Hello");
    }
    assertThat(log.list).anySatisfy(line -> assertThat(line.getMDCPropertyMap()).containsEntry("lane", "test"));
  }
}
