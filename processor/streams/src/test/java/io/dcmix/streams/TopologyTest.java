package io.dcmix.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.dcmix.streams.state.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.streams.TopologyDescription;
import org.junit.jupiter.api.Test;

/** State lies under the names of stores, work in progress under those of repartitions: a new name would begin with nothing. */
class TopologyTest {
  private static final Pattern STORES = Pattern.compile("\\(stores: \\[([^\\]]*)\\]\\)");

  /** The table of announcements is read from its own topic. */
  private static final String GLOBAL = "acquisitions";

  @Test
  void anUpgradeOrphansNoStateUnawares() throws IOException {
    assertThat(TopologyText.current())
        .as("""
            The topology is not the one that lanes were set up with. What that needs depends on what changed; docs/upgrades.md says which:
              - processors were renamed, added or removed, sub-topologies and internal topics are the same: a rolling restart;
              - a sub-topology, a store, a table or a repartition is new, gone or renamed, or numbers of sub-topologies moved: a lane reset
                ('dcmix lane reset') or a new lane, as task ids and names of internal topics decide where state lies.
            If it is meant: say it in docs/upgrades.md and write the description anew with
              mvn -pl processor/streams -am test -Dtest=WriteTopology -Dsurefire.failIfNoSpecifiedTests=false""")
        .isEqualTo(Files.readString(TopologyText.FILE));
  }

  @Test
  void everyStoreAndInternalTopicHasANameThatPeopleGaveIt() {
    assertThat(stores()).isNotEmpty().allSatisfy(store -> assertThat(store).matches("[a-z]+(-[a-z]+)*"));
    assertThat(plan().internal()).extracting(LaneTopic::name).allSatisfy(name -> assertThat(name).matches("[a-z]+(-[a-z]+)*"));
  }

  @Test
  void theListOfALaneHasTheInternalTopicsOfTheTopologyAndNoOthers() {
    Set<String> expected = new TreeSet<>();
    stores().stream().filter(store -> !store.equals(GLOBAL)).forEach(store -> expected.add("dcmix-screening-" + store + "-changelog"));
    Matcher repartition = Pattern.compile("Sink: \\S+ \\(topic: (\\S+-repartition)\\)").matcher(TopologyText.description().toString());
    while (repartition.find()) {
      expected.add("dcmix-screening-" + repartition.group(1));
    }
    assertThat(plan().internal()).extracting(LaneTopic::name).containsExactlyInAnyOrderElementsOf(expected).hasSize(6);
  }

  @Test
  void noTwoTablesOfAStoreHaveOneName() {
    assertThat(TopologyText.tables()).hasSizeGreaterThan(15)
        .extracting(Table::store, Table::name).doesNotHaveDuplicates();
    assertThat(TopologyText.tables()).extracting(Table::store).containsAll(stores().stream().filter(store -> !store.equals(GLOBAL)).toList());
  }

  private static Set<String> stores() {
    Set<String> stores = new TreeSet<>();
    TopologyDescription description = TopologyText.description();
    Matcher matcher = STORES.matcher(description.toString());
    while (matcher.find()) {
      List.of(matcher.group(1).split(", ")).stream().filter(name -> !name.isEmpty()).forEach(stores::add);
    }
    return stores;
  }

  private static LanePlan plan() {
    return LanePlan.of(TopologyText.LANE, new LaneTopics.Plan(8, (short) 3, Duration.ofDays(7)));
  }
}
