package io.dcmix.training;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Provenance of a model as lines of a terminal. */
final class ProvenanceText {
  /** What people look for first; other entries follow by name. */
  private static final List<String> ORDER = List.of("blend", "network", "data", "wells", "sites", "shrink", "hold-out", "seed", "fit", "made by", "engine");

  private static final int WIDTH = 100;

  /** How Java writes a record: {@code Schedule[epochs=6, steps=25]}. */
  private static final Pattern RECORD = Pattern.compile("\\w+\\[(.*)]");

  private ProvenanceText() {}

  /** One entry after the other; a long value goes on under its first line. */
  static List<String> lines(Map<String, String> provenance) {
    int names = Math.max(9, provenance.keySet().stream().mapToInt(String::length).max().orElse(0));
    List<String> lines = new ArrayList<>();
    provenance.entrySet().stream().sorted(Comparator.comparingInt((Map.Entry<String, String> e) -> place(e.getKey())).thenComparing(Map.Entry::getKey))
        .forEach(entry -> {
          String name = entry.getKey();
          for (String line : parts(entry.getValue())) {
            for (String piece : wrapped(line)) {
              lines.add(("%-" + names + "s %s").formatted(name, piece).stripTrailing());
              name = "";
            }
          }
        });
    return lines;
  }

  private static int place(String name) {
    int place = ORDER.indexOf(name);
    return place < 0 ? ORDER.size() : place;
  }

  /** A record's plain members on one line, each of its records on a line of its own; anything else as it is. */
  static List<String> parts(String value) {
    Matcher record = RECORD.matcher(value);
    if (!record.matches()) {
      return Arrays.asList(value.split("\\R"));
    }
    List<String> plain = new ArrayList<>();
    List<String> nested = new ArrayList<>();
    for (String member : members(record.group(1))) {
      int equals = member.indexOf('=');
      String name = equals < 0 ? member : member.substring(0, equals);
      String of = equals < 0 ? "" : member.substring(equals + 1);
      if (RECORD.matcher(of).matches()) {
        nested.add(name + ": " + String.join("; ", parts(of)));
      } else {
        plain.add((name + " " + of).strip());
      }
    }
    List<String> lines = new ArrayList<>(nested);
    if (!plain.isEmpty()) {
      lines.add(String.join(", ", plain));
    }
    return lines;
  }

  /** Parts between commas that stand in no bracket. */
  private static List<String> members(String text) {
    List<String> members = new ArrayList<>();
    int depth = 0;
    int from = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      depth += c == '[' ? 1 : c == ']' ? -1 : 0;
      if (c == ',' && depth == 0) {
        members.add(text.substring(from, i).strip());
        from = i + 1;
      }
    }
    members.add(text.substring(from).strip());
    return members;
  }

  /** Lines of at most {@value #WIDTH} characters, broken at spaces where there are some. */
  private static List<String> wrapped(String text) {
    List<String> lines = new ArrayList<>();
    String left = text;
    while (left.length() > WIDTH) {
      int space = left.lastIndexOf(' ', WIDTH);
      int end = space > 0 ? space : WIDTH;
      lines.add(left.substring(0, end).stripTrailing());
      left = left.substring(end).stripLeading();
    }
    lines.add(left);
    return lines;
  }
}
