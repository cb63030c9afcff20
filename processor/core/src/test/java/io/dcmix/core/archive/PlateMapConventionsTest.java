package io.dcmix.core.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dcmix.core.archive.PlateMap.Content;
import io.dcmix.core.archive.PlateMapFile.Names;
import io.dcmix.schema.PlateFormat;
import io.dcmix.schema.WellAddress;
import io.dcmix.schema.event.WellRole;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The ways in which screening groups write plate maps, with the headers that they really use. */
class PlateMapConventionsTest {
  @TempDir Path folder;

  @Test
  void shouldReadJumpProductionMetadataOfManyPlates() throws IOException {
    PlateMapFile file = read("""
        Metadata_Source,Metadata_Plate,Metadata_Well,Metadata_JCP2022,Metadata_pert_type
        source_4,BR00121438,A01,JCP2022_033924,poscon
        source_4,BR00121438,A02,JCP2022_033924,negcon
        source_4,BR00121438,P24,JCP2022_999999,empty
        source_4,BR00121439,a1,JCP2022_085227,trt
        """);
    assertThat(file.names()).isEqualTo(Names.PLATES);
    assertThat(file.problems()).isEmpty();
    assertThat(file.maps()).containsOnlyKeys("BR00121438", "BR00121439");
    assertThat(file.maps().get("BR00121438").wells()).isEqualTo(Map.of(
        well("A01"), new Content(WellRole.POSITIVE_CONTROL, "JCP2022_033924", null, null),
        well("A02"), new Content(WellRole.NEGATIVE_CONTROL, "JCP2022_033924", null, null),
        well("P24"), new Content(WellRole.EMPTY, "JCP2022_999999", null, null)));
    assertThat(file.maps().get("BR00121439").wells()).containsOnly(
        Map.entry(well("A01"), new Content(WellRole.SAMPLE, "JCP2022_085227", null, null)));
    assertThat(file.maps().values()).as("plates of one file are of one kind").extracting(PlateMap::format).containsOnly(PlateFormat.WELLS_384);
  }

  /** As in JUMP-Target: the wells name samples, a table beside it says what those are; DMSO has no sample. */
  @Test
  void shouldTakeNamesAndRolesFromATableOfTreatments() throws IOException {
    Path treatments = Files.writeString(folder.resolve("metadata.tsv"), """
        broad_sample\tInChIKey\tpert_iname\tpubchem_cid\ttarget\tpert_type\tcontrol_type\tsmiles
        BRD-K13094524-001-06-7\tTXZPMHLMPKIUGK-UHFFFAOYSA-N\tPFI-1\t71271629\tBRD4\tcontrol\tposcon_cp\tCOc1
        BRD-K09338665-001-07-1\tKBPLFHHGFOOTCA-UHFFFAOYSA-N\t1-octanol\t957\tGJB4\ttrt\tNA\tCCCCCCCCO
        NA\tIAZDPXIOMUYVGZ-UHFFFAOYSA-N\tDMSO\t679\tNA\tcontrol\tnegcon\tC[S+](C)[O-]
        """);
    Path map = Files.writeString(folder.resolve("platemap.tsv"),
        "well_position\tbroad_sample\tsolvent\nA01\tBRD-K09338665-001-07-1\tDMSO\nA05\t\tDMSO\nC06\tBRD-K13094524-001-06-7\tDMSO\nC07\tBRD-X\tDMSO\n");
    PlateMapFile file = PlateMaps.readAll(map, PlateMapColumns.AUTOMATIC, PlateFormat.WELLS_384, treatments);
    assertThat(file.problems()).isEmpty();
    assertThat(file.names()).isEqualTo(Names.NONE);
    assertThat(file.maps().get("").wells()).isEqualTo(Map.of(
        well("A01"), new Content(WellRole.SAMPLE, "1-octanol", null, null),
        well("A05"), new Content(WellRole.NEGATIVE_CONTROL, "DMSO", null, null),
        well("C06"), new Content(WellRole.POSITIVE_CONTROL, "PFI-1", null, null),
        well("C07"), new Content(WellRole.UNKNOWN, "BRD-X", null, null)));
    assertThatThrownBy(() -> PlateMaps.readAll(map, PlateMapColumns.AUTOMATIC, null, Files.writeString(folder.resolve("other.csv"), "a,b\n1,2\n")))
        .hasMessageContaining("other.csv").hasMessageContaining("no column in common");
  }

  @Test
  void shouldTellPlate1OfOneRxRxExperimentFromPlate1OfAnother() throws IOException {
    PlateMapFile file = read("""
        site_id,well_id,cell_type,dataset,experiment,plate,well,site,well_type,sirna,sirna_id
        HEPG2-08_1_B03_1,HEPG2-08_1_B03,HEPG2,test,HEPG2-08,1,B03,1,treatment,s21721,855
        HEPG2-08_1_B03_2,HEPG2-08_1_B03,HEPG2,test,HEPG2-08,1,B03,2,treatment,s21721,855
        HEPG2-08_1_B02_1,HEPG2-08_1_B02,HEPG2,test,HEPG2-08,1,B02,1,negative_control,EMPTY,1138
        RPE-01_1_O23_1,RPE-01_1_O23,RPE,train,RPE-01,1,O23,1,positive_control,s15652,1108
        """);
    assertThat(file.problems()).isEmpty();
    assertThat(file.maps()).containsOnlyKeys("HEPG2-08_1", "RPE-01_1");
    assertThat(file.maps().get("HEPG2-08_1").wells()).isEqualTo(Map.of(
        well("B03"), new Content(WellRole.SAMPLE, "s21721", null, null),
        well("B02"), new Content(WellRole.NEGATIVE_CONTROL, "EMPTY", null, null)));
    assertThat(file.maps().get("RPE-01_1").wells().get(well("O23")).role()).isEqualTo(WellRole.POSITIVE_CONTROL);
    assertThat(file.maps().get("HEPG2-08_1").format()).isEqualTo(PlateFormat.WELLS_384);
  }

  @Test
  void shouldReadHarmonysTableOfResultsWithItsLinesAbove() throws IOException {
    PlateMapFile file = read("""

        Database Name\tOperetta
        Evaluation Name\tNuclei
        Plate Name\tPLATE-0042

        [Data]
        Row\tColumn\tTimepoint\tNuclei - Number of Objects\tCompound\tConcentration\tCell Type
        1\t1\t0\t812\tDMSO\t0\tHeLa
        16\t24\t0\t790\tTaxol\t2.5\tHeLa
        """);
    assertThat(file.names()).isEqualTo(Names.PLATES);
    assertThat(file.problems()).isEmpty();
    assertThat(file.maps().get("PLATE-0042").wells()).isEqualTo(Map.of(
        well("A01"), new Content(WellRole.UNKNOWN, "DMSO", 0.0, null), well("P24"), new Content(WellRole.UNKNOWN, "Taxol", 2.5, null)));
    assertThat(file.warnings()).singleElement().asString().contains("without a unit", "concentrationUnit");
  }

  @Test
  void shouldTakeThePlateFromHarmonysOwnColumnName() throws IOException {
    assertThat(read("PlateID;Row;Column;Role\nP/1;2;3;neg\n").maps().get("P/1").wells()).containsOnlyKeys(well("B03"));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    "Concentration              | 2.5       | 2.5    |",
    "Concentration              | 2.5 uM    | 2.5    | uM",
    "Concentration              | 2.5µM     | 2.5    | uM",
    "Concentration              | 2.5 μM    | 2.5    | uM",
    "Concentration              | 10 um     | 10     | uM",
    "Concentration              | 100 nM    | 100    | nM",
    "Concentration              | 1e-3 mM   | 0.001  | mM",
    "Concentration              | 30pM      | 30     | pM",
    "Concentration              | 2 µmol/L  | 2      | uM",
    "Concentration              | 10ng/ml   | 10     | ng/ml",
    "Concentration              | 0.1 %     | 0.1    | %",
    "Concentration              | 2,5 uM    | 2.5    | uM",
    "Concentration              | 0,125     | 0.125  |",
    "Concentration (µM)         | 7         | 7      | uM",
    "Concentration [nM]         | 7         | 7      | nM",
    "Concentration (ng/ml)      | 7         | 7      | ng/ml",
    "conc_uM                    | 7         | 7      | uM",
    "conc_uM                    | 7 nM      | 7      | nM",
    "Dose in µM                 | 7         | 7      | uM",
    "Final concentration (mM)   | 7         | 7      | mM",
    "Metadata_mmoles_per_liter  | 0.05      | 0.05   | mM",
    "umoles_per_liter           | 0.05      | 0.05   | uM",
  })
  void shouldReadConcentrationsWithTheirUnitsWhereverTheyStand(String header, String cell, double amount, String unit) throws IOException {
    PlateMapFile file = read("well\t" + header + "\nA01\t" + cell + "\n");
    assertThat(file.problems()).isEmpty();
    assertThat(file.maps().get("").wells().get(well("A01"))).isEqualTo(new Content(WellRole.UNKNOWN, null, amount, unit));
  }

  @Test
  void shouldPreferTheUnitThatIsNearestAndLetAPersonOverrideTheHeader() throws IOException {
    PlateMapColumns fixed = PlateMapColumns.parse("concentrationUnit=uM", "", "");
    Path file = write("well,mmoles_per_liter,unit\nA01,1,nM\nA02,1,\nA03,1 pM,nM\n".getBytes(StandardCharsets.UTF_8));
    assertThat(PlateMaps.readAll(file, fixed, null, null).maps().get("").wells().values()).extracting(Content::unit)
        .containsExactlyInAnyOrder("nM", "uM", "pM");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
    "1,000       | '1,000' may be 1000 or 1.000; write it without the comma",
    "high        | 'high' is not a concentration, such as 2.5 or 2.5 uM",
    "-3 uM       | must be 0 or more",
    "1e999       | must be 0 or more and finite",
    "NaN uM      | is not a concentration",
    "5 0         | '0' is not a unit",
    "5 millimoles of something else | is not a unit",
  })
  void shouldRefuseConcentrationsThatCouldMeanAnything(String cell, String message) throws IOException {
    assertThat(read("well\tconc\nA01\t" + cell + "\nA02\t1\n").problems()).singleElement().asString().startsWith("line 2: ").contains(message);
  }

  @ParameterizedTest
  @CsvSource({"UTF-8,false", "UTF-8,true", "UTF-16LE,true", "UTF-16BE,true", "UTF-16LE,false", "UTF-16BE,false"})
  void shouldReadUtf8AndUtf16WithAndWithoutAMark(String charset, boolean mark) throws IOException {
    byte[] bytes = ((mark ? "\uFEFF" : "") + "well;role;conc\r\nA01;negcon;2 µM\r\n").getBytes(Charset.forName(charset));
    assertThat(PlateMaps.read(write(bytes), PlateMapColumns.AUTOMATIC).wells()).containsOnly(
        Map.entry(well("A01"), new Content(WellRole.NEGATIVE_CONTROL, null, 2.0, "uM")));
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(zipped)) {
      gzip.write(bytes);
    }
    assertThat(PlateMaps.read(write(zipped.toByteArray()), PlateMapColumns.AUTOMATIC).wells()).containsOnlyKeys(well("A01"));
  }

  @Test
  void shouldForgiveTheMicroSignOfOldSpreadsheetsAndNoOtherByte() throws IOException {
    assertThat(PlateMaps.read(write("well,conc\r\nA01,2 µM\r\n".getBytes(StandardCharsets.ISO_8859_1)), PlateMapColumns.AUTOMATIC).wells().values())
        .extracting(Content::unit).containsExactly("uM");
    assertThatThrownBy(() -> PlateMaps.read(write("well,compound\r\nA01,x\r\nA02,Café\r\n".getBytes(StandardCharsets.ISO_8859_1)), PlateMapColumns.AUTOMATIC))
        .hasMessageContaining("line 3: is not UTF-8 text (byte 0xE9 after 'A02,Caf'); save it as CSV UTF-8");
  }

  @Test
  void shouldReadWhatSpreadsheetsLeaveBehind() throws IOException {
    assertThat(read("sep=;\r\nwell;role;;\r\nA01;neg;;\r\nA02;pos;;;\r\n;;;\r\n").maps().get("").wells()).containsOnlyKeys(well("A01"), well("A02"));
    assertThat(read("well,role\rA01,neg\rA02,what\r").problems()).as("lines of old Macintosh files are counted").singleElement().asString().startsWith("line 3:");
  }

  @Test
  void shouldReadGridsShapedLikeThePlate() throws IOException {
    PlateMapColumns columns = PlateMapColumns.parse("", "", "DMSO=negative");
    PlateMapFile one = PlateMaps.readAll(write("""
        ,1,2,3,4,5,6
        A,DMSO,Taxol,,poscon,,
        B,DMSO,,,,,Taxol
        """.getBytes(StandardCharsets.UTF_8)), columns, null, null);
    assertThat(one.problems()).isEmpty();
    assertThat(one.maps().get("").wells()).isEqualTo(Map.of(
        well("A01"), new Content(WellRole.NEGATIVE_CONTROL, "DMSO", null, null),
        well("B01"), new Content(WellRole.NEGATIVE_CONTROL, "DMSO", null, null),
        well("A02"), new Content(WellRole.SAMPLE, "Taxol", null, null),
        well("A04"), new Content(WellRole.POSITIVE_CONTROL, null, null, null),
        well("B06"), new Content(WellRole.SAMPLE, "Taxol", null, null)));
    PlateMapFile layers = read("""
        Role;01;02;03
        A;neg;trt;
        B;;trt;pos

        Compound;01;02;03
        A;DMSO;Taxol;
        B;;Taxol;Nocodazole

        Concentration (µM);01;02;03
        A;;1;
        B;;0,5;2
        """);
    assertThat(layers.problems()).isEmpty();
    assertThat(layers.maps().get("").wells()).isEqualTo(Map.of(
        well("A01"), new Content(WellRole.NEGATIVE_CONTROL, "DMSO", null, null),
        well("A02"), new Content(WellRole.SAMPLE, "Taxol", 1.0, "uM"),
        well("B02"), new Content(WellRole.SAMPLE, "Taxol", 0.5, "uM"),
        well("B03"), new Content(WellRole.POSITIVE_CONTROL, "Nocodazole", 2.0, "uM")));
    assertThatThrownBy(() -> read("x,1,2\nA,neg,pos\nx,1,2\nA,a,b\n")).hasMessageContaining("line 3: is a second grid");
    assertThatThrownBy(() -> read("x,1,2\nA,neg,pos,trt\n")).hasMessageContaining("line 2: has text in column 3; the grid has 2");
    assertThatThrownBy(() -> read("x,1,2\n7,neg,pos\n")).hasMessageContaining("line 2: ").hasMessageContaining("is not a well address");
  }

  @Test
  void shouldCountTheTreatmentsThatAPersonNamesAsControls() throws IOException {
    PlateMapColumns columns = PlateMapColumns.parse("treatment=What", "", "DMSO=negative,Taxol=positive");
    Path file = write("well,What\nA01,DMSO\nA02,Taxol\nA03,X\nA04,\n".getBytes(StandardCharsets.UTF_8));
    Map<WellAddress, Content> wells = PlateMaps.readAll(file, columns, null, null).maps().get("").wells();
    assertThat(wells.get(well("A01")).role()).isEqualTo(WellRole.NEGATIVE_CONTROL);
    assertThat(wells.get(well("A02")).role()).isEqualTo(WellRole.POSITIVE_CONTROL);
    assertThat(wells.get(well("A03")).role()).isEqualTo(WellRole.SAMPLE);
    assertThat(wells.get(well("A04")).role()).as("nothing is known of it").isEqualTo(WellRole.UNKNOWN);
    assertThatThrownBy(() -> PlateMapColumns.parse("rolle=x", "a=b", "c")).isInstanceOfSatisfying(ArchiveException.class, e -> assertThat(e.problems())
        .hasSize(3).anySatisfy(p -> assertThat(p).startsWith("columns: 'rolle' is unknown; known are [column, concentration"))
        .anySatisfy(p -> assertThat(p).startsWith("roles: 'b' is none of")).anySatisfy(p -> assertThat(p).startsWith("controls: 'c' is not of the form a=b")));
  }

  private PlateMapFile read(String text) throws IOException {
    return PlateMaps.readAll(write(text.getBytes(StandardCharsets.UTF_8)), PlateMapColumns.AUTOMATIC, null, null);
  }

  private Path write(byte[] bytes) throws IOException {
    return Files.write(folder.resolve("map.csv"), bytes);
  }

  private static WellAddress well(String text) {
    return WellAddress.parse(text);
  }
}
