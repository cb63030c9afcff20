package io.dcmix.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WellAddressTest {
  private static final List<WellAddress> ALL = PlateFormat.WELLS_1536.wells();

  @Test
  void everyWellOfTheLargestPlateIsReadInEverySpelling() {
    assertThat(ALL).hasSize(1536).doesNotHaveDuplicates();
    for (WellAddress well : ALL) {
      String canonical = well.toString();
      String unpadded = well.rowName() + (well.column() + 1);
      assertThat(WellAddress.parse(canonical)).isEqualTo(well);
      assertThat(WellAddress.parse(unpadded)).isEqualTo(well);
      assertThat(WellAddress.parse(unpadded.toLowerCase(Locale.ROOT))).isEqualTo(well);
      assertThat(WellAddress.parse(well.rowName() + "00" + (well.column() + 1))).isEqualTo(well);
      assertThat(WellAddress.parse(" " + canonical + "\t")).isEqualTo(well);
    }
  }

  @ParameterizedTest
  @CsvSource({"A1,0,0", "a01,0,0", "A001,0,0", "B02,1,1", "M23,12,22", "P24,15,23", "Z10,25,9", "AA01,26,0", "af48,31,47"})
  void rowsAreLettersAndColumnsCountFromOne(String text, int row, int column) {
    assertThat(WellAddress.parse(text)).isEqualTo(new WellAddress(row, column));
  }

  @ParameterizedTest
  @CsvSource({"0,0,A01", "1,1,B02", "15,23,P24", "25,8,Z09", "26,9,AA10", "31,47,AF48"})
  void theCanonicalSpellingHasTwoDigits(int row, int column, String text) {
    assertThat(new WellAddress(row, column)).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", " ", "A", "1", "01A", "A0", "A00", "A-1", "A1.5", "A 1", "A1 B1", "AG1", "A49", "A99", "A100", "AAA1", "ZZ1", "\u01311", "\u017f1",
        "\ufb001", "A\u0661", "\u00c41", "A1\u0000", "A2147483648"
      })
  void anythingElseIsRefusedByName(String text) {
    assertThatThrownBy(() -> WellAddress.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("'" + text + "'");
  }

  @ParameterizedTest
  @CsvSource({"-1,0", "0,-1", "32,0", "0,48"})
  void coordinatesBeyondTheLargestPlateAreRefused(int row, int column) {
    assertThatThrownBy(() -> new WellAddress(row, column)).hasMessageContaining("is not on a plate");
  }

  @Test
  void theOrderIsRowByRow() {
    assertThat(ALL.stream().sorted(Comparator.reverseOrder()).sorted()).containsExactlyElementsOf(ALL);
    assertThat(WellAddress.parse("Z48")).isLessThan(WellAddress.parse("AA01"));
  }
}
