package io.dcmix.core.archive;

import static org.assertj.core.api.Assertions.assertThat;

import io.dcmix.core.RealData;
import io.dcmix.schema.PlateFormat;
import io.dcmix.schema.WellAddress;
import io.dcmix.schema.event.Orientation;
import io.dcmix.schema.event.WellRole;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which plate gets which map. */
class PlateMapPlanTest {
  private static final String MAP = "plate_map_name\twell_position\tbroad_sample\tpert_type\nH-1\tA01\tDMSO\tnegcon\nH-1\tB02\tBRD-1\ttrt\n";

  @TempDir Path folder;

  @Test
  void shouldReadAJumpBatchFromItsTableOfBarcodes() throws IOException {
    Files.createDirectories(folder.resolve("platemap"));
    file("platemap/H-1.txt", MAP);
    file("platemap/H-2.tsv", "well_position\tbroad_sample\nC03\tX\n");
    Path table = file("barcode_platemap.csv", "Assay_Plate_Barcode,Plate_Map_Name\nBR00117,H-1\nBR00118,H-1\nBR00119,H-2\n");
    PlateMapPlan plan = PlateMapPlan.read(request(null, List.of(), table));
    assertThat(plan.problems()).isEmpty();
    assertThat(plan.plates()).containsOnlyKeys("BR00117", "BR00118", "BR00119");
    assertThat(plan.plates().get("BR00117")).isEqualTo(plan.plates().get("BR00118"));
    assertThat(plan.plates().get("BR00119").map().wells()).containsOnlyKeys(WellAddress.parse("C03"));
    assertThat(PlateMapPlan.read(request(null, List.of("BR00118"), table)).plates()).containsOnlyKeys("BR00118");
    assertThat(PlateMapPlan.read(request(table, List.of(), folder.resolve("platemap/H-1.txt"), folder.resolve("platemap/H-2.tsv"))).plates())
        .isEqualTo(plan.plates());
  }

  @Test
  void shouldSayWhichLineOfTheTableHasNoMapAndWhichMapHasNoPlate() throws IOException {
    Path map = file("H-1.txt", MAP);
    Path other = file("H-9.txt", "well\nA01\n");
    Path table = file("barcodes.csv", "Assay_Plate_Barcode,Plate_Map_Name\nP1,H-1\nP2,H-2\nP1,H-1\n,H-1\n");
    PlateMapPlan plan = PlateMapPlan.read(request(table, List.of(), map, other));
    assertThat(plan.problems()).containsExactlyInAnyOrder(
        "barcodes.csv: line 4: names P1, as line 2 does",
        "barcodes.csv: line 5: names no plate",
        "H-9.txt: does not say which plate it is about; barcodes.csv does not name it either",
        "barcodes.csv: line 3: no file holds the plate map H-2");
    assertThat(plan.plates()).containsOnlyKeys("P1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"../secret", "/etc/passwd", "a/b", ".hidden", "..\\x"})
  void shouldNotFollowAMapNameOutOfItsFolder(String name) throws IOException {
    Path table = file("barcode_platemap.csv", "Assay_Plate_Barcode,Plate_Map_Name\nP1," + name + "\n");
    Files.writeString(folder.resolve("secret.csv"), "well\nA01\n");
    PlateMapPlan plan = PlateMapPlan.read(request(null, List.of(), table));
    assertThat(plan.problems()).singleElement().asString().contains("'" + name + "' is no name of a plate map");
    assertThat(plan.plates()).isEmpty();
  }

  @Test
  void shouldGiveAMapToThePlatesThatAPersonNames() throws IOException {
    Path map = file("map.csv", "well,role\nA01,neg\n");
    assertThat(PlateMapPlan.read(request(null, List.of("P/1", "P2"), map)).plates()).containsOnlyKeys("P/1", "P2");
    assertThat(PlateMapPlan.read(request(null, List.of(), map)).problems())
        .containsExactly("map.csv: does not say which plate it is about; name it with --plate, or give a table of barcodes with --barcodes");
    Path second = file("second.csv", "well,role\nA01,pos\n");
    assertThat(PlateMapPlan.read(request(null, List.of("P1"), map, second)).problems()).as("which of the two?").hasSize(2);
  }

  @Test
  void shouldChooseAmongThePlatesOfAFile() throws IOException {
    Path map = file("map.csv", "plate,well,role\nP1,A01,neg\nP2,A01,pos\n");
    assertThat(PlateMapPlan.read(request(null, List.of("P2"), map)).plates()).containsOnlyKeys("P2");
    assertThat(PlateMapPlan.read(request(null, List.of("P3"), map)).problems()).containsExactly("no file speaks of plate P3; there are [P1, P2]");
  }

  /** Row 15 of the faults: a barcode that was typed wrongly gets the map of the plate it stands for, by the table and never by likeness. */
  @Test
  void shouldGiveAPlateItsMapUnderItsOtherBarcodesToo() throws IOException {
    Path map = file("map.csv", "plate,well,role\nBR00117,A01,neg\nBR00118,A01,pos\n");
    Path table = file("aliases.csv", "Barcode,Alias\nBR00117,BR0O117 | BR00117_2\n");
    PlateMapPlan plan = PlateMapPlan.read(request(table, List.of(), map));
    assertThat(plan.problems()).isEmpty();
    assertThat(plan.plates()).containsOnlyKeys("BR00117", "BR0O117", "BR00117_2", "BR00118");
    assertThat(plan.plates().get("BR0O117")).isEqualTo(plan.plates().get("BR00117"));
    assertThat(PlateMapPlan.read(request(table, List.of("BR00117"), map)).plates()).containsOnlyKeys("BR00117", "BR0O117", "BR00117_2");
    Path twice = file("twice.csv", "Barcode,Alias\nBR00117,X\nBR00118,X\n");
    assertThat(PlateMapPlan.read(request(twice, List.of(), map)).problems()).containsExactly("twice.csv: line 3: names X, as line 2 does");
    Path none = file("none.csv", "Barcode,Alias\nBR9,X\n");
    assertThat(PlateMapPlan.read(request(none, List.of(), map)).problems()).containsExactly("none.csv: line 2: no plate map speaks of plate BR9");
    Path sole = file("sole.csv", "well,role\nA01,neg\n");
    assertThat(PlateMapPlan.read(request(table, List.of("BR00117"), sole)).plates()).containsOnlyKeys("BR00117", "BR0O117", "BR00117_2");
  }

  /** Row 17 of the faults. */
  @Test
  void shouldTurnThePlatesThatTheTableOrThePersonSaysLayTurned() throws IOException {
    Path map = file("map.csv", "plate,well,role\nP1,A01,neg\nP2,A01,pos\n");
    Path table = file("barcodes.csv", "Barcode,Alias,Orientation\nP1,,rotated-180\nP2,,Normal\n");
    Map<String, PlateMapPlan.Planned> plates = PlateMapPlan.read(request(table, List.of(), map)).plates();
    assertThat(plates.get("P1").orientation()).isEqualTo(Orientation.ROTATED_180);
    assertThat(plates.get("P2").orientation()).isEqualTo(Orientation.NORMAL);
    assertThat(plates.get("P1").map().wells()).as("the layout itself stays as it is written").containsOnlyKeys(WellAddress.parse("A01"));
    PlateMapPlan.Request all = new PlateMapPlan.Request(
        List.of(map), table, List.of(), PlateMapColumns.AUTOMATIC, null, null, PlateMapPlan.orientation("rotated-180"));
    assertThat(PlateMapPlan.read(all).plates().values()).extracting(PlateMapPlan.Planned::orientation).containsOnly(Orientation.ROTATED_180);
    Path wrong = file("wrong.csv", "Barcode,Alias,Orientation\nP1,,sideways\n");
    assertThat(PlateMapPlan.read(request(wrong, List.of(), map)).problems())
        .containsExactly("wrong.csv: line 2: the orientation 'sideways' is neither normal nor rotated-180");
  }

  @Test
  void shouldTakeNeitherOfTwoFilesThatContradictEachOther() throws IOException {
    Path one = file("one.csv", "plate,well,role\nP1,A01,neg\nP2,A01,neg\n");
    Path same = file("same.csv", "plate,well,role\nP2,A1,negative\n");
    Path two = file("two.csv", "plate,well,role\nP1,A01,pos\n");
    PlateMapPlan plan = PlateMapPlan.read(request(null, List.of(), one, same, two));
    assertThat(plan.problems()).containsExactly("two.csv: says otherwise of plate P1 than one.csv");
    assertThat(plan.plates()).containsOnlyKeys("P2");
  }

  @Test
  void shouldReportEveryFileThatIsWrong() throws IOException {
    Path one = file("one.csv", "plate,well,role\nP1,A01,neg\nP1,ZZ1,neg\n");
    Path two = file("two.csv", "nothing\nhere\n");
    PlateMapPlan plan = PlateMapPlan.read(request(null, List.of(), one, two, folder.resolve("three.csv")));
    assertThat(plan.problems()).hasSize(3).anySatisfy(p -> assertThat(p).startsWith("one.csv: line 3: 'ZZ1'"))
        .anySatisfy(p -> assertThat(p).startsWith("two.csv: has no column with the well"))
        .anySatisfy(p -> assertThat(p).contains("three.csv", "there is nothing of that name"));
  }

  @Test
  void shouldReadTheRealMapOfBbbc013WithWhatAPersonSaysOnTheCommandLine() throws IOException {
    Path map = RealData.folder("bbbc013").resolve("ExampleSBSImages/1049_Metadata.csv");
    PlateMapColumns columns = PlateMapColumns.parse("concentrationUnit=level", "-1=negative,1=positive,0=sample", "");
    PlateMapPlan plan = PlateMapPlan.read(new PlateMapPlan.Request(List.of(map), null, List.of("1049"), columns, null, null, null));
    assertThat(plan.problems()).isEmpty();
    PlateMap read = plan.plates().get("1049").map();
    assertThat(read.format()).isEqualTo(PlateFormat.WELLS_96);
    assertThat(read.wells().values().stream().collect(Collectors.groupingBy(PlateMap.Content::role, Collectors.counting())))
        .isEqualTo(Map.of(WellRole.NEGATIVE_CONTROL, 16L, WellRole.POSITIVE_CONTROL, 8L, WellRole.SAMPLE, 72L));
  }

  private Path file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private static PlateMapPlan.Request request(Path barcodes, List<String> plates, Path... files) {
    return new PlateMapPlan.Request(List.of(files), barcodes, plates, PlateMapColumns.AUTOMATIC, null, null, null);
  }
}
