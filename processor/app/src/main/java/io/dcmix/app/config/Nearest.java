package io.dcmix.app.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** "Did you mean": the known name that a mistyped one is closest to. */
final class Nearest {
  private Nearest() {}

  /** The closest of these names, if one is close: at most a third of its letters differ, whatever the case and the separators. */
  static Optional<String> to(String mistyped, Collection<String> names) {
    String text = letters(mistyped);
    return names.stream()
        .filter(name -> distance(text, letters(name)) * 3 <= Math.max(text.length(), letters(name).length()))
        .min(Comparator.<String>comparingInt(name -> distance(text, letters(name))).thenComparing(Comparator.naturalOrder()));
  }

  /** The end of a message: what may have been meant, or nothing. */
  static String hint(String mistyped, Collection<String> names) {
    return to(mistyped, names).map(name -> "; did you mean " + name + "?").orElse("");
  }

  private static String letters(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[-_.]", "");
  }

  /** Letters that must be put in, left out, changed or swapped with their neighbour to make b of a (optimal string alignment). */
  static int distance(String a, String b) {
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          d[i][j] = i + j;
          continue;
        }
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        d[i][j] = Math.min(d[i - 1][j - 1] + change, Math.min(d[i - 1][j], d[i][j - 1]) + 1);
        if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
          d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[a.length()][b.length()];
  }
}
