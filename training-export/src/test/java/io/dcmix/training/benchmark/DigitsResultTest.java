package io.dcmix.training.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dcmix.training.benchmark.DigitsResult.NetworkRun;
import io.dcmix.training.benchmark.DigitsResult.SeedResult;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DigitsResultTest {
  /** 1000 test images of which so many are called right. */
  private static NetworkRun run(String name, int right) {
    return new NetworkRun(name, new int[][] {{right, 1000 - right}, {0, 0}}, 100, 1, List.of());
  }

  /** Single accuracies 0.98, 0.95, 0.9, 0.7 and two at chance; every method gives the same values. */
  private static DigitsResult result(double... importance) {
    int[] right = {980, 950, 900, 700, 120, 96};
    List<NetworkRun> runs = new ArrayList<>(List.of(run("dcmix", 970), run("plain", 972), run("attention", 960)));
    for (int k = 0; k < 6; k++) {
      runs.add(run("single-" + SixChannelDigits.KINDS.get(k), right[k]));
    }
    Map<String, double[]> methods = new HashMap<>();
    DigitsResult.METHODS.forEach(m -> methods.put(m, importance));
    return new DigitsResult(List.of(new SeedResult(1, SixChannelDigits.KINDS, runs, methods)), 1000, 0.1135);
  }

  @Test
  void channelsAtChanceAreEqualInTheTruth() {
    assertThat(result(6, 5, 4, 3, 2, 1).truth(result(6, 5, 4, 3, 2, 1).seeds().getFirst()))
        .containsExactly(0.98, 0.95, 0.9, 0.7, 0.1135, 0.1135);
    // Ranks 6 5 4 3 1.5 1.5 against 6 5 4 3 2 1: Pearson on them is 17 / sqrt(17 · 17.5).
    assertThat(result(6, 5, 4, 3, 2, 1).rho("shapley").mean()).isCloseTo(Math.sqrt(17 / 17.5), within(1e-12));
    assertThat(result(6, 5, 4, 3, 1, 2).rho("shapley").mean()).isCloseTo(Math.sqrt(17 / 17.5), within(1e-12));
    assertThat(result(6, 5, 4, 3, 2, 1).rhoWithoutTies("shapley").mean()).isCloseTo(1, within(1e-12));
    assertThat(result(1, 2, 3, 4, 5, 6).rho("dcmix-weights").mean()).isCloseTo(-Math.sqrt(17 / 17.5), within(1e-12));
  }

  @Test
  @SuppressWarnings("unchecked")
  void theReportHasTheNamesThatWereAgreed() {
    Map<String, Object> json = result(6, 5, 4, 3, 2, 1).json();
    assertThat(json.keySet()).containsExactly("methods", "networks", "seeds");
    assertThat((List<Map<String, Object>>) json.get("methods")).extracting(m -> m.get("name"))
        .containsExactly("dcmix-weights", "contribution", "leave-one-out", "shapley", "attention");
    assertThat((List<Map<String, Object>>) json.get("methods")).allSatisfy(m -> assertThat(m).containsKeys("rhoMean", "rhoSd"));
    assertThat((List<Map<String, Object>>) json.get("networks")).extracting(n -> n.get("name")).containsExactly(
        "dcmix", "plain", "attention", "single-digit-0.3", "single-digit-0.8", "single-digit-1.5", "single-digit-2.5", "single-other-digit", "single-noise");
    assertThat((List<Map<String, Object>>) json.get("networks"))
        .allSatisfy(n -> assertThat(n).containsKeys("accuracyMean", "accuracySd", "parameters", "secondsPerEpoch"));
  }

  @Test
  void meanAndSampleDeviation() {
    assertThat(Spread.of(1, 2, 3, 4)).isEqualTo(new Spread(2.5, Math.sqrt(5.0 / 3)));
    assertThat(Spread.of(7)).isEqualTo(new Spread(7, 0));
  }
}
