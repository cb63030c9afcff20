package io.dcmix.core.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dcmix.core.RealData;
import io.dcmix.schema.PlateFormat;
import io.dcmix.schema.WellAddress;
import io.dcmix.schema.event.WellRole;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlateMapsTest {
  @TempDir Path folder;

  @Test
  void shouldReadTheRealMapOfBbbc013() throws IOException {
    Path file = RealData.folder("bbbc013").resolve("ExampleSBSImages/1049_Metadata.csv");
    PatternSpec spec = PatternSpec.read(BbbcExample.file());
    PlateMap map = PlateMaps.read(file, spec.columns());
    assertThat(map.format()).isEqualTo(PlateFormat.WELLS_96);
    Map<WellRole, Long> roles =
        map.wells().values().stream().collect(Collectors.groupingBy(PlateMap.Content::role, Collectors.counting()));
    assertThat(roles).containsOnly(
        Map.entry(WellRole.NEGATIVE_CONTROL, 16L), Map.entry(WellRole.POSITIVE_CONTROL, 8L), Map.entry(WellRole.SAMPLE, 72L));
    // The layout flips in the middle of the plate.
    assertThat(content(map, "A01").role()).isEqualTo(WellRole.NEGATIVE_CONTROL);
    assertThat(content(map, "D12").role()).isEqualTo(WellRole.POSITIVE_CONTROL);
    assertThat(content(map, "E01").role()).isEqualTo(WellRole.POSITIVE_CONTROL);
    assertThat(content(map, "H12").role()).isEqualTo(WellRole.NEGATIVE_CONTROL);
    assertThat(content(map, "A03")).isEqualTo(new PlateMap.Content(WellRole.SAMPLE, null, 1.0, "level"));
  }

  @ParameterizedTest
  @ValueSource(strings = {
    "well,role,compound,concentration,unit\na1,negcon,DMSO,,\nB02,trt,\"CPD, 7\",2.5,µM\n",
    "\uFEFFMetadata_Well;Metadata_pert_type;treatment;conc\r\nA001;negcon;DMSO;\r\nb2;trt;CPD, 7;2.5 uM\r\n",
    "Row\tColumn\tpert_type\tcontrol_type\tbroad_sample\tdose\tunit\n1\t1\tcontrol\tNeg_Con\tDMSO\t\t\n\n2\t02\ttrt\t\tCPD, 7\t2.5\tμM",
  })
  void shouldFindTheUsualColumnsInTheUsualFormats(String text) throws IOException {
    PlateMap map = read(text);
    assertThat(map.wells()).containsOnly(
        Map.entry(WellAddress.parse("A01"), new PlateMap.Content(WellRole.NEGATIVE_CONTROL, "DMSO", null, null)),
        Map.entry(WellAddress.parse("B02"), new PlateMap.Content(WellRole.SAMPLE, "CPD, 7", 2.5, "uM")));
    assertThat(map.source()).isEqualTo("map.csv");
  }

  @ParameterizedTest
  @CsvSource({
    "trt, SAMPLE", "negcon, NEGATIVE_CONTROL", "poscon_diverse, POSITIVE_CONTROL", "poscon, POSITIVE_CONTROL", "empty, EMPTY",
    "negative_control, NEGATIVE_CONTROL", "positive_control, POSITIVE_CONTROL", "treatment, SAMPLE", "Untreated, EMPTY",
    "'', UNKNOWN", "Positive control, POSITIVE_CONTROL",
  })
  void shouldKnowTheSpellingsOfRoles(String spelling, WellRole role) {
    assertThat(WellRoles.parse(spelling)).contains(role);
  }

  @Test
  void shouldReportEveryBadLineAtOnce() {
    String text = "well,role,concentration\nA01,negcon,1\nZZ9,trt,1\nA02,mystery,1\nA03,trt,much\nA04,trt\nA01,poscon,1\nA05,trt,-1\nA06,trt,1\n";
    assertThatThrownBy(() -> read(text))
        .isInstanceOfSatisfying(ArchiveException.class, e -> assertThat(e.problems()).hasSize(6))
        .hasMessageContaining("map.csv has 6 problems")
        .hasMessageContaining("line 3: 'ZZ9' is")
        .hasMessageContaining("line 4: 'mystery' is no role that is known; say what it means by plateMap.roles")
        .hasMessageContaining("line 5: 'much' is not a concentration")
        .hasMessageContaining("line 6: has 2 cells, the header has 3")
        .hasMessageContaining("line 7: says otherwise of well A01 than line 2")
        .hasMessageContaining("line 8: The concentration '-1' must be 0 or more");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    "''                 | is empty",
    "'a,b\n1,2'         | no column with the well",
    "'well\n'           | describes no well",
    "'well\n\"A01'      | line 2: a quote is opened and never closed",
    "'well,role\nA01\u0000,trt' | line 2",
  })
  void shouldSayWhatIsWrongWithAMap(String text, String message) {
    assertThatThrownBy(() -> read(text)).isInstanceOf(ArchiveException.class).hasMessageContaining(message);
  }

  @Test
  void shouldNameTheColumnsThatAreThereWhenOneIsMissing() {
    PlateMapColumns columns = new PlateMapColumns(null, "position", null, null, null, null, null, null, null, Map.of(), Map.of());
    assertThatThrownBy(() -> PlateMaps.read(write("well,role\nA01,trt\n"), columns))
        .hasMessageContaining("has no column 'position'; it has [well, role]");
  }

  @Test
  void shouldAcceptSeveralLinesOfAWellThatAgree() throws IOException {
    assertThat(read("well,site,role\nB01,1,trt\nB01,2,trt\n").wells()).hasSize(1);
  }

  @Test
  void shouldKeepQuotedSeparatorsQuotesAndLineBreaks() throws IOException {
    Csv csv = Csv.parse("a,b\n\"x,\"\"y\"\"\n z\", 2 \n3,4", "test");
    assertThat(csv.rows()).containsExactly(
        new Csv.Row(2, java.util.List.of("x,\"y\"\n z", "2")), new Csv.Row(4, java.util.List.of("3", "4")));
  }

  @Test
  void shouldRefuseBytesThatAreNoText() throws IOException {
    Path file = Files.write(folder.resolve("map.csv"), new byte[] {'w', (byte) 0xFF, '\n'});
    assertThatThrownBy(() -> PlateMaps.read(file, PlateMapColumns.AUTOMATIC)).hasMessageContaining("is not UTF-8 text");
    assertThatThrownBy(() -> PlateMaps.read(folder, PlateMapColumns.AUTOMATIC)).hasMessageContaining("is not a file");
  }

  private static PlateMap.Content content(PlateMap map, String well) {
    return map.wells().get(WellAddress.parse(well));
  }

  private PlateMap read(String text) throws IOException {
    return PlateMaps.read(write(text), PlateMapColumns.AUTOMATIC);
  }

  private Path write(String text) throws IOException {
    return Files.write(folder.resolve("map.csv"), text.getBytes(StandardCharsets.UTF_8));
  }
}
