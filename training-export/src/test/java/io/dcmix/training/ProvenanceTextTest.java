package io.dcmix.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProvenanceTextTest {
  @Test
  void aRecordBecomesALineForEachOfItsRecords() {
    assertThat(ProvenanceText.parts("FitOptions[schedule=Schedule[epochs=6, rate=0.003], loss=margin, seed=1]"))
        .containsExactly("schedule: epochs 6, rate 0.003", "loss margin, seed 1");
  }

  @Test
  void otherValuesStayAsTheyAre() {
    assertThat(ProvenanceText.parts("plates of seeds [1, 2], effect 0.6")).containsExactly("plates of seeds [1, 2], effect 0.6");
    assertThat(ProvenanceText.parts("Broken[a=[, b")).containsExactly("Broken[a=[, b");
    assertThat(ProvenanceText.parts("")).containsExactly("");
  }

  @Test
  void whatPeopleLookForFirstComesFirstAndStrangersFollowByName() {
    assertThat(ProvenanceText.lines(Map.of("seed", "7", "a note", "x", "blend", "over")))
        .containsExactly("blend     over", "seed      7", "a note    x");
  }

  @Test
  void longValuesGoOnUnderTheirFirstLineAndLoseNothing() {
    String words = "0123456789 ".repeat(30).strip();
    List<String> lines = ProvenanceText.lines(Map.of("fit", words));
    assertThat(lines).hasSizeGreaterThan(2).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(110));
    assertThat(lines.subList(1, lines.size())).allSatisfy(line -> assertThat(line).startsWith(" ".repeat(10)));
    assertThat(String.join(" ", lines.stream().map(l -> l.substring(10)).toList())).isEqualTo(words);
    assertThat(ProvenanceText.lines(Map.of("fit", "x".repeat(250)))).hasSize(3);
  }
}
