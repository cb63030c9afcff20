package io.dcmix.core.archive;

/** Text from a file as a message may show it: short, and without characters that a terminal would obey. */
public final class Shown {
  private static final int LENGTH = 60;

  private Shown() {}

  /** At most 60 characters, what a terminal would obey replaced. */
  public static String of(String text) {
    StringBuilder shown = new StringBuilder();
    text.codePoints().limit(LENGTH).forEach(c -> shown.appendCodePoint(isControl(c) ? '\uFFFD' : c));
    return text.codePointCount(0, text.length()) > LENGTH ? shown.append('…').toString() : shown.toString();
  }

  /** All of a text, on one line: what a terminal would obey replaced. */
  public static String whole(String text) {
    StringBuilder shown = new StringBuilder();
    text.codePoints().forEach(c -> shown.appendCodePoint(isControl(c) ? '\uFFFD' : c));
    return shown.toString();
  }

  /** Whether a person would not see it, or a terminal would act on it. */
  public static boolean isControl(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR, Character.SURROGATE, Character.FORMAT -> true;
      default -> false;
    };
  }
}
