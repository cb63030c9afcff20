package io.dcmix.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys: every name survives, every well has one key, and nothing but that key is read. */
class KeysTest {
  /** Well-formed text of any script, and the characters that keys give a meaning to. */
  @Provide
  Arbitrary<String> names() {
    Arbitrary<Integer> anything = Arbitraries.integers().between(0, Character.MAX_CODE_POINT).filter(c -> c < 0xD800 || c > 0xDFFF);
    Arbitrary<Integer> tricky = Arbitraries.of("/%.~-_ +2Fe\u0000".chars().boxed().toList());
    return Arbitraries.oneOf(anything, tricky)
        .list()
        .ofMinSize(1)
        .ofMaxSize(12)
        .map(codePoints -> codePoints.stream().map(Character::toString).reduce("", String::concat));
  }

  @Provide
  Arbitrary<WellAddress> wells() {
    return Arbitraries.of(PlateFormat.WELLS_1536.wells());
  }

  @Property
  void aWellKeyIsReadAsItWasWritten(
      @ForAll("names") String plate,
      @ForAll("names") String acquisition,
      @ForAll("wells") WellAddress well,
      @ForAll @IntRange(min = 0) int timepoint) {
    WellKey key = new WellKey(new PlateKey(plate, acquisition), well, timepoint);
    assertThat(WellKey.parse(key.toString())).isEqualTo(key);
    assertThat(PlateKey.parse(key.plate().toString())).isEqualTo(key.plate());
  }

  @Property
  void aKeyIsPlainAsciiWithOneSlashBetweenItsParts(@ForAll("names") String plate, @ForAll("names") String acquisition) {
    assertThat(new PlateKey(plate, acquisition).toString()).matches("[A-Za-z0-9._~%-]+/[A-Za-z0-9._~%-]+");
  }

  @Property
  void differentNamesHaveDifferentKeys(
      @ForAll("names") String plate, @ForAll("names") String acquisition, @ForAll("names") String plate2, @ForAll("names") String acquisition2) {
    Assume.that(!plate.equals(plate2) || !acquisition.equals(acquisition2));
    assertThat(new PlateKey(plate, acquisition).toString()).isNotEqualTo(new PlateKey(plate2, acquisition2).toString());
  }

  @Property
  void percentEncodingIsWhatTheJdkDecodes(@ForAll("names") String name) {
    // URLDecoder differs from RFC 3986 in "+" alone, which is always encoded here.
    assertThat(java.net.URLDecoder.decode(KeyParts.join(name), StandardCharsets.UTF_8)).isEqualTo(name);
  }

  @Property
  void whateverIsReadAsAKeyIsCanonical(@ForAll @StringLength(max = 12) String text) {
    String key = text + "/run/B02/0";
    try {
      assertThat(WellKey.parse(key).toString()).isEqualTo(key);
    } catch (IllegalArgumentException e) {
      assertThat(e.getMessage()).isNotBlank();
    }
  }

  @Example
  void aKeyLooksLikeThis() {
    assertThat(WellKey.of("P-7", "run/1", "b2", 0).toString()).isEqualTo("P-7/run%2F1/B02/0");
    assertThat(WellKey.of("50%", "Zürich 1", "AF48", 12).toString()).isEqualTo("50%25/Z%C3%BCrich%201/AF48/12");
  }

  @Example
  void namesThatOnlySlashesTellApartStayApart() {
    assertThat(new PlateKey("a/b", "c")).isNotEqualTo(new PlateKey("a", "b/c"));
    assertThat(new PlateKey("a/b", "c").toString()).isNotEqualTo(new PlateKey("a", "b/c").toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", "P", "P/r", "P/r/B02", "P/r/B02/0/", "/r/B02/0", "P//B02/0", "P/r//0", "P/r/B02/", "P/r/b02/0", "P/r/B2/0", "P/r/B002/0",
        "P/r/B02/00", "P/r/B02/+1", "P/r/B02/-1", "P/r/B02/2147483648", "P/r/B02/x", "P/r/AG01/0", "P/r/A49/0", "P/r/B02/\u0661",
        "%50/r/B02/0", "%2f/r/B02/0", "%2/r/B02/0", "%/r/B02/0", "%GG/r/B02/0", "P P/r/B02/0", "P+P/r/B02/0", "\u00fc/r/B02/0",
        "%FC/r/B02/0", "%C3/r/B02/0", "%C0%AF/r/B02/0", "%ED%A0%80/r/B02/0"
      })
  void anythingElseIsRefusedByName(String text) {
    assertThatThrownBy(() -> WellKey.parse(text)).isInstanceOf(IllegalArgumentException.class).hasMessageMatching("(?s).*'.*'.*");
  }

  @Example
  void emptyNamesAreRefused() {
    assertThatThrownBy(() -> new PlateKey("", "run")).hasMessageContaining("must not be empty");
    assertThatThrownBy(() -> new PlateKey("P", "")).hasMessageContaining("must not be empty");
  }

  @Example
  void halfASurrogatePairIsRefusedRatherThanReplaced() {
    for (String broken : List.of("\uD83D", "a\uDE00b", "\uDE00\uD83D")) {
      assertThatThrownBy(() -> new PlateKey(broken, "run").toString())
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("well-formed Unicode");
    }
    assertThat(new PlateKey("\uD83D\uDE00", "run").toString()).isEqualTo("%F0%9F%98%80/run");
  }

  @Example
  void aNegativeTimepointIsRefused() {
    assertThatThrownBy(() -> WellKey.of("P", "r", "B02", -1)).hasMessageContaining("-1");
  }
}
