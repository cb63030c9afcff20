package io.dcmix.streams.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Inline or by reference, and by which name. */
class DeliveryTest {
  private static final long MOST_INLINE = 16L << 20;
  private static final Path FOLDER = Path.of("/plates");
  private static final Path FILE = Path.of("/plates/P 7/B02.tif");
  private static final Referral REFERRAL = Referral.to(FOLDER, 1000);

  @Test
  void shouldReferOnlyToWhatIsLargerThanTheThreshold() {
    assertThat(Delivery.of(1000, FILE, REFERRAL)).isEqualTo(new Delivery.Inline());
    assertThat(Delivery.of(1001, FILE, REFERRAL)).isEqualTo(new Delivery.ByReference(URI.create("file:///plates/P%207/B02.tif")));
    assertThat(Delivery.of(1, FILE, Referral.to(FOLDER, 0))).isInstanceOf(Delivery.ByReference.class);
  }

  @Test
  void shouldSendInlineWhatHasNoFileBelowTheFolder() {
    assertThat(Delivery.of(MOST_INLINE, null, REFERRAL)).isEqualTo(new Delivery.Inline());
    assertThat(Delivery.of(MOST_INLINE, FILE, null)).isEqualTo(new Delivery.Inline());
    assertThat(Delivery.of(MOST_INLINE, Path.of("/elsewhere/B02.tif"), REFERRAL)).isEqualTo(new Delivery.Inline());
    assertThat(Delivery.of(MOST_INLINE, Path.of("/plates-2/B02.tif"), REFERRAL)).isEqualTo(new Delivery.Inline());
    assertThat(Delivery.of(MOST_INLINE, Path.of("/plates/../elsewhere/B02.tif"), REFERRAL)).isEqualTo(new Delivery.Inline());
  }

  @Test
  void shouldReferToWhatNoEventCanCarryWhateverTheThreshold() {
    assertThat(Delivery.of(MOST_INLINE + 1, FILE, Referral.to(FOLDER, 1L << 40))).isInstanceOf(Delivery.ByReference.class);
  }

  @Test
  void shouldSayWhyAnImageCannotBeSentAtAll() {
    assertThat(why(null, REFERRAL)).contains("16,777,217", "16,777,216", "no file of its own", "docs/references.md");
    assertThat(why(FILE, null)).contains("no folder was given");
    assertThat(why(Path.of("/elsewhere/B02.tif"), REFERRAL)).contains("/elsewhere/B02.tif is not below /plates");
  }

  private static String why(Path file, Referral referral) {
    return ((Delivery.Impossible) Delivery.of(MOST_INLINE + 1, file, referral)).why();
  }

  @Test
  void shouldNameFilesAsProcessorsSeeThem() {
    URI there = URI.create("file:///mnt/plates/");
    assertThat(new Referral(FOLDER, there, 0).uri(FILE)).isEqualTo(URI.create("file:///mnt/plates/P%207/B02.tif"));
    assertThat(new Referral(FOLDER, URI.create("file:///mnt/plates"), 0).uri(FILE)).isEqualTo(URI.create("file:///mnt/plates/P%207/B02.tif"));
    assertThat(new Referral(Path.of("/"), there, 0).uri(FILE)).isEqualTo(URI.create("file:///mnt/plates/plates/P%207/B02.tif"));
    assertThat(new Referral(FOLDER, URI.create("s3://bucket/plates"), 0).uri(FILE)).hasToString("s3://bucket/plates/P%207/B02.tif");
    assertThatThrownBy(() -> new Referral(FOLDER, URI.create("plates"), 0)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("file:///path/");
  }

  @Test
  void shouldGiveNamesThatLeadBackToTheFileWhateverItsName(@TempDir Path folder) throws Exception {
    for (String name : new String[] {"a b.tif", "100%.tif", "a%2e%2e.tif", "c#d?e.tif", "x:y.tif", "+&=;.tif", "µ-Ω.tif", "plus+.tif"}) {
      Path file = Files.writeString(folder.resolve(name), name);
      URI uri = Referral.to(folder, 0).uri(file);
      assertThat(uri).as(name).isNotNull();
      assertThat(Files.readString(Path.of(new URI(uri.toString())))).isEqualTo(name);
    }
  }
}
