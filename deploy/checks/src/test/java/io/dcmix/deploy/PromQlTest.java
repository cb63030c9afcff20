package io.dcmix.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.dcmix.deploy.PromQl.Selector;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PromQlTest {
  @Test
  void shouldTellMetricsFromFunctionsKeywordsLabelsRangesAndTexts() {
    assertThat(PromQl.selectors("histogram_quantile(0.95, sum by (lane, le) (rate(a_bucket{lane=~\"$lane\", k!=\"x}y\"}[5m]))) > 1e3 and on (lane) b:c == 0"))
        .containsExactly(new Selector("a_bucket", Map.of("lane", "=~\"$lane\"", "k", "!=\"x}y\"")), new Selector("b:c", Map.of()));
    assertThat(PromQl.selectors("sum(x) / on (lane) group_left () (sum without (a) (y) > 0) unless z offset 5m"))
        .extracting(Selector::metric).containsExactly("x", "y", "z");
    assertThat(PromQl.selectors("absent(up{job=\"dcmix\"}) or vector(0)")).containsExactly(new Selector("up", Map.of("job", "=\"dcmix\"")));
  }
}
