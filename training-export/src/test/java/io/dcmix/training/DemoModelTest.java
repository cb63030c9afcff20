package io.dcmix.training;

import static org.assertj.core.api.Assertions.assertThat;

import io.dcmix.core.archive.PlaneId;
import io.dcmix.core.archive.simulation.SimulatedPlate;
import io.dcmix.core.archive.simulation.SimulationSpec;
import io.dcmix.core.model.ContributionReference;
import io.dcmix.core.model.DcmixModel;
import io.dcmix.core.model.DevicePolicy;
import io.dcmix.core.model.SiteScore;
import io.dcmix.core.screening.HitMargin;
import io.dcmix.schema.PlateFormat;
import io.dcmix.schema.WellAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The committed model and the simulator fit each other. If the simulator changes, train again (docs/model-contract.md). */
class DemoModelTest {
  private static final Path FILE = Path.of("../processor/demo/src/main/resources/models/demo-dcmix.onnx");

  static DcmixModel model;

  @BeforeAll
  static void load() throws Exception {
    assertThat(Files.size(FILE)).isLessThan(1_000_000);
    model = DcmixModel.load(FILE, DevicePolicy.CPU);
  }

  @AfterAll
  static void close() {
    model.close();
  }

  @Test
  void takesWhatTheDemoPublishesAndWasNotTrainedOnItsSmallSeeds() {
    SimulationSpec demo = SimulationSpec.demo(1);
    assertThat(model.card().channels()).isEqualTo(demo.channels());
    assertThat(model.card().pixelType()).isEqualTo(demo.image().pixelType());
    assertThat(List.of(model.card().height(), model.card().width())).containsExactly(demo.image().height(), demo.image().width());
    assertThat(model.card().provenance().get("data")).startsWith("simulated plates of seeds [2000007, ");
    assertThat(model.reproducible()).isTrue();
  }

  @Test
  void weighsThePlantedChannelsMost() {
    assertThat(top(2, model.card().weights())).containsExactlyInAnyOrderElementsOf(SimulationSpec.demo(1).planted());
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 42, -8_311_022})
  void callsAFreshPlateRightAndFindsItsPlantedChannels(long seed) throws Exception {
    SimulatedPlate plate = SimulatedPlate.of(SimulationSpec.demo(seed).withFormat(PlateFormat.WELLS_96));
    double[] importance = new double[model.card().channels().size()];
    List<WellAddress> called = new ArrayList<>();
    for (WellAddress well : plate.format().wells()) {
      double margin = 0;
      double[] ofWell = new double[importance.length];
      for (int site = 1; site <= plate.spec().sites(); site++) {
        SiteScore score = model.score(pixels(plate, well, site), true);
        margin += HitMargin.of(score.logits(), model.card().hitIndex());
        for (int c = 0; c < ofWell.length; c++) {
          ofWell[c] += Objects.requireNonNull(score.importance())[c];
        }
      }
      if (margin > 0) {
        called.add(well);
        IntStream.range(0, importance.length).forEach(c -> importance[c] += ofWell[c]);
      }
    }
    assertThat(plate.plantedHits()).isNotEmpty();
    assertThat(called).containsExactlyInAnyOrderElementsOf(
        plate.format().wells().stream().filter(plate::showsPhenotype).toList());
    assertThat(top(2, IntStream.range(0, importance.length).mapToObj(c -> importance[c]).toList()))
        .containsExactlyInAnyOrderElementsOf(plate.plantedChannels());
  }

  @Test
  void aFreshPlateDoesNotDriftAndOneWithADimChannelDoes() throws Exception {
    SimulatedPlate plate = SimulatedPlate.of(SimulationSpec.demo(42).withFormat(PlateFormat.WELLS_96));
    ContributionReference reference = Objects.requireNonNull(model.card().contributionReference());
    assertThat(reference.wells()).as("those that were not held back").isEqualTo(204);
    int dim = model.card().channels().indexOf("ER");
    List<double[]> drifts = new ArrayList<>();
    for (int divisor : new int[] {1, 3}) {
      double[] share = new double[model.card().channels().size()];
      for (WellAddress well : plate.format().wells()) {
        for (int site = 1; site <= plate.spec().sites(); site++) {
          ByteBuffer pixels = pixels(plate, well, site);
          for (int i = dim * model.card().planeBytes(); i < (dim + 1) * model.card().planeBytes(); i++) {
            pixels.put(i, (byte) ((pixels.get(i) & 0xFF) / divisor));
          }
          double[] ofSite = model.score(pixels, false).contribution();
          for (int c = 0; c < share.length; c++) {
            share[c] += ofSite[c] / plate.spec().sites() / plate.format().wells().size();
          }
        }
      }
      drifts.add(IntStream.range(0, share.length).mapToDouble(c -> reference.drift(c, share[c])).toArray());
    }
    assertThat(Arrays.stream(drifts.get(0)).map(Math::abs).max().orElseThrow()).isLessThan(1);
    assertThat(drifts.get(1)[dim]).isLessThan(-3);
  }

  private static List<String> top(int n, List<Double> values) {
    return IntStream.range(0, values.size()).boxed()
        .sorted(Comparator.comparing((Integer c) -> values.get(c)).reversed())
        .limit(n).map(model.card().channels()::get).toList();
  }

  private static ByteBuffer pixels(SimulatedPlate plate, WellAddress well, int site) throws Exception {
    ByteBuffer pixels = ByteBuffer.allocateDirect(model.card().siteBytes()).order(ByteOrder.nativeOrder());
    for (String channel : model.card().channels()) {
      pixels.put(plate.pixels(new PlaneId(well, site, channel, 0, 0)));
    }
    return pixels.flip();
  }
}
