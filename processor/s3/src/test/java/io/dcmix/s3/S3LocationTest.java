package io.dcmix.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dcmix.core.source.RefusedReferenceException;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an s3: URI names, and whether that lies below a folder. */
class S3LocationTest {
  private static S3Location object(String uri) throws Exception {
    return S3Location.object(URI.create(uri));
  }

  private static void refuses(String uri, String... says) {
    assertThatThrownBy(() -> object(uri)).as(uri).isInstanceOf(RefusedReferenceException.class).hasMessageContainingAll(says);
  }

  // ---- names ----

  @Test
  void shouldReadBucketAndKey() throws Exception {
    assertThat(object("s3://plates/P7/B02 µ.tif".replace(" ", "%20"))).isEqualTo(new S3Location("plates", "P7/B02 µ.tif"));
    assertThat(object("S3://plates.of.2026/a")).as("schemes have no case").isEqualTo(new S3Location("plates.of.2026", "a"));
    assertThat(object("s3://plates//a//b")).as("slashes are characters of keys").isEqualTo(new S3Location("plates", "/a//b"));
    assertThat(object("s3://plates/.../..a/b..")).isEqualTo(new S3Location("plates", ".../..a/b.."));
  }

  @Test
  void shouldTakeEveryEncodingOfAKeyForTheSame() throws Exception {
    S3Location key = new S3Location("plates", "P7/a+b~(1).tif");
    assertThat(object("s3://plates/P7/a+b~(1).tif")).isEqualTo(key);
    assertThat(object("s3://plates/P7%2fa%2Bb%7e%281%29.tif")).isEqualTo(key);
    assertThat(object("s3://plates/%50%37/%61%2b%62%7E(%31)%2Etif")).isEqualTo(key);
    assertThat(object("s3://plates/%C3%A9")).as("composed").isEqualTo(object("s3://plates/\u00e9"))
        .as("is not the same as decomposed").isNotEqualTo(object("s3://plates/e\u0301"));
  }

  @Test
  void shouldDecodeOnce() throws Exception {
    assertThat(object("s3://plates/%252e%252e/a%2520b")).isEqualTo(new S3Location("plates", "%2e%2e/a%20b"));
  }

  @ParameterizedTest
  @ValueSource(strings = {
      "s3://plates/in/../out/a", "s3://plates/in/%2e%2e/out/a", "s3://plates/in/.%2E/out/a", "s3://plates/in%2f..%2fout/a", "s3://plates/in/./a",
      "s3://plates/..", "s3://plates/in/..", "s3://plates/in%5C..%5Cout", "s3://plates/in/..%5Cout"})
  void shouldRefuseToGoUp(String uri) {
    refuses(uri, "publish the key without");
  }

  @Test
  void shouldRefuseWhatNamesNoObject() {
    refuses("s3://plates", "names no object");
    refuses("s3://plates/", "names no object");
    refuses("s3:///a", "s3://bucket/key");
    refuses("s3:/plates/a", "s3://bucket/key");
    refuses("s3:plates", "s3://bucket/key");
    refuses("s3://plates/a?versionId=1", "percent-encode");
    refuses("s3://plates/a#1", "percent-encode");
    refuses("https://plates/a", "s3://bucket/key");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Plates", "my_plates", "pl", "-plates", "plates-", "plates..of", "plates:9000", "key@plates", "key:secret@plates", "plates%2f"})
  void shouldRefuseABucketThatCannotBe(String bucket) {
    refuses("s3://" + bucket + "/a", "names no bucket");
  }

  @Test
  void shouldRefuseKeysThatNoStoreHas() throws Exception {
    refuses("s3://plates/a%ff", "not UTF-8");
    refuses("s3://plates/%C0%AE%C0%AE/a", "not UTF-8");
    refuses("s3://plates/a%00b", "control character");
    refuses("s3://plates/a%0d%0ab", "control character");
    assertThat(object("s3://plates/" + "a".repeat(1024)).key()).hasSize(1024);
    refuses("s3://plates/" + "a".repeat(1025), "1024 bytes");
    refuses("s3://plates/" + "µ".repeat(513), "1024 bytes");
  }

  // ---- folders ----

  @Test
  void shouldKnowWhatLiesBelowAFolder() throws Exception {
    for (S3Location folder : new S3Location[] {S3Location.folder("s3://plates/in/"), S3Location.folder("s3://plates/in"), S3Location.folder("s3://plates/%69n")}) {
      assertThat(object("s3://plates/in/a").below(folder)).isTrue();
      assertThat(object("s3://plates/in%2Fb/c").below(folder)).isTrue();
      assertThat(object("s3://plates/in/").below(folder)).as("itself").isFalse();
      assertThat(object("s3://plates/in").below(folder)).isFalse();
      assertThat(object("s3://plates/in-private/a").below(folder)).as("a name that begins alike").isFalse();
      assertThat(object("s3://plates/IN/a").below(folder)).as("keys have case").isFalse();
      assertThat(object("s3://plates//in/a").below(folder)).isFalse();
      assertThat(object("s3://plates2/in/a").below(folder)).as("another bucket").isFalse();
    }
  }

  @Test
  void shouldTakeAWholeBucketForAFolder() throws Exception {
    for (String bucket : new String[] {"s3://plates", "s3://plates/"}) {
      assertThat(object("s3://plates/a").below(S3Location.folder(bucket))).isTrue();
      assertThat(object("s3://plates-2/a").below(S3Location.folder(bucket))).isFalse();
    }
  }

  @Test
  void shouldRefuseAFolderThatIsNone() {
    for (String text : new String[] {"plates", "file:///plates", "s3://", "s3://plates/a b", "s3://plates/../in/", "s3://Plates/"}) {
      assertThatThrownBy(() -> S3Location.folder(text)).as(text).isInstanceOf(RefusedReferenceException.class).hasMessageContaining(text);
    }
  }
}
