package io.dcmix.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dcmix.core.model.ContributionReference;
import io.dcmix.core.scoring.ExplainPolicy;
import io.dcmix.schema.KeyParts;
import io.dcmix.schema.event.Acquisition;
import io.dcmix.schema.event.AcquisitionStatus;
import io.dcmix.schema.event.ChannelImportance;
import io.dcmix.schema.event.ChannelStatistics;
import io.dcmix.schema.event.LayoutWell;
import io.dcmix.schema.event.PlateLayout;
import io.dcmix.schema.event.Summary;
import io.dcmix.schema.event.WellRole;
import io.dcmix.streams.plate.ImportanceConfig;
import io.dcmix.streams.plate.Scope;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;

/** Fifty days of a screen: 200 plates of 16 wells, one every six hours, through the real topology as images. */
class RollingImportanceTest {
  private static final int PLATES = 200;
  private static final Duration EVERY = Duration.ofHours(6);
  private static final Duration WINDOW = Duration.ofHours(24);
  private static final Duration RETENTION = Duration.ofDays(5);
  private static final ContributionReference REFERENCE = new ContributionReference(40, List.of(0.5, 0.5), List.of(0.03, 0.03));

  /** Stores that hold one entry a plate for as long as their topics do. */
  private static final String LAYOUTS = "plate-state/layouts";

  /** A well as it was made up; every site has a hit logit of its value − 10, and a share of the first channel. */
  private record Well(String plate, String well, Instant acquiredAt, WellRole role, String treatment, String instrument, List<Integer> values, List<Integer> shares) {
    double share() {
      return shares.stream().mapToDouble(s -> s / 256.0).average().orElseThrow();
    }

    double logit() {
      return values.stream().mapToDouble(v -> v - 10).average().orElseThrow();
    }

    boolean hit() {
      return values.getFirst() > 10;
    }

    Set<String> scopes() {
      return Set.of("all", "class/" + (hit() ? "hit" : "negative"), "role/" + role, KeyParts.join("treatment", treatment), KeyParts.join("instrument", instrument));
    }
  }

  private final Random random = new Random(5);
  private final Map<String, Well> wells = new TreeMap<>();
  private final Map<String, ChannelImportance> published = new HashMap<>();

  @Test
  void shouldStayBoundedAndRightOverFiftyDaysOfPlates() {
    ImportanceConfig importance =
        ImportanceConfig.DEFAULT.withWindow(WINDOW, EVERY).withScopes(EnumSet.allOf(Scope.Kind.class));
    ScreeningConfig config = TestLane.SCREENING.withExplain(ExplainPolicy.parse("hits")).withPlateRetention(RETENTION).withImportance(importance);
    Map<String, Integer> largestEarly = new TreeMap<>();
    Map<String, Integer> largestLate = new TreeMap<>();
    int recordsEarly = 0;
    int recordsLate = 0;
    int liveScopes = 0;
    try (TestLane lane = new TestLane(config, TestLane.MODEL.withContributionReference(REFERENCE))) {
      lane.scorer.contribution = (bytes, channels) -> new double[] {(bytes[1] & 0xFF) / 256.0, 1 - (bytes[1] & 0xFF) / 256.0};
      for (int i = 0; i < PLATES; i++) {
        publish(lane, i);
        int records = take(lane);
        if (i % 20 == 19) {
          assertRight();
        }
        if (i % 10 == 3) {
          correct(lane, "plate %d".formatted(i));
          records += take(lane);
          assertRight();
        }
        lane.pass(EVERY);
        records += take(lane);

        boolean late = i >= PLATES / 2;
        if (i >= 40) {
          lane.tables().forEach((store, size) -> (late ? largestLate : largestEarly).merge(store, size, Math::max));
          recordsEarly = late ? recordsEarly : Math.max(recordsEarly, records);
          recordsLate = late ? Math.max(recordsLate, records) : recordsLate;
          liveScopes = Math.max(liveScopes, (int) published.keySet().stream().filter(key -> !key.startsWith("plate/")).count());
        }
      }
    }
    assertThat(largestLate.keySet()).contains("plate-state/rows", "plate-state/partials", "window-state/partials", "window-state/panes");
    largestLate.forEach((store, size) -> {
      if (!store.equals(LAYOUTS)) {
        assertThat(size).as("rows of " + store).isLessThanOrEqualTo(largestEarly.get(store));
      }
    });
    // Rows of the plates that something came of within the retention, and of one sweep more.
    assertThat(largestLate.get("plate-state/rows")).isLessThanOrEqualTo(16 * (int) (RETENTION.dividedBy(EVERY) + 2));
    // Four panes of the window hold at most five plates, each with 10 treatments, 3 roles, 2 classes, an instrument and all, in up to two panes.
    assertThat(largestLate.get("window-state/partials")).isLessThanOrEqualTo(5 * 2 * 17);
    assertThat(recordsLate).isLessThanOrEqualTo(recordsEarly);
    assertThat(liveScopes).as("of 1600 treatments, those of five plates").isLessThanOrEqualTo(5 * 8 + 2 + 1 + 2 + 3 + 2);
  }

  /** A plate: layout before or after the images, images in any order. */
  private void publish(TestLane lane, int number) {
    String plate = "plate %d".formatted(number);
    Instant began = lane.now().minus(Duration.ofMinutes(30));
    List<Well> made = new ArrayList<>();
    for (int row = 0; row < 4; row++) {
      for (int column = 0; column < 4; column++) {
        String name = "%c%02d".formatted('A' + row, column + 1);
        WellRole role = column == 0 ? WellRole.NEGATIVE_CONTROL : column == 3 ? WellRole.POSITIVE_CONTROL : WellRole.SAMPLE;
        String treatment = switch (role) {
          case NEGATIVE_CONTROL -> "DMSO";
          case POSITIVE_CONTROL -> "reference";
          default -> "compound %d-%d".formatted(number, row * 4 + column);
        };
        boolean hit = role == WellRole.POSITIVE_CONTROL || random.nextInt(8) == 0;
        made.add(new Well(plate, name, began.plus(Duration.ofMinutes(4L * row + column)), role, treatment, "microscope %d".formatted(number % 2),
            new ArrayList<>(List.of(hit ? 11 + random.nextInt(9) : random.nextInt(10))), new ArrayList<>(List.of(100 + random.nextInt(60)))));
      }
    }
    lane.announce(Acquisition.newBuilder().setPlate(plate).setAcquisition("1").setStatus(AcquisitionStatus.STARTED).setRows(4).setColumns(4)
        .setWells(made.stream().map(Well::well).toList()).setSites(List.of(1)).setChannels(List.of("DNA", "GFP")));
    if (number % 2 == 0) {
      lane.publish(layout(plate, made));
    }
    Collections.shuffle(made, random);
    for (Well well : made) {
      site(lane, well, 1);
      wells.put(plate + "/" + well.well(), well);
    }
    lane.pass(Duration.ofSeconds(1));
    if (number % 2 == 1) {
      lane.publish(layout(plate, made));
    }
    lane.pass(Duration.ofSeconds(4));
  }

  private static PlateLayout layout(String plate, List<Well> made) {
    return PlateLayout.newBuilder().setPlate(plate).setRows(4).setColumns(4)
        .setWells(made.stream().map(w -> LayoutWell.newBuilder().setWell(w.well()).setRole(w.role()).setTreatment(w.treatment()).build()).toList()).build();
  }

  private static void site(TestLane lane, Well well, int site) {
    byte[] pixels = {well.values().get(site - 1).byteValue(), well.shares().get(site - 1).byteValue(), 0, 0};
    lane.publish(TestLane.image(well.well(), site, "DNA", 0).setPlate(well.plate()).setAcquiredAt(well.acquiredAt()).setInstrument(well.instrument())
        .setBytes(ByteBuffer.wrap(pixels)));
    lane.publish(TestLane.image(well.well(), site, "GFP", 7).setPlate(well.plate()).setAcquiredAt(well.acquiredAt()).setInstrument(well.instrument()));
  }

  /** A further site comes for two wells that were already predicted. */
  private void correct(TestLane lane, String plate) {
    for (String name : List.of("B04", "C04")) { // positive controls, so both sites are hits
      Well well = wells.get(plate + "/" + name);
      well.values().add(19);
      well.shares().add(20);
      site(lane, well, 2);
    }
    lane.pass(TestLane.DEADLINE.plusSeconds(30));
    lane.pass(Duration.ofSeconds(5));
  }

  private int take(TestLane lane) {
    List<TestRecord<String, ChannelImportance>> records = lane.importanceRecords();
    for (TestRecord<String, ChannelImportance> record : records) {
      if (record.value() == null) {
        published.remove(record.key());
      } else {
        published.put(record.key(), record.value());
      }
    }
    return records.size();
  }

  /** Holds what is published against all wells of the window, by the definitions. */
  private void assertRight() {
    long pane = EVERY.toSeconds();
    long newest = wells.values().stream().mapToLong(w -> w.acquiredAt().getEpochSecond()).max().orElseThrow();
    Instant end = Instant.ofEpochSecond((newest / pane + 1) * pane);
    Map<String, List<Well>> byScope = new TreeMap<>();
    for (Well well : wells.values()) {
      if (!well.acquiredAt().isBefore(end.minus(WINDOW))) {
        well.scopes().forEach(scope -> byScope.computeIfAbsent(scope, s -> new ArrayList<>()).add(well));
      }
    }
    assertThat(new TreeSet<>(published.keySet().stream().filter(key -> !key.startsWith("plate/")).toList())).isEqualTo(byScope.keySet());
    byScope.forEach((scope, ofScope) -> {
      ChannelImportance record = published.get(scope);
      assertThat(record.getWindowEnd()).as(scope).isEqualTo(end);
      assertThat(record.getWindowStart()).isEqualTo(end.minus(WINDOW));
      assertThat(record.getWells()).isEqualTo(ofScope.size());
      ChannelStatistics dna = record.getChannels().getFirst();
      ChannelStatistics gfp = record.getChannels().getLast();
      assertSummary(dna.getContribution(), ofScope, Well::share);
      assertSummary(gfp.getContribution(), ofScope, w -> 1 - w.share());
      assertSummary(dna.getImportance(), ofScope.stream().filter(Well::hit).toList(), Well::logit);
      assertThat(dna.getDrift()).isCloseTo((dna.getContribution().getMean() - 0.5) / 0.03, within(1e-9));
      assertThat(dna.getDriftFromStart()).isNull();
    });
    for (Well well : wells.values()) {
      ChannelImportance plate = published.get(KeyParts.join("plate", well.plate(), "1"));
      assertThat(plate.getWells()).as("a plate's record outlives its rows").isEqualTo(16);
    }
  }

  private static void assertSummary(Summary summary, List<Well> ofScope, ToDoubleFunction<Well> value) {
    double[] values = ofScope.stream().mapToDouble(value).toArray();
    assertThat(summary.getCount()).isEqualTo(values.length);
    if (values.length == 0) {
      return;
    }
    double sum = 0;
    double min = values[0];
    double max = values[0];
    for (double v : values) {
      sum += v;
      min = Math.min(min, v);
      max = Math.max(max, v);
    }
    double squares = 0;
    for (double v : values) {
      squares += (v - sum / values.length) * (v - sum / values.length);
    }
    assertThat(summary.getMean()).isCloseTo(sum / values.length, within(1e-9));
    assertThat(summary.getVariance()).isCloseTo(values.length < 2 ? 0 : squares / (values.length - 1), within(1e-9));
    assertThat(summary.getMin()).isEqualTo(min);
    assertThat(summary.getMax()).isEqualTo(max);
  }
}
