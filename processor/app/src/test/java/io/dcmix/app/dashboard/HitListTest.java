package io.dcmix.app.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import io.dcmix.app.dashboard.Api.CallBasis;
import io.dcmix.app.dashboard.Api.WellCall;
import io.dcmix.app.dashboard.CallBook.Called;
import io.dcmix.schema.PlateKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HitListTest {
  private static final CallBasis BASIS =
      new CallBasis("robust-z", "1", "cell-painting", "NEGATIVE_CONTROLS", "UP", 3.0, "small", "3");
  private static final PlateKey PLATE = new PlateKey("P7", "run-1");

  private static Called call(String well, Boolean hit, String role, String treatment, Integer rank) {
    return new Called(
        BASIS,
        new WellCall(
            well, 0, 1, 1, "FINAL", hit, -3.5, -1.25, 0.22, -3.5, 12.0, null, -0.0001, rank, role, treatment, 2.5, "µM", false, "Mito",
            List.of("INCOMPLETE", "EDGE_EFFECT")));
  }

  /** The lines of a CSV text by column name, read as RFC 4180 says and in no other way. */
  static List<Map<String, String>> read(String csv) {
    List<List<String>> lines = parse(csv);
    List<Map<String, String>> rows = new ArrayList<>();
    for (List<String> line : lines.subList(1, lines.size())) {
      assertThat(line).hasSameSizeAs(lines.getFirst());
      Map<String, String> row = new LinkedHashMap<>();
      for (int i = 0; i < line.size(); i++) {
        row.put(lines.getFirst().get(i), line.get(i));
      }
      rows.add(row);
    }
    return rows;
  }

  /** RFC 4180, section 2: records end in CRLF, a field is bare or between quotes, in which a quote is doubled. */
  private static List<List<String>> parse(String csv) {
    List<List<String>> lines = new ArrayList<>();
    List<String> line = new ArrayList<>();
    int at = 0;
    while (at < csv.length()) {
      StringBuilder field = new StringBuilder();
      if (csv.charAt(at) == '"') {
        at++;
        while (csv.charAt(at) != '"' || (at + 1 < csv.length() && csv.charAt(at + 1) == '"')) {
          at += csv.charAt(at) == '"' ? 1 : 0;
          field.append(csv.charAt(at++));
        }
        at++;
      } else {
        while (",\r\n".indexOf(csv.charAt(at)) < 0) {
          assertThat(csv.charAt(at)).as("a quote in a bare field").isNotEqualTo('"');
          field.append(csv.charAt(at++));
        }
      }
      line.add(field.toString());
      if (csv.charAt(at) == ',') {
        at++;
      } else {
        assertThat(csv.substring(at, at + 2)).isEqualTo("\r\n");
        at += 2;
        lines.add(line);
        line = new ArrayList<>();
      }
    }
    assertThat(line).as("the last record ends too").isEmpty();
    return lines;
  }

  @Test
  void shouldNameWhatDescribesAWellMetadataAndKeepTheOrder() {
    String head = HitList.hits(PLATE, List.of());
    assertThat(head)
        .isEqualTo(
            "Metadata_Plate,Metadata_Acquisition,Metadata_Well,Metadata_Row,Metadata_Column,Metadata_Timepoint,Metadata_Role,"
                + "Metadata_Treatment,Metadata_Concentration,Metadata_Concentration_Unit,Metadata_Model_Name,Metadata_Model_Version,"
                + "Metadata_Method,Metadata_Method_Version,Metadata_Rules,Metadata_Stage,Metadata_Flags,"
                + "Hit,Score,Threshold,Rank,HitLogit,HitProbability,RobustZ,NPI,SSMD,BScore,TopChannel\r\n");
  }

  @Test
  void shouldWriteAWholeLine() {
    assertThat(HitList.hits(PLATE, List.of(call("C12", true, "SAMPLE", "siRNA \"A\", B", 4))).lines().skip(1))
        .containsExactly(
            "P7,run-1,C12,3,12,0,SAMPLE,\"siRNA \"\"A\"\", B\",2.5,µM,small,3,robust-z,1,cell-painting,FINAL,INCOMPLETE;EDGE_EFFECT,"
                + "true,-3.5,3.0,4,-1.25,0.22,-3.5,12.0,,-1.0E-4,Mito");
  }

  @Test
  void shouldGiveHitsAmongTheSamplesByRankOrEveryCall() {
    List<Called> calls =
        List.of(
            call("A01", true, "POSITIVE_CONTROL", "R", null),
            call("A02", true, "SAMPLE", "x", 2),
            call("A03", false, "SAMPLE", "y", 3),
            call("A04", null, null, null, null),
            call("A05", true, null, null, null),
            call("A06", true, "EMPTY", null, null),
            call("A07", true, "SAMPLE", "z", 1));
    assertThat(read(HitList.hits(PLATE, calls))).extracting(row -> row.get("Metadata_Well")).containsExactly("A07", "A02", "A05");
    List<Map<String, String>> all = read(HitList.all(PLATE, calls));
    assertThat(all).extracting(row -> row.get("Metadata_Well")).containsExactly("A01", "A02", "A03", "A04", "A05", "A06", "A07");
    assertThat(all).extracting(row -> row.get("Hit")).containsExactly("true", "true", "false", "", "true", "true", "true");
  }

  @ParameterizedTest
  @ValueSource(strings = {"=1+1", "+49", "-5", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "=HYPERLINK(\"http://x\",\"y\")", "＝1", "＠x"})
  void shouldMakeAFormulaPlainTextAndLeaveNumbersNumbers(String text) {
    Map<String, String> row = read(HitList.hits(new PlateKey(text, text), List.of(call("A01", true, "SAMPLE", text, 1)))).getFirst();
    assertThat(List.of(row.get("Metadata_Plate"), row.get("Metadata_Acquisition"), row.get("Metadata_Treatment"))).containsOnly("'" + text);
    assertThat(row).containsEntry("Score", "-3.5").containsEntry("HitLogit", "-1.25");
  }

  @Property(tries = 300)
  void shouldReadBackAnyText(@ForAll String treatment, @ForAll String barcode) {
    if (barcode.isEmpty()) {
      return;
    }
    Map<String, String> row = read(HitList.all(new PlateKey(barcode, "1"), List.of(call("A01", true, "SAMPLE", treatment, 1)))).getFirst();
    assertThat(row.get("Metadata_Treatment")).isIn(treatment, "'" + treatment);
    assertThat(row.get("Metadata_Plate")).isIn(barcode, "'" + barcode);
    assertThat(row.get("Metadata_Treatment")).doesNotMatch("(?s)[=+@-].*");
  }

  @Test
  void shouldNameTheFileAfterThePlateInHarmlessCharacters() {
    assertThat(HitList.disposition(new PlateKey("P/7 left", "run-1")))
        .isEqualTo("attachment; filename=\"hits-P_7_left-run-1.csv\"; filename*=UTF-8''hits-P_7_left-run-1.csv");
    assertThat(HitList.disposition(new PlateKey("Ж7\"\r\nX: y", "../..")))
        .isEqualTo("attachment; filename=\"hits-_7_X_y-.._...csv\"; filename*=UTF-8''hits-%D0%967_X_y-.._...csv");
    assertThat(HitList.disposition(new PlateKey("𝒫".repeat(500), "1")).length()).isLessThan(2000);
  }

  @Test
  void shouldListAWellThatTheLayoutDoesNotDescribeOnlyWhereThereIsNoLayout() {
    WellCall plain = call("B02", true, null, null, 1).call();
    WellCall unmapped = new WellCall(
        "B03", 0, 2, 1, "FINAL", true, 5.0, 1.0, 0.7, 5.0, null, null, null, null, null, null, null, null, false, "Mito", List.of("UNMAPPED"));
    String csv = HitList.hits(PLATE, List.of(new Called(BASIS, plain), new Called(BASIS, unmapped)));
    assertThat(read(csv)).extracting(row -> row.get("Metadata_Well")).containsExactly("B02");
  }
}
