package io.dcmix.core.archive.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dcmix.core.archive.ArchiveException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafeXmlTest {
  @Test
  void shouldVisitElementsByLocalNamesWithAttributesAndText() throws IOException {
    assertThat(visit("<?xml version='1.0'?><a xmlns='urn:x' xmlns:p='urn:p'><!-- no --><p:b p:k='1'> x &amp; y </p:b><c/></a>"))
        .containsExactly("start a {}", "start a/b {k=1}", "end a/b 'x & y'", "start a/c {}", "end a/c ''", "end a ''");
  }

  @Test
  void shouldReadAByteOrderMarkAndTheDeclaredEncoding() throws IOException {
    assertThat(visit("\uFEFF<?xml version='1.0' encoding='utf-8'?><a>µ</a>".getBytes(StandardCharsets.UTF_8))).contains("end a 'µ'");
    assertThat(visit("\uFEFF<a>µ</a>".getBytes(StandardCharsets.UTF_16LE))).contains("end a 'µ'");
    assertThat(visit("<?xml version='1.0' encoding='ISO-8859-1'?><a>µ</a>".getBytes(StandardCharsets.ISO_8859_1))).contains("end a 'µ'");
  }

  @Test
  void shouldNotReadBehindTheEndOfTheRoot() throws IOException {
    assertThat(visit("<a><b/></a>>")).contains("end a/b ''", "end a ''");
  }

  @Test
  void shouldRefuseDocumentTypesAndReadNoOtherFile(@TempDir Path temp) throws IOException {
    Path secret = Files.writeString(temp.resolve("secret"), "SECRET");
    for (String text : List.of(
        "<!DOCTYPE a [<!ENTITY x SYSTEM '" + secret.toUri() + "'>]><a>&x;</a>",
        "<!DOCTYPE a SYSTEM '" + secret.toUri() + "'><a/>",
        "<!DOCTYPE a [<!ENTITY x 'xx'><!ENTITY y '&x;&x;'>]><a>&y;</a>",
        "<a>&x;</a>")) {
      assertThatThrownBy(() -> visit(text)).isInstanceOf(ArchiveException.class).hasMessageStartingWith("test.xml: line 1, column ")
          .hasMessageNotContaining("SECRET");
    }
  }

  @Test
  void shouldNameLineAndColumnOfWhatIsBroken() {
    assertThatThrownBy(() -> visit("<a>\n  <b>\n</a>")).isInstanceOf(ArchiveException.class).hasMessageStartingWith("test.xml: line 3, column ")
        .hasMessageContaining("is it whole?");
    assertThatThrownBy(() -> visit("<a>\n  <b>text")).isInstanceOf(ArchiveException.class).hasMessageStartingWith("test.xml: line 2, column ");
    assertThatThrownBy(() -> visit("<a>\n\u00B5</a>".getBytes(StandardCharsets.ISO_8859_1))).isInstanceOf(ArchiveException.class);
    assertThatThrownBy(() -> visit("")).isInstanceOf(ArchiveException.class);
    assertThatThrownBy(() -> visit("no xml")).isInstanceOf(ArchiveException.class);
  }

  @Test
  void shouldKeepWhatWasVisitedBeforeAnError() {
    List<String> seen = new ArrayList<>();
    assertThatThrownBy(() -> SafeXml.read(stream("<a><b>1</b><c>".getBytes(StandardCharsets.UTF_8)), "test.xml", collector(seen)))
        .isInstanceOf(ArchiveException.class);
    assertThat(seen).contains("end a/b '1'");
  }

  @Test
  void shouldLimitDepthAttributesAndText() throws IOException {
    assertThatThrownBy(() -> visit("<a>".repeat(33) + "</a>".repeat(33))).hasMessageContaining("more than 32 deep");
    StringBuilder wide = new StringBuilder("<a");
    for (int i = 0; i < 101; i++) {
      wide.append(" k").append(i).append("='1'");
    }
    assertThatThrownBy(() -> visit(wide + "/>")).hasMessageContaining("more than 100 attributes");
    assertThat(visit("<a>" + "x".repeat(50_000) + "</a>").getLast()).hasSize("end a ''".length() + 16_384);
  }

  @Test
  void shouldPassOnAFailingDiskAsWhatItIs() {
    InputStream failing = new InputStream() {
      @Override
      public int read() throws IOException {
        throw new IOException("the share is gone");
      }

      @Override
      public int read(byte[] bytes, int offset, int length) throws IOException {
        return read();
      }
    };
    assertThatThrownBy(() -> SafeXml.read(failing, "test.xml", new SafeXml.Visitor() {})).isExactlyInstanceOf(IOException.class)
        .hasMessage("the share is gone");
  }

  @Test
  void shouldTellTheRootWithoutReadingTheRest(@TempDir Path temp) throws IOException {
    Path file = Files.writeString(temp.resolve("a.xml"), "<?xml version='1.0'?>\n<p:a xmlns:p='urn:V5'><broken");
    assertThat(SafeXml.root(file)).contains(new SafeXml.Root("a", "urn:V5"));
    assertThat(SafeXml.root(Files.writeString(temp.resolve("b.xml"), "no xml"))).isEmpty();
    assertThat(SafeXml.root(Files.createFile(temp.resolve("c.xml")))).isEmpty();
  }

  private static List<String> visit(String text) throws IOException {
    return visit(text.getBytes(StandardCharsets.UTF_8));
  }

  private static List<String> visit(byte[] bytes) throws IOException {
    List<String> seen = new ArrayList<>();
    SafeXml.read(stream(bytes), "test.xml", collector(seen));
    return seen;
  }

  private static InputStream stream(byte[] bytes) {
    return new ByteArrayInputStream(bytes);
  }

  private static SafeXml.Visitor collector(List<String> seen) {
    return new SafeXml.Visitor() {
      @Override
      public void start(String path, Map<String, String> attributes, int line) {
        seen.add("start " + path + " " + attributes);
      }

      @Override
      public void end(String path, String text, int line) {
        seen.add("end " + path + " '" + text + "'");
      }
    };
  }
}
