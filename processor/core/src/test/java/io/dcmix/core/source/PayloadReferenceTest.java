package io.dcmix.core.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import org.junit.jupiter.api.Test;

/** What an event's reference must say, each rule at its edge. */
class PayloadReferenceTest {
  private static final String SHA = "0123456789abcdef".repeat(4);
  private static final long LARGEST = 64L << 20;

  private static void refuses(String uri, Long size, String sha256, String... says) {
    assertThatThrownBy(() -> PayloadReference.of(uri, size, sha256)).isInstanceOf(RefusedReferenceException.class).hasMessageContainingAll(says);
  }

  @Test
  void shouldTakeAFileWithItsSizeAndHash() throws Exception {
    assertThat(PayloadReference.of("file:///a", 1L, SHA)).isEqualTo(new PayloadReference(URI.create("file:///a"), 1, SHA));
    assertThat(PayloadReference.of("File:/a", LARGEST, SHA).scheme()).isEqualTo("file");
    assertThat(PayloadReference.of("s3://bucket/a", 1L, SHA).scheme()).isEqualTo("s3");
  }

  @Test
  void shouldWantAUriOfAKnownScheme() {
    refuses("", 1L, SHA, "only file: and s3: URIs");
    refuses("/images/a.tif", 1L, SHA, "/images/a.tif", "only file: and s3: URIs");
    refuses("C:\\images\\a.tif", 1L, SHA, "the event's uri is none");
    refuses("file:///a b.tif", 1L, SHA, "the event's uri is none", "file:///a b.tif");
    refuses("http://169.254.169.254/latest", 1L, SHA, "only file: and s3: URIs");
    refuses("gs://bucket/a.tif", 1L, SHA, "only file: and s3: URIs");
    refuses("jar:file:///a.jar!/a", 1L, SHA, "only file: and s3: URIs");
  }

  @Test
  void shouldWantASizeWithinTheLimit() {
    refuses("file:///a", null, SHA, "file:///a", "no size", "67108864");
    refuses("file:///a", 0L, SHA, "size 0");
    refuses("file:///a", -1L, SHA, "size -1");
    refuses("file:///a", LARGEST + 1, SHA, "size 67108865");
    refuses("file:///a", (1L << 32) + 1, SHA, "size 4294967297");
  }

  @Test
  void shouldWantASha256InLowerCase() {
    refuses("file:///a", 1L, null, "without its sha256", "64 lower-case");
    refuses("file:///a", 1L, "", "without its sha256");
    refuses("file:///a", 1L, SHA.toUpperCase(java.util.Locale.ROOT), "with a sha256 that is none");
    refuses("file:///a", 1L, SHA.substring(1), "with a sha256 that is none");
    refuses("file:///a", 1L, SHA + "0", "with a sha256 that is none");
    refuses("file:///a", 1L, "g" + SHA.substring(1), "with a sha256 that is none");
  }
}
