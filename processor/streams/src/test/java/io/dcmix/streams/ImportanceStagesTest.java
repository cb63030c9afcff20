package io.dcmix.streams;

import static io.dcmix.streams.TestLane.image;
import static org.assertj.core.api.Assertions.assertThat;

import io.dcmix.schema.event.ChannelImportance;
import io.dcmix.schema.event.ChannelStatistics;
import io.dcmix.schema.event.Summary;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ImportanceStagesTest {
  private final TestLane lane = new TestLane();

  @AfterEach
  void close() {
    lane.close();
  }

  @Test
  void shouldAggregateAllChannelsForEveryScope() {
    lane.announce(List.of("A01", "A02", "A03"), 1);
    lane.publishSite("A01", 1, 12);
    lane.publishSite("A02", 1, 16);
    lane.publishSite("A03", 1, 3);
    lane.pass(Duration.ofSeconds(5));

    Map<String, ChannelImportance> importance = lane.importance();
    assertThat(importance).containsOnlyKeys("all", "plate/P/1", "class/hit", "class/negative");
    ChannelImportance all = importance.get("all");
    assertThat(all.getWells()).isEqualTo(3);
    ChannelStatistics dna = all.getChannels().getFirst();
    assertThat(dna.getChannel()).isEqualTo("DNA");
    assertThat(dna.getWeight()).isEqualTo(0.75);
    // 2, 6 and -7: mean 1/3, sample variance 44 1/3 by hand.
    Summary summary = dna.getImportance();
    assertThat(summary.getCount()).isEqualTo(3);
    assertThat(summary.getMean()).isCloseTo(1.0 / 3, org.assertj.core.api.Assertions.within(1e-12));
    assertThat(summary.getVariance()).isCloseTo(133.0 / 3, org.assertj.core.api.Assertions.within(1e-9));
    assertThat(summary.getMin()).isEqualTo(-7);
    assertThat(summary.getMax()).isEqualTo(6);
    assertThat(importance.get("class/hit").getWells()).isEqualTo(2);
    assertThat(importance.get("class/hit").getPredictedClass()).isEqualTo("hit");
    assertThat(importance.get("plate/P/1").getPlate()).isEqualTo("P");
    assertThat(importance.get("plate/P/1").getChannels()).isEqualTo(all.getChannels());
  }

  @Test
  void shouldReplaceAWellsShareWhenItIsRevised() {
    lane.announce(List.of("A01", "A02"), 1);
    lane.publishSite("A01", 1, 12);
    lane.publishSite("A02", 1, 16);
    lane.pass(Duration.ofSeconds(5));
    assertThat(lane.importance().get("class/hit").getWells()).isEqualTo(2);

    lane.publishSite("A02", 2, 0);
    lane.pass(TestLane.DEADLINE.plusSeconds(30));
    lane.pass(Duration.ofSeconds(5));
    Map<String, ChannelImportance> revised = lane.importance();
    assertThat(revised.get("all").getWells()).as("a revision is no second well").isEqualTo(2);
    assertThat(revised.get("class/hit").getWells()).as("A02 left the hits").isEqualTo(1);
    assertThat(revised.get("class/negative").getWells()).isEqualTo(1);
  }

  @Test
  void shouldEmitAKeyAtMostEveryTwoSeconds() {
    List<String> wells = List.of("A01", "A02", "A03", "A04", "A05", "A06", "A07", "A08");
    lane.announce(wells, 1);
    int records = 0;
    for (String well : wells) {
      lane.publishSite(well, 1, 12);
      lane.pass(Duration.ofMillis(250));
      records += lane.driver.producedTopicNames().contains(lane.topics.channelImportance()) ? countAll() : 0;
    }
    assertThat(records).as("two seconds of wells").isLessThanOrEqualTo(2);
    lane.pass(Duration.ofSeconds(5));
    assertThat(lane.importance().get("all").getWells()).isEqualTo(8);
  }

  private int countAll() {
    return lane.importance().containsKey("all") ? 1 : 0;
  }

  @Test
  void shouldDropPanesThatAreOlderThanTheWindow() {
    lane.announce(List.of("A01", "A02"), 1);
    lane.publish(image("A01", 1, "DNA", 12).setAcquiredAt(TestLane.START.minus(Duration.ofHours(30))));
    lane.publish(image("A01", 1, "GFP", 7).setAcquiredAt(TestLane.START.minus(Duration.ofHours(30))));
    lane.pass(Duration.ofSeconds(5));
    assertThat(lane.importance().get("all").getWells()).isEqualTo(1);
    lane.publishSite("A02", 1, 12);
    lane.pass(Duration.ofSeconds(5));
    Map<String, ChannelImportance> importance = lane.importance();
    ChannelImportance all = importance.get("all");
    assertThat(all.getWells()).isEqualTo(1);
    assertThat(Duration.between(all.getWindowStart(), all.getWindowEnd())).isEqualTo(Duration.ofDays(1));
    assertThat(importance.get("plate/P/1").getWells()).as("a plate has no window").isEqualTo(2);
  }
}
