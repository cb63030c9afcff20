package io.dcmix.core.quality;

import static org.assertj.core.api.Assertions.assertThat;

import io.dcmix.core.RealData;
import io.dcmix.core.archive.PlaneId;
import io.dcmix.core.archive.simulation.SimulatedPlate;
import io.dcmix.core.archive.simulation.SimulationSpec;
import io.dcmix.schema.PlateFormat;
import io.dcmix.schema.WellAddress;
import io.dcmix.schema.event.PlaneQuality;
import io.dcmix.schema.event.WellFlag;
import io.dcmix.core.screening.FocusOutliers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the default policy says of plates that people imaged, and of simulated ones. */
class RealPlanesTest {
  private static final QualityPolicy POLICY = QualityPolicy.DEFAULT;

  @Test
  void nothingIsWrongWithAnyWellOfBbbc013() throws Exception {
    Path folder = RealData.folder("bbbc013").resolve("ExampleSBSImages");
    TreeMap<String, List<PlaneQuality>> wells = new TreeMap<>();
    for (Path file : images(folder, ".tif")) {
      String name = file.getFileName().toString();
      wells.computeIfAbsent(name.substring(name.length() - 8), well -> new ArrayList<>()).add(Planes.read(file).bytes().at(1, name.substring(0, 8)));
    }
    assertThat(wells).hasSize(96);
    wells.forEach((well, planes) -> {
      assertThat(planes).as(well).hasSize(2).allSatisfy(plane -> assertThat(POLICY.defects(plane)).isEmpty());
      assertThat(POLICY.noCells(planes)).as(well).isFalse();
      // Cells cover a good part of each image, and none all of it.
      assertThat(planes).as(well).allSatisfy(plane -> assertThat(plane.getForegroundFraction()).isBetween(0.1, 0.9));
    });
  }

  @Test
  void nothingIsWrongWithAWellOfAnOperaPhenixAndItHasCells() throws Exception {
    List<PlaneQuality> planes = new ArrayList<>();
    for (Path file : images(RealData.folder("harmony").resolve("phenix_v5_namespace/images"), ".tiff")) {
      planes.add(Planes.read(file).shorts(16).at(1, file.getFileName().toString()));
    }
    assertThat(planes).hasSize(6).allSatisfy(plane -> assertThat(POLICY.defects(plane)).isEmpty());
    assertThat(POLICY.noCells(planes)).isFalse();
  }

  @Test
  void aChannelOfAnImageXpressThatShowsNoCellsHasNoForegroundAndTheNucleiHave() throws Exception {
    for (Path file : images(RealData.folder("imagexpress").resolve("9987_Plate_3434"), ".tif")) {
      PlaneQuality plane = Planes.read(file).shorts(16).at(1, file.getFileName().toString());
      assertThat(POLICY.defects(plane)).as("%s", file).isEmpty();
      if (plane.getChannel().contains("_w3")) {
        assertThat(plane.getForegroundFraction()).as("%s", file).isLessThan(0.0001);
      } else if (plane.getChannel().contains("_w1")) {
        assertThat(plane.getForegroundFraction()).as("%s", file).isGreaterThan(0.02);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Channel1-01-A-01.tif", "Channel1-50-E-02.tif", "Channel2-01-A-01.tif", "Channel2-96-H-12.tif"})
  void focusFallsSteadilyAsARealImageIsBlurred(String name) throws Exception {
    Planes plane = Planes.read(RealData.folder("bbbc013").resolve("ExampleSBSImages").resolve(name));
    double before = plane.bytes().focus();
    for (double sigma : new double[] {0.7, 1, 1.5, 2, 3, 4, 6, 8}) {
      // The camera adds its noise behind the lens.
      double focus = plane.map(v -> 16 * v).blurred(sigma).noisy(20, 0xFFFF, 1).shorts(16).focus();
      assertThat(focus).as("sigma %s", sigma).isLessThan(before);
      before = focus;
    }
    assertThat(before).isLessThan(plane.bytes().focus() / 5);
  }

  @Test
  void oneBlurredWellOfBbbc013StandsOutFromThePlate() throws Exception {
    List<Path> files = images(RealData.folder("bbbc013").resolve("ExampleSBSImages"), ".tif").stream()
        .filter(file -> file.getFileName().toString().startsWith("Channel2")).toList();
    double[] focus = new double[files.size()];
    for (int i = 0; i < focus.length; i++) {
      focus[i] = Planes.read(files.get(i)).bytes().focus();
    }
    focus[40] = Planes.read(files.get(40)).blurred(4).bytes().focus();
    double[] z = FocusOutliers.robustZ(focus);
    for (int i = 0; i < z.length; i++) {
      assertThat(z[i] < FocusOutliers.BLURRED_BELOW).as("%s: %s", files.get(i).getFileName(), z[i]).isEqualTo(i == 40);
    }
  }

  @Test
  void theEmptyWellsOfASimulatedPlateAndNoOthersHaveNoCells() throws IOException {
    Set<WellAddress> empty = Set.of(WellAddress.parse("A03"), WellAddress.parse("C05"), WellAddress.parse("B01"));
    SimulatedPlate plate = SimulatedPlate.of(SimulationSpec.demo(3).withFormat(PlateFormat.WELLS_24).withEmpty(empty));
    TreeMap<WellAddress, List<PlaneQuality>> wells = new TreeMap<>();
    for (PlaneId id : plate.planes()) {
      PlaneStatistics measured = PlaneStatistics.of(plate.pixels(id), plate.spec().image(), 16);
      wells.computeIfAbsent(id.well(), well -> new ArrayList<>()).add(measured.at(id.site(), id.channel()));
    }
    wells.forEach((well, planes) -> {
      assertThat(POLICY.noCells(planes)).as("%s", well).isEqualTo(empty.contains(well));
      assertThat(planes).as("%s", well).noneMatch(plane -> POLICY.defects(plane).contains(WellFlag.BLANK_CHANNEL));
    });
  }

  private static List<Path> images(Path folder, String suffix) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.getFileName().toString().toLowerCase(java.util.Locale.ROOT).endsWith(suffix)).sorted().toList();
    }
  }
}
