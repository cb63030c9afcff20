package io.dcmix.core.archive;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Finds columns of a table by name, however they are spelled. Collects what is wrong. */
final class ColumnNames {
  private static final String PREFIX = "metadata";

  private final List<String> header;
  private final List<String> problems;

  ColumnNames(List<String> header, List<String> problems) {
    this.header = header;
    this.problems = problems;
  }

  /** A name without case, punctuation and the prefix {@code Metadata_}; the micro sign becomes u. */
  static String plain(String name) {
    String plain = name.toLowerCase(Locale.ROOT).replace('\u00B5', 'u').replace('\u03BC', 'u').replaceAll("[^a-z0-9]", "");
    return plain.startsWith(PREFIX) ? plain.substring(PREFIX.length()) : plain;
  }

  /**
   * Indexes of the named column, or of all columns with a usual name, the more telling ones first.
   *
   * @param name exactly as the header has it; null goes by the usual names
   */
  List<Integer> find(@Nullable String name, List<String> usual) {
    if (name != null) {
      return named(name);
    }
    List<Integer> found = new ArrayList<>();
    for (String one : usual) {
      for (int i = 0; i < header.size(); i++) {
        if (plain(header.get(i)).equals(one)) {
          found.add(i);
        }
      }
    }
    refuseTwins(found);
    return List.copyOf(found);
  }

  /** The named column, or all that hold concentrations by their names. */
  List<Integer> concentrations(@Nullable String name) {
    if (name != null) {
      return named(name);
    }
    List<Integer> found = new ArrayList<>();
    for (int i = 0; i < header.size(); i++) {
      if (Dose.Column.of(header.get(i)).holds()) {
        found.add(i);
      }
    }
    refuseTwins(found);
    return List.copyOf(found);
  }

  private List<Integer> named(String name) {
    int index = header.indexOf(name);
    if (index < 0) {
      problems.add("has no column '" + name + "'; it has " + shown());
      return List.of();
    }
    refuseTwins(List.of(index));
    return List.of(index);
  }

  private void refuseTwins(List<Integer> found) {
    found.stream().map(header::get).distinct().filter(name -> header.indexOf(name) != header.lastIndexOf(name)).forEach(name ->
        problems.add("has two columns '" + Shown.of(name) + "'; rename one of them"));
  }

  /** The header for a message. */
  List<String> shown() {
    return header.stream().limit(40).map(Shown::of).toList();
  }
}
