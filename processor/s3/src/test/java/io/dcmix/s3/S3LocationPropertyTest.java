package io.dcmix.s3;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.CharMatcher;
import com.google.common.base.Splitter;
import io.dcmix.core.source.RefusedReferenceException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever a key is made of, and whatever an event says. */
class S3LocationPropertyTest {
  @Provide
  Arbitrary<String> keys() {
    Arbitrary<String> any = Arbitraries.strings().withCharRange('\u00a1', '\ud7ff').withChars(" !#$%&'()*+,;=:@?[]{}|^`\"<>~-_.abcXYZ019/").ofMaxLength(60);
    return any.filter(key -> !key.isEmpty() && key.getBytes(StandardCharsets.UTF_8).length <= 1024
        && Splitter.on(CharMatcher.anyOf("/\\")).splitToStream(key).noneMatch(name -> name.equals("..") || name.equals(".")));
  }

  @Property(tries = 2000)
  void aKeyComesBackFromEachWayOfWritingIt(@ForAll("keys") String key) throws Exception {
    S3Location expected = new S3Location("plates", key);
    StringBuilder all = new StringBuilder("s3://plates/");
    for (byte b : key.getBytes(StandardCharsets.UTF_8)) {
      all.append("%%%02x".formatted(b));
    }
    assertThat(S3Location.object(URI.create(all.toString()))).as("every byte encoded").isEqualTo(expected);
    assertThat(S3Location.object(new URI("s3", "plates", "/" + key, null))).as("as little as may be").isEqualTo(expected);
  }

  @Provide
  Arbitrary<String> uris() {
    Arbitrary<String> pieces = Arbitraries.of(
        "/", "//", ".", "..", "%2e", "%2E%2e", "%2f", "%5c", "\\", "%00", "%ff", "%", "%zz", "a", "in", "in/a", "?", "#", "@", ":", ";", "[", "]", " ", "µ", "\u0000", "~", "*");
    Arbitrary<String> start = Arbitraries.of("s3:", "s3:/", "s3://", "s3://plates", "s3://plates/in", "S3://plates/in/", "s3://a@plates/in", "s3://plates:80/in", "");
    return Combinators.combine(start, pieces.list().ofMaxSize(8)).as((s, middle) -> s + String.join("", middle));
  }

  @Property(tries = 5000)
  void whatLiesBelowAFolderIsNamedSoWithoutAWayOut(@ForAll("uris") String text) throws Exception {
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException e) {
      Assume.that(false);
      return;
    }
    try {
      S3Location object = S3Location.object(uri);
      if (object.below(S3Location.folder("s3://plates/in/"))) {
        assertThat(object.bucket()).isEqualTo("plates");
        assertThat(object.key()).startsWith("in/").doesNotContain("/../").doesNotContain("/./").doesNotEndWith("/..");
      }
    } catch (RefusedReferenceException e) {
      assertThat(e.getMessage()).as(text).isNotBlank();
    }
  }
}
