package io.dcmix.training.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ImportancesTest {
  @Test
  void leaveOneOutIsReadFromTheWorthOfTheSetsOfChannels() {
    // v of {}, {0}, {1}, {0, 1}
    assertThat(Importances.withoutEach(2, new double[] {0, 3, 1, 10})).containsExactly(9, 7);
  }

  @Test
  void manySitesAreCutWhereTheyWouldKeepPeopleWaiting() {
    assertThat(Importances.sitesPerWell(24, 6, 2)).isEqualTo(2);
    assertThat(Importances.sitesPerWell(24, 6, 9)).isEqualTo(5); // 24 · 65 · 5 = 7800 passes of at most 8192
    assertThat(Importances.sitesPerWell(24, 8, 9)).isEqualTo(1);
    assertThat(Importances.sitesPerWell(24, 12, 9)).isEqualTo(9); // no Shapley values: 13 passes a site
    assertThat(Importances.sitesPerWell(24, 400, 9)).isEqualTo(1);
  }

  @Test
  void methodsAreComparedByTheOrderOfTheirMeans() {
    Importances importances = new Importances(List.of(WellCallTest.well("A01", 1, 2), WellCallTest.well("A02", 0, -2)), 1,
        new double[] {0.5, 0.3, 0.2},
        List.of(new double[] {0.6, 0.3, 0.1}, new double[] {0.4, 0.2, 0.4}),
        List.of(new double[] {1, 2, 6}, new double[] {1, 4, 2}), null);
    assertThat(importances.methods()).containsOnlyKeys("weight", "contribution", "leave-one-out");
    assertThat(importances.methods().get("leave-one-out")).containsExactly(1, 3, 4);
    double[][] rho = importances.agreement();
    // Contribution means 0.5, 0.25, 0.25: ranks 3, 1.5, 1.5 against 3, 2, 1 of the weights.
    assertThat(rho[0][1]).isCloseTo(1.5 / Math.sqrt(2 * 1.5), within(1e-12));
    assertThat(rho[0][2]).isEqualTo(-1);
    assertThat(rho[1][1]).isEqualTo(1);
    assertThat(Importances.spread(importances.leaveOneOut())).containsExactly(new double[] {0, Math.sqrt(2), Math.sqrt(8)}, within(1e-12));
  }

  @Test
  void withOneOrTwoChannelsNoAgreementIsClaimed() {
    assertThat(ImportanceSection.agreement(List.of("DNA"), Map.of("weight", new double[] {1}))).contains("nothing to compare");
    assertThat(ImportanceSection.agreement(List.of("GFP", "DNA"), Map.of("weight", new double[] {0.7, 0.3}, "shapley", new double[] {4, 1})))
        .contains("All methods put GFP first").contains("says little");
    assertThat(ImportanceSection.agreement(List.of("GFP", "DNA"), Map.of("weight", new double[] {0.7, 0.3}, "shapley", new double[] {1, 4})))
        .contains("GFP comes first by weight").contains("DNA comes first by shapley");
    assertThat(ImportanceSection.agreement(List.of("a", "b", "c"), Map.of())).contains("measured here, not assumed");
  }
}
