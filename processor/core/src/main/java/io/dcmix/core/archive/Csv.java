package io.dcmix.core.archive;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A small table with a header: RFC 4180; the separator is whichever of tab, semicolon and comma the header has most of, or the
 * one that a first line {@code sep=;} names. Lines without any text are skipped.
 *
 * @param header names of the columns, stripped
 * @param rows the lines below
 */
public record Csv(List<String> header, List<Row> rows) {
  /** One line: its 1-based number in the file, and its cells, stripped; as many as the header has, or too few or too many. */
  public record Row(int line, List<String> cells) {}

  static final int MAX_ROWS = 200_000;
  static final int MAX_COLUMNS = 1_000;
  static final int MAX_CELL = 20_000;

  private static final Set<String> BLANK = Set.of("NA", "N/A", "#N/A", "nan", "NaN", "null", "NULL", "<NA>");

  /** Harmony's result tables begin with lines about the evaluation; this one ends them. */
  private static final String DATA = "[Data]";
  private static final int MAX_PREAMBLE = 100;

  /**
   * Reads a file.
   *
   * @throws ArchiveException if the file is no such table; see {@link TableText} for what is text
   */
  public static Csv read(Path file) throws IOException {
    return table(readRows(file), file.toString());
  }

  /** All lines with text, the header among them. */
  static List<Row> readRows(Path file) throws IOException {
    return rows(TableText.read(file), file.toString());
  }

  static Csv parse(String text, String place) throws ArchiveException {
    return table(rows(text.startsWith("\uFEFF") ? text.substring(1) : text, place), place);
  }

  /** Takes the first line as the header, or the one after {@code [Data]}. */
  static Csv table(List<Row> rows, String place) throws ArchiveException {
    int header = preamble(rows);
    if (header >= rows.size()) {
      throw new ArchiveException(place, "is empty");
    }
    return new Csv(rows.get(header).cells(), List.copyOf(rows.subList(header + 1, rows.size())));
  }

  /** Number of lines before the header: those up to {@code [Data]}, where there is such a line. */
  static int preamble(List<Row> rows) {
    for (int i = 0; i < Math.min(rows.size(), MAX_PREAMBLE); i++) {
      if (rows.get(i).cells().getFirst().equalsIgnoreCase(DATA)) {
        return i + 1;
      }
    }
    return 0;
  }

  private static List<Row> rows(String text, String place) throws ArchiveException {
    return new Parser(text, place).rows();
  }

  /** What a cell says: nothing where statistics programs wrote that nothing was there. */
  public static String text(String cell) {
    return BLANK.contains(cell) ? "" : cell;
  }

  /**
   * Each row with the columns of another table beside it: those of its first row that has the same text in the first column
   * that both tables have; blank where there is none.
   *
   * @throws ArchiveException if the tables have no column in common
   */
  Csv leftJoin(Csv other, String place) throws ArchiveException {
    int theirs = 0;
    while (theirs < other.header.size() && (other.header.get(theirs).isEmpty() || !header.contains(other.header.get(theirs)))) {
      theirs++;
    }
    if (theirs == other.header.size()) {
      throw new ArchiveException(place, "has no column in common with the plate map; it has %s, the map %s".formatted(other.header, header));
    }
    int ours = header.indexOf(other.header.get(theirs));
    Map<String, List<String>> known = new HashMap<>();
    for (Row row : other.rows) {
      if (row.cells.size() != other.header.size()) {
        throw new ArchiveException(place, "line %d: has %d cells, the header has %d".formatted(row.line, row.cells.size(), other.header.size()));
      }
      known.putIfAbsent(text(row.cells.get(theirs)), row.cells);
    }
    List<String> unknown = Collections.nCopies(other.header.size(), "");
    List<Row> joined = new ArrayList<>(rows.size());
    for (Row row : rows) {
      // A line of the wrong length stays one, so that it is reported.
      List<String> more = row.cells.size() == header.size() ? known.getOrDefault(text(row.cells.get(ours)), unknown) : null;
      joined.add(more == null ? row : new Row(row.line, without(row.cells, more, theirs)));
    }
    return new Csv(without(header, other.header, theirs), List.copyOf(joined));
  }

  private static List<String> without(List<String> left, List<String> right, int column) {
    List<String> cells = new ArrayList<>(left);
    cells.addAll(right.subList(0, column));
    cells.addAll(right.subList(column + 1, right.size()));
    return List.copyOf(cells);
  }

  private static final class Parser {
    private final String text;
    private final String place;
    private final char separator;
    private final int start;
    private final List<Row> rows = new ArrayList<>();
    private final StringBuilder cell = new StringBuilder();
    private List<String> cells = new ArrayList<>();
    private int line = 1;
    private int rowLine = 1;

    Parser(String text, String place) {
      this.text = text;
      this.place = place;
      int end = text.indexOf('\n');
      String first = (end < 0 ? text : text.substring(0, end)).strip();
      if (first.length() == 5 && first.startsWith("sep=")) {
        separator = first.charAt(4);
        start = end < 0 ? text.length() : end + 1;
        line = 2;
        rowLine = 2;
      } else {
        separator = separator(header(text));
        start = 0;
      }
    }

    List<Row> rows() throws ArchiveException {
      boolean quoted = false;
      for (int i = start; i < text.length(); i++) {
        char c = text.charAt(i);
        if (c == '\n') {
          line++;
        }
        if (quoted) {
          if (c != '"') {
            append(c);
          } else if (i + 1 < text.length() && text.charAt(i + 1) == '"') {
            append('"');
            i++;
          } else {
            quoted = false;
          }
        } else if (c == '"' && cell.toString().isBlank()) {
          cell.setLength(0);
          quoted = true;
        } else if (c == separator) {
          endCell();
        } else if (c == '\n' || c == '\r') {
          endRow();
        } else {
          append(c);
        }
      }
      if (quoted) {
        throw new ArchiveException(place, "line " + rowLine + ": a quote is opened and never closed");
      }
      endRow();
      return rows;
    }

    private void append(char c) throws ArchiveException {
      if (cell.length() == MAX_CELL) {
        throw new ArchiveException(place, "line %d: a cell has more than %d characters; is a quote left open there?".formatted(rowLine, MAX_CELL));
      }
      cell.append(c);
    }

    private void endCell() throws ArchiveException {
      if (cells.size() == MAX_COLUMNS) {
        throw new ArchiveException(place, "line %d: has more than %d columns".formatted(rowLine, MAX_COLUMNS));
      }
      cells.add(cell.toString().strip());
      cell.setLength(0);
    }

    private void endRow() throws ArchiveException {
      endCell();
      if (!cells.stream().allMatch(String::isEmpty)) {
        if (rows.size() > MAX_ROWS) {
          throw new ArchiveException(place, "has more than " + MAX_ROWS + " rows; split it by plate");
        }
        rows.add(new Row(rowLine, List.copyOf(cells)));
      }
      cells = new ArrayList<>();
      rowLine = line;
    }

    private static String header(String text) {
      List<String> lines = text.lines().filter(l -> !l.isBlank()).limit(MAX_PREAMBLE).toList();
      int data = lines.indexOf(DATA);
      return lines.isEmpty() ? "" : lines.get(data >= 0 && data + 1 < lines.size() ? data + 1 : 0);
    }

    private static char separator(String header) {
      char best = '\t';
      for (char candidate : new char[] {';', ','}) {
        if (count(header, candidate) > count(header, best)) {
          best = candidate;
        }
      }
      return best;
    }

    private static long count(String header, char c) {
      boolean quoted = false;
      long count = 0;
      for (int i = 0; i < header.length(); i++) {
        char x = header.charAt(i);
        quoted ^= x == '"';
        count += x == c && !quoted ? 1 : 0;
      }
      return count;
    }
  }
}
