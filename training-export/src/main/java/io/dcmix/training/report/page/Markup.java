package io.dcmix.training.report.page;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Builds markup that is both HTML and well-formed XML. All text is escaped. Used by one thread. */
final class Markup {
  private static final Set<String> VOID = Set.of("meta", "img", "br", "line", "rect", "circle", "path");

  private final StringBuilder out = new StringBuilder();
  private final Deque<String> open = new ArrayDeque<>();

  /**
   * Opens an element.
   *
   * @param attributes names and values in turn; numbers are written as coordinates, an attribute whose value is null is left out
   */
  Markup open(String tag, @Nullable Object... attributes) {
    start(tag, attributes);
    out.append('>');
    open.push(tag);
    return this;
  }

  /** Closes the element that was opened last. */
  Markup close() {
    out.append("</").append(open.pop()).append('>');
    return this;
  }

  /** An element without content. */
  Markup leaf(String tag, @Nullable Object... attributes) {
    start(tag, attributes);
    out.append(VOID.contains(tag) ? "/>" : "></" + tag + ">");
    return this;
  }

  /** An element that holds text only. */
  Markup text(String tag, String text, @Nullable Object... attributes) {
    return open(tag, attributes).say(text).close();
  }

  /** Text. */
  Markup say(String text) {
    text.codePoints().forEach(c -> {
      switch (c) {
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '&' -> out.append("&amp;");
        case '"' -> out.append("&quot;");
        case '\'' -> out.append("&#39;");
        case '\t', '\n' -> out.append((char) c);
        // What XML cannot hold: control characters, halves of a pair, the two non-characters.
        default -> out.appendCodePoint(c < 0x20 || (c >= 0xD800 && c <= 0xDFFF) || c == 0xFFFE || c == 0xFFFF ? 0xFFFD : c);
      }
    });
    return this;
  }

  /** Trusted text as it is, such as the style sheet. */
  Markup raw(String trusted) {
    out.append(trusted);
    return this;
  }

  private void start(String tag, @Nullable Object... attributes) {
    out.append('<').append(tag);
    for (int i = 0; i < attributes.length; i += 2) {
      Object value = attributes[i + 1];
      if (value != null) {
        out.append(' ').append(attributes[i]).append("=\"");
        say(value instanceof Double d ? Numbers.coordinate(d) : value.toString());
        out.append('"');
      }
    }
  }

  @Override
  public String toString() {
    return out.toString();
  }
}
