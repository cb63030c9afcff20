package io.dcmix.training.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dcmix.core.cli.CliException;
import io.dcmix.schema.WellAddress;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WellSelectionTest {
  @Test
  void takesRowsRangesAndWellsTogether() {
    Predicate<WellAddress> wells = WellSelection.parse("A-C, f,H07,aa-ab");
    assertThat(wells).accepts(well("A01"), well("B12"), well("C24"), well("F03"), well("H07"), well("AA01"), well("AB48"));
    assertThat(wells).rejects(well("D01"), well("G03"), well("H08"), well("AC01"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"D-A", "7", "", "A,,B", "A-", "ZZ"})
  void namesThePartThatItCannotRead(String text) {
    assertThatThrownBy(() -> WellSelection.parse(text)).isInstanceOf(CliException.class).hasMessageContaining("neither rows such as A-D");
  }

  private static WellAddress well(String text) {
    return WellAddress.parse(text);
  }
}
