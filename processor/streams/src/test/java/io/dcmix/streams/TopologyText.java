package io.dcmix.streams;

import io.dcmix.core.scoring.ServedModel;
import io.dcmix.schema.AvroCodec;
import io.dcmix.schema.event.Acquisition;
import io.dcmix.schema.event.ImageEvent;
import io.dcmix.schema.event.PlateLayout;
import io.dcmix.streams.ScreeningTopology.EventSerdes;
import io.dcmix.streams.metrics.DecisionMeters;
import io.dcmix.streams.metrics.StageMeters;
import io.dcmix.streams.plate.PlateStage;
import io.dcmix.streams.plate.RollingStage;
import io.dcmix.streams.state.Table;
import io.dcmix.streams.well.WellStageConfig;
import io.dcmix.streams.well.WellStageSupplier;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.streams.TopologyDescription;

/** The topology of a lane, as text that is the same in every run. */
final class TopologyText {
  /** Where it is committed, below the module. */
  static final Path FILE = Path.of("src/test/resources/topology.txt");

  static final Topics LANE = new Topics("screening");

  private static final Pattern STORES = Pattern.compile("\\(stores: \\[([^\\]]*)\\]\\)");

  private TopologyText() {}

  static TopologyDescription description() {
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    AvroCodec<ImageEvent> images = AvroCodec.of(ImageEvent.class);
    AvroCodec<Acquisition> acquisitions = AvroCodec.of(Acquisition.class);
    WellStageConfig config = new WellStageConfig(LANE.lane(), "topic-id", 8, ScreeningConfig.DEFAULT, Duration.ofSeconds(1), 1);
    WellStageSupplier wells = new WellStageSupplier(
        config, () -> new ServedModel(TestLane.MODEL, true), new HandReleasedScorer(), images::decode, acquisitions::decode, new StageMeters(meters));
    return new ScreeningTopology(
        LANE, key -> true, EventSerdes.singleObject(), wells, AvroCodec.of(PlateLayout.class)::decode, ScreeningConfig.DEFAULT, new DecisionMeters(meters))
        .build().describe();
  }

  /** Sub-topologies, then the topics that hold state and work in progress, and the tables in them; each name on a running cluster follows from one here. */
  static String current() {
    StringBuilder text = new StringBuilder(STORES.matcher(description().toString()).replaceAll(TopologyText::sorted).stripTrailing());
    text.append("\n\nInternal topics\n");
    LanePlan.of(LANE, new LaneTopics.Plan(8, (short) 3, Duration.ofDays(7))).internal()
        .forEach(topic -> text.append("%s  %s%n".formatted(topic.name(), topic.partitions() == 1 ? "1 partition" : "as many partitions as the images")));
    text.append("\nTables, by store\n");
    tables().forEach(table -> text.append("%s  %s%n".formatted(table.store(), table.name())));
    return text.toString();
  }

  /** In the order of their stores and names. */
  static List<Table<?>> tables() {
    return Stream.of(WellStageSupplier.tables(), PlateStage.tables(), RollingStage.tables()).flatMap(List::stream)
        .sorted(Comparator.<Table<?>, String>comparing(Table::store).thenComparing(Table::name)).toList();
  }

  private static String sorted(MatchResult stores) {
    return Arrays.stream(stores.group(1).split(", ")).sorted().collect(Collectors.joining(", ", "(stores: [", "])"));
  }
}
