package io.dcmix.training.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.dcmix.training.data.Sample;
import java.util.List;
import org.junit.jupiter.api.Test;

class WellCallTest {
  @Test
  void sitesOfAWellAreGatheredInTheOrderOfTheirWells() {
    List<WellCall> wells = WellCall.of(
        List.of(site("P1", "A02", 1, 1), site("P1", "A01", 1, 0), site("P1", "A02", 2, 1), site("P2", "A02", 1, 0)),
        List.of(new float[] {1, 0}, new float[] {2, 0}, new float[] {0, 3}, new float[] {0, 1}));
    assertThat(wells).extracting(WellCall::name).containsExactly("P1/A02", "P1/A01", "P2/A02");
    assertThat(wells.getFirst().sites()).extracting(Sample::site).containsExactly(1, 2);
    assertThat(wells).extracting(WellCall::right).containsExactly(true, true, false);
  }

  @Test
  void theMarginIsTheMeanLogOddsOfTheSites() {
    WellCall well = WellCall.of(List.of(site("P", "A01", 1, 2), site("P", "A01", 2, 2)),
        List.of(new float[] {0, 0, 1}, new float[] {0, 0, 3})).getFirst();
    // z − log(e^0 + e^0) of each site, by hand
    assertThat(well.margin(2)).isCloseTo((1 - Math.log(2) + 3 - Math.log(2)) / 2, within(1e-12));
  }

  @Test
  void rowsOfTheConfusionAreClassesAndColumnsCalls() {
    List<WellCall> wells = WellCall.of(
        List.of(site("P", "A01", 1, 0), site("P", "A02", 1, 0), site("P", "A03", 1, 1), site("P", "A04", 1, 2)),
        List.of(new float[] {1, 0, 0}, new float[] {0, 0, 9}, new float[] {0, 1, 0}, new float[] {0, 1, 0}));
    assertThat(WellCall.confusion(wells, 3)).isDeepEqualTo(new int[][] {{1, 0, 1}, {0, 1, 0}, {0, 1, 0}});
    assertThat(Validation.of(wells)).isEqualTo(new Validation(4, 2, List.of("P/A02", "P/A04")));
  }

  @Test
  void aWellWithoutSitesIsNone() {
    assertThatIllegalArgumentException().isThrownBy(() -> new WellCall("P", "A01", 0, List.of(), List.of()));
  }

  static Sample site(String plate, String well, int site, int label) {
    return new Sample(0, plate, well, site, label, List.of());
  }

  /** A well of two classes whose margin is this. */
  static WellCall well(String well, int label, float margin) {
    return WellCall.of(List.of(site("P", well, 1, label)), List.of(new float[] {0, margin})).getFirst();
  }
}
