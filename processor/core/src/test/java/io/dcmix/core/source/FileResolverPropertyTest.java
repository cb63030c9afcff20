package io.dcmix.core.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Whatever an event says: an answer that fails a site, never the processor, and never a byte from outside of the root. */
class FileResolverPropertyTest {
  private static final String SHA = "0123456789abcdef".repeat(4);
  private static final byte[] IMAGE = {1, 2, 3, 4};
  private static Path folder;
  private static Path root;

  @BeforeContainer
  static void files() throws IOException {
    folder = Files.createTempDirectory("references").toRealPath();
    root = Files.createDirectories(folder.resolve("in"));
    Files.write(root.resolve("a"), IMAGE);
    Files.write(folder.resolve("a"), new byte[] {9, 9, 9, 9});
  }

  @AfterContainer
  static void delete() throws IOException {
    Files.delete(root.resolve("a"));
    Files.delete(root);
    Files.delete(folder.resolve("a"));
    Files.delete(folder);
  }

  @Provide
  Arbitrary<String> uris() {
    Arbitrary<String> pieces = Arbitraries.of(
        "/", "//", ".", "..", "%2e", "%2E%2e", "%2f", "%5c", "\\", "%00", "%ff", "%", "%zz", "a", "in", "in/a", "?", "#", "@", ":", ";", "[", "]", " ", "µ", "\u0000", "~", "*", "host");
    Arbitrary<String> start = Arbitraries.of("file:", "file:/", "file://", "file://" + root, "file:" + root + "/", "FILE://" + folder, "file:////" + root, "", "jar:file:", "s3://");
    Arbitrary<String> end = Arbitraries.of("", "/a", "/in/a");
    return net.jqwik.api.Combinators.combine(start, pieces.list().ofMaxSize(8), end).as((s, middle, e) -> s + String.join("", middle) + e);
  }

  @Property(tries = 5000)
  void anEventCanOnlyAskForFilesOfTheRoot(@ForAll("uris") String uri) {
    try {
      PayloadReference reference = PayloadReference.of(uri, 4L, SHA);
      Assume.that(reference.scheme().equals("file"));
      ByteBuffer payload = new FileResolver(List.of(root)).fetch(reference.uri(), reference.size());
      assertThat(payload).as(uri).isEqualTo(ByteBuffer.wrap(IMAGE));
    } catch (RefusedReferenceException | IOException e) {
      assertThat(e.getMessage()).as(uri).isNotBlank();
    }
  }
}
