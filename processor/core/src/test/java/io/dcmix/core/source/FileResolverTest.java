package io.dcmix.core.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a file: URI may lead to. The secret lies beside the allowed folder; no URI reaches it. */
class FileResolverTest {
  private static final byte[] IMAGE = "an image".getBytes(UTF_8);
  private static final byte[] SECRET = "a secret".getBytes(UTF_8);

  @TempDir Path folder;
  private Path root;
  private Path secret;
  private FileResolver resolver;

  @BeforeEach
  void files() throws IOException {
    folder = folder.toRealPath();
    root = Files.createDirectories(folder.resolve("images"));
    Files.createDirectories(root.resolve("plate 7"));
    Files.write(root.resolve("plate 7/B02 µ.tif"), IMAGE);
    Files.write(root.resolve("a.tif"), IMAGE);
    secret = Files.write(Files.createDirectories(folder.resolve("private")).resolve("secret.tif"), SECRET);
    // A folder whose name only begins like the allowed one.
    Files.write(Files.createDirectories(folder.resolve("images-private")).resolve("secret.tif"), SECRET);
    resolver = new FileResolver(List.of(root));
  }

  private byte[] fetch(String uri) throws Exception {
    return fetch(resolver, URI.create(uri));
  }

  private static byte[] fetch(FileResolver resolver, URI uri) throws Exception {
    ByteBuffer payload = resolver.fetch(uri, IMAGE.length);
    byte[] bytes = new byte[payload.remaining()];
    payload.get(bytes);
    return bytes;
  }

  private void refuses(String uri, String... says) {
    assertThatThrownBy(() -> fetch(uri)).as(uri).isInstanceOf(RefusedReferenceException.class).hasMessageContainingAll(says);
  }

  // ---- what is read ----

  @Test
  void shouldReadAFileBelowTheRootAsPathsNameIt() throws Exception {
    assertThat(fetch(root.resolve("plate 7/B02 µ.tif").toUri().toString())).isEqualTo(IMAGE);
    assertThat(fetch("file:" + root + "/a.tif")).as("without //").isEqualTo(IMAGE);
    assertThat(fetch("FILE://" + root + "/a.tif")).as("schemes have no case").isEqualTo(IMAGE);
    assertThat(fetch("file://" + root + "//plate%207/B02%20%C2%B5.tif")).isEqualTo(IMAGE);
  }

  @Test
  void shouldReadAFileLongerThanOneReadWhole() throws Exception {
    byte[] large = new byte[1_000_003];
    new Random(1).nextBytes(large);
    Path file = Files.write(root.resolve("large.tif"), large);
    assertThat(resolver.fetch(file.toUri(), large.length)).isEqualTo(ByteBuffer.wrap(large));
  }

  @Test
  void shouldFollowLinksThatStayBelowTheRoot() throws Exception {
    Files.createSymbolicLink(root.resolve("latest"), Path.of("plate 7"));
    assertThat(fetch("file://" + root + "/latest/B02%20%C2%B5.tif")).isEqualTo(IMAGE);
  }

  @Test
  void shouldTakeARootThatIsItselfALink() throws Exception {
    Path link = Files.createSymbolicLink(folder.resolve("share"), root);
    FileResolver linked = new FileResolver(List.of(link));
    assertThat(fetch(linked, URI.create("file://" + link + "/a.tif"))).isEqualTo(IMAGE);
    Files.createSymbolicLink(root.resolve("out.tif"), secret);
    assertThatThrownBy(() -> fetch(linked, URI.create("file://" + link + "/out.tif"))).isInstanceOf(RefusedReferenceException.class);
  }

  @Test
  void shouldReadBelowEachOfSeveralRootsAndFollowLinksBetweenThem() throws Exception {
    Path second = Files.createDirectories(folder.resolve("second"));
    Files.write(second.resolve("b.tif"), IMAGE);
    Files.createSymbolicLink(root.resolve("b.tif"), second.resolve("b.tif"));
    FileResolver both = new FileResolver(List.of(folder.resolve("not mounted"), root, second));
    assertThat(fetch(both, second.resolve("b.tif").toUri())).isEqualTo(IMAGE);
    assertThat(fetch(both, root.resolve("b.tif").toUri())).isEqualTo(IMAGE);
  }

  // ---- what is refused ----

  @ParameterizedTest
  @ValueSource(strings = {
      "%s/../private/secret.tif", "%s/plate%%207/../../private/secret.tif", "%s/%%2e%%2e/private/secret.tif", "%s/%%2E./private/secret.tif",
      "%s/..%%2fprivate/secret.tif", "%s%%2f..%%2fprivate%%2fsecret.tif", "%s/./../private/secret.tif", "%s/a.tif/.."})
  void shouldRefuseToGoUp(String uri) {
    refuses("file://" + uri.formatted(root), "publish the path without");
  }

  @Test
  void shouldRefuseAPathThatLeavesAndComesBack() {
    refuses("file://" + root + "/../images/a.tif", "'..'");
  }

  @Test
  void shouldNotTakeDoubleEncodingForGoingUp() {
    // %252e%252e is a folder named %2e%2e.
    assertThatThrownBy(() -> fetch("file://" + root + "/%252e%252e/private/secret.tif")).isInstanceOf(IOException.class).hasMessageContaining("no such file");
  }

  @Test
  void shouldRefuseWhatLiesOutsideAndNameTheOption() {
    refuses(secret.toUri().toString(), "outside of the allowed folders", "--reference-root");
    refuses("file:///etc/passwd", "--reference-root");
    refuses("file://" + root + "-private/secret.tif", "--reference-root");
    refuses("file:///", "--reference-root");
  }

  @Test
  void shouldRefuseEverythingWithoutARootAndNameTheOption() {
    FileResolver none = new FileResolver(List.of());
    assertThatThrownBy(() -> fetch(none, root.resolve("a.tif").toUri()))
        .isInstanceOf(RefusedReferenceException.class).hasMessageContainingAll("No folder is allowed", "--reference-root", "inline");
  }

  @Test
  void shouldRefuseALinkThatLeadsOut() throws Exception {
    Files.createSymbolicLink(root.resolve("out.tif"), secret);
    Files.createSymbolicLink(root.resolve("relative.tif"), Path.of("../private/secret.tif"));
    Files.createSymbolicLink(root.resolve("chain.tif"), Path.of("out.tif"));
    for (String name : List.of("out.tif", "relative.tif", "chain.tif")) {
      refuses("file://" + root + "/" + name, "leads out", "--reference-root");
    }
  }

  @Test
  void shouldRefuseAFileBehindAFolderThatIsALinkOut() throws Exception {
    Files.createSymbolicLink(root.resolve("plates"), secret.getParent());
    assertThatThrownBy(() -> fetch("file://" + root + "/plates/secret.tif"))
        .isInstanceOf(RefusedReferenceException.class).hasMessageContaining("leads out")
        .message().as("where the link leads is nobody's business").doesNotContain("private");
  }

  @Test
  void shouldReadNothingOutsideWhileLinksAreSwappedUnderIt() throws Exception {
    // A folder that is now a real one and now a link out: whatever the moment, the secret must not come back.
    Path swapped = root.resolve("swapped");
    Path real = Files.createDirectories(root.resolve("real"));
    Files.write(real.resolve("secret.tif"), IMAGE);
    Path out = Files.createSymbolicLink(folder.resolve("out"), secret.getParent());
    Thread swapper = Thread.ofPlatform().start(() -> {
      try {
        while (!Thread.interrupted()) {
          Files.move(real, swapped);
          Files.move(swapped, real);
          Files.move(out, swapped);
          Files.move(swapped, out);
        }
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    });
    int read = 0;
    try {
      for (int i = 0; i < 5_000 && swapper.isAlive(); i++) {
        try {
          assertThat(fetch("file://" + swapped + "/secret.tif")).isEqualTo(IMAGE);
          read++;
        } catch (IOException | RefusedReferenceException e) {
          assertThat(e).as("the only other answers").isNotNull();
        }
      }
      assertThat(swapper.isAlive()).as("links were swapped all the while").isTrue();
    } finally {
      swapper.interrupt();
      swapper.join();
    }
    assertThat(read).as("reads of the real folder").isPositive();
  }

  @Test
  void shouldRefuseAHostEvenThisOne() {
    refuses("file://server" + root + "/a.tif", "without a host");
    refuses("file://localhost" + root + "/a.tif", "without a host");
    refuses("file://127.0.0.1:80" + root + "/a.tif", "without a host");
  }

  @Test
  void shouldRefuseQueriesFragmentsAndWhatIsNoPath() {
    refuses("file://" + root + "/a.tif?x=1", "percent-encode");
    refuses("file://" + root + "/a.tif#x", "percent-encode");
    refuses("file:a.tif", "file:///path");
    refuses("file://" + root + "/a%00.tif", "names no path");
  }

  @Test
  void shouldRefuseAFolderAndTheRootItself() {
    refuses("file://" + root + "/plate%207", "no regular file");
    refuses("file://" + root, "no regular file");
    refuses("file://" + root + "/", "no regular file");
  }

  @Test
  @Timeout(20)
  void shouldRefuseAPipeInsteadOfWaitingForItsWriter() throws Exception {
    Process mkfifo;
    try {
      mkfifo = new ProcessBuilder("mkfifo", root.resolve("pipe.tif").toString()).start();
    } catch (IOException e) {
      assumeThat(false).as("no mkfifo here").isTrue();
      return;
    }
    assertThat(mkfifo.waitFor(10, TimeUnit.SECONDS)).isTrue();
    refuses("file://" + root + "/pipe.tif", "no regular file");
  }

  @Test
  void shouldRefuseADevice() throws Exception {
    assumeThat(Files.exists(Path.of("/dev/zero"))).as("/dev/zero").isTrue();
    FileResolver devices = new FileResolver(List.of(Path.of("/dev")));
    assertThatThrownBy(() -> fetch(devices, URI.create("file:///dev/zero"))).isInstanceOf(RefusedReferenceException.class).hasMessageContaining("no regular file");
  }

  // ---- what may yet come ----

  @Test
  void shouldSayThatAFileIsNotThereInAWayThatMayChange() {
    assertThatThrownBy(() -> fetch("file://" + root + "/later.tif")).isInstanceOf(IOException.class).hasMessage("there is no such file");
    assertThatThrownBy(() -> fetch("file://" + root + "/later/a.tif")).isInstanceOf(IOException.class).hasMessage("there is no such file");
    FileResolver notMounted = new FileResolver(List.of(folder.resolve("mount")));
    assertThatThrownBy(() -> fetch(notMounted, folder.resolve("mount/a.tif").toUri())).isInstanceOf(IOException.class).hasMessage("there is no such file");
  }

  @Test
  void shouldTakeNoFileOfAnotherSizeAndReadItOnceItHasGrown() throws Exception {
    Path growing = Files.write(root.resolve("growing.tif"), new byte[] {IMAGE[0], IMAGE[1]});
    String uri = growing.toUri().toString();
    assertThatThrownBy(() -> fetch(uri)).isInstanceOf(IOException.class).hasMessage("the file has 2 bytes, the event says 8");
    Files.write(growing, IMAGE);
    assertThat(fetch(uri)).isEqualTo(IMAGE);
    Files.write(growing, new byte[9]);
    assertThatThrownBy(() -> fetch(uri)).isInstanceOf(IOException.class).hasMessage("the file has 9 bytes, the event says 8");
    Files.write(growing, new byte[0]);
    assertThatThrownBy(() -> fetch(uri)).isInstanceOf(IOException.class).hasMessage("the file has 0 bytes, the event says 8");
  }
}
