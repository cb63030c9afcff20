package io.dcmix.core.scoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dcmix.core.scoring.SiteTicket.Explain;
import io.dcmix.schema.PlateFormat;
import io.dcmix.schema.PlateKey;
import io.dcmix.schema.WellAddress;
import io.dcmix.schema.WellKey;
import org.junit.jupiter.api.Test;

class ExplainPolicyTest {
  private static final WellKey WELL = WellKey.of("P", "1", "A01", 0);

  @Test
  void readsWhatItWrites() {
    for (String text : new String[] {"all", "hits", "none", "sample:20"}) {
      assertThat(ExplainPolicy.parse(" " + text.toUpperCase(java.util.Locale.ROOT)).toString()).isEqualTo(text);
    }
    for (String wrong : new String[] {"", "some", "sample", "sample:0", "sample:-1", "sample:99999999"}) {
      assertThatThrownBy(() -> ExplainPolicy.parse(wrong)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("sample:20");
    }
  }

  @Test
  void saysWhatTheFirstScoringShallTell() {
    assertThat(ExplainPolicy.ALL.first(WELL)).isEqualTo(Explain.YES);
    assertThat(ExplainPolicy.HITS.first(WELL)).isEqualTo(Explain.IF_HIT);
    assertThat(ExplainPolicy.NONE.first(WELL)).isEqualTo(Explain.NO);
    assertThat(ExplainPolicy.parse("sample:1").first(WELL)).isEqualTo(Explain.YES);
  }

  @Test
  void samplesAboutOneWellInSoManyOfEveryPlateAndAlwaysTheSame() {
    ExplainPolicy policy = ExplainPolicy.parse("sample:10");
    for (String plate : new String[] {"P1", "P2", "BR00117035"}) {
      int chosen = 0;
      for (WellAddress well : PlateFormat.WELLS_1536.wells()) {
        WellKey key = new WellKey(new PlateKey(plate, "run"), well, 0);
        Explain first = policy.first(key);
        assertThat(policy.first(key)).isEqualTo(first);
        chosen += first == Explain.YES ? 1 : 0;
      }
      // Binomial with n = 1536 and p = 0.1: mean 154, standard deviation 12.
      assertThat(chosen).as(plate).isBetween(94, 214);
    }
  }
}
