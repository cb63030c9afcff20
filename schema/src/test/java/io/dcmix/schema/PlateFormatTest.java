package io.dcmix.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlateFormatTest {
  @ParameterizedTest
  @CsvSource({
    "WELLS_6,2,3,B03", "WELLS_12,3,4,C04", "WELLS_24,4,6,D06", "WELLS_48,6,8,F08", "WELLS_96,8,12,H12", "WELLS_384,16,24,P24",
    "WELLS_1536,32,48,AF48"
  })
  void aFormatHasTheUsualRowsColumnsAndLastWell(PlateFormat format, int rows, int columns, String last) {
    assertThat(format.rows()).isEqualTo(rows);
    assertThat(format.columns()).isEqualTo(columns);
    assertThat(format.name()).isEqualTo("WELLS_" + format.size());
    assertThat(format.wells()).hasSize(format.size()).doesNotHaveDuplicates().isSorted();
    assertThat(format.wells().getLast()).hasToString(last);
  }

  @ParameterizedTest
  @CsvSource({"WELLS_6,6", "WELLS_96,36", "WELLS_384,76", "WELLS_1536,156"})
  void theBorderIsOneWellWide(PlateFormat format, int expected) {
    assertThat(format.wells().stream().filter(format::isEdge)).hasSize(expected);
  }

  @Property
  void theFormatThatHoldsAWellIsTheSmallestThatContainsIt(@ForAll @IntRange(max = 31) int row, @ForAll @IntRange(max = 47) int column) {
    WellAddress well = new WellAddress(row, column);
    PlateFormat format = PlateFormat.holding(List.of(well));
    assertThat(format.contains(well)).isTrue();
    assertThat(PlateFormat.values()).filteredOn(smaller -> smaller.size() < format.size()).noneMatch(smaller -> smaller.contains(well));
  }

  @Test
  void wellsThatSpanRowsAndColumnsNeedAFormatForBoth() {
    assertThat(PlateFormat.holding(List.of(WellAddress.parse("H01"), WellAddress.parse("A24")))).isEqualTo(PlateFormat.WELLS_384);
  }

  @Test
  void aPlateWithoutWellsIsRefused() {
    assertThatThrownBy(() -> PlateFormat.holding(List.of())).hasMessageContaining("at least one well");
  }
}
