package io.dcmix.streams.plate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dcmix.schema.PlateKey;
import io.dcmix.schema.event.LayoutWell;
import io.dcmix.schema.event.WellRole;
import io.dcmix.schema.state.PlateRow;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.NotBlank;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScopeTest {
  @Property
  void aScopeIsReadBackFromItsKey(@ForAll @NotBlank @CharRange(from = ' ', to = '\uD7FF') String name, @ForAll WellRole role) {
    for (Scope scope : List.of(new Scope.All(), new Scope.OfPlate(new PlateKey(name, "1/2")), new Scope.OfClass(name), new Scope.OfTreatment(name),
        new Scope.OfRole(role), new Scope.OfInstrument(name))) {
      assertThat(Scope.parse(scope.key())).isEqualTo(scope);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "plates", "all/", "all/x", "class", "class/a/b", "class/%41", "role/BOSS", "plate/P"})
  void whatIsNoKeyIsRefused(String key) {
    assertThatThrownBy(() -> Scope.parse(key)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aWellIsInTheScopesThatAreOnAndThatItsLayoutKnows() {
    PlateRow row = PlateRow.newBuilder().setPlate("P").setAcquisition("1").setWell("A01").setTimepoint(0).setRevision(1).setPredictedClass("hit").build();
    LayoutWell mapped = LayoutWell.newBuilder().setWell("A01").setRole(WellRole.SAMPLE).setTreatment("nocodazole").build();
    EnumSet<Scope.Kind> every = EnumSet.allOf(Scope.Kind.class);
    assertThat(Scope.acrossPlates(every, row, null)).extracting(Scope::key).containsExactly("all", "class/hit");
    assertThat(Scope.acrossPlates(every, row, mapped)).extracting(Scope::key).containsExactly("all", "class/hit", "role/SAMPLE", "treatment/nocodazole");
    row.setInstrument("Opera 2");
    assertThat(Scope.acrossPlates(ImportanceConfig.DEFAULT.scopes(), row, mapped)).extracting(Scope::key)
        .containsExactly("all", "class/hit", "role/SAMPLE", "instrument/Opera%202");
  }

  @Test
  void longNamesAreCutAndStayApart() throws Exception {
    String longest = "x".repeat(200);
    assertThat(Scope.bounded(longest)).isEqualTo(longest);
    String one = "compound ".repeat(50) + "1";
    String hash = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(one.getBytes(StandardCharsets.UTF_8)));
    assertThat(Scope.bounded(one)).hasSize(200).startsWith("compound compound").endsWith("~" + hash.substring(0, 16));
    assertThat(Scope.bounded(one)).isNotEqualTo(Scope.bounded("compound ".repeat(50) + "2"));
    // 183 characters are kept; here the last of them would be the first half of a pair.
    String pairs = "x" + "\uD83D\uDD2C".repeat(150);
    assertThat(Scope.parse(new Scope.OfTreatment(Scope.bounded("x".repeat(182) + pairs.substring(1))).key())).isInstanceOf(Scope.OfTreatment.class);
  }

  @Test
  void aWindowIsAWholeNumberOfPanes() {
    ImportanceConfig config = ImportanceConfig.DEFAULT;
    assertThat(config.window()).isEqualTo(Duration.ofHours(24));
    assertThat(config.pane()).isEqualTo(Duration.ofHours(1));
    assertThat(config.scopes()).doesNotContain(Scope.Kind.TREATMENT).hasSize(5);
    assertThat(config.withWindow(Duration.ofDays(7), Duration.ofMinutes(30)).window()).isEqualTo(Duration.ofDays(7));
    for (String wrong : List.of("PT5H PT2H", "PT1H PT2H", "PT1H PT0S", "PT1001H PT1H", "PT1H PT0.0001S")) {
      Duration window = Duration.parse(wrong.substring(0, wrong.indexOf(' ')));
      Duration pane = Duration.parse(wrong.substring(wrong.indexOf(' ') + 1));
      assertThatThrownBy(() -> config.withWindow(window, pane)).as(wrong).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("must be a multiple");
    }
    assertThatThrownBy(() -> config.withDrift(1, 3)).hasMessage("Drift needs 2 wells or more to compare, not 1");
    assertThatThrownBy(() -> config.withDrift(16, Double.NaN)).hasMessage("The threshold of drift must be above 0, not NaN");
  }
}
