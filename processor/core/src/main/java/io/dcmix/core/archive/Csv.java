package io.dcmix.core.archive;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A small table with a header: RFC 4180 in UTF-8, with or without byte order mark; the separator is whichever of comma,
 * semicolon and tab the header has most of. Empty lines are skipped.
 *
 * @param header names of the columns, stripped
 * @param rows the lines below
 */
record Csv(List<String> header, List<Row> rows) {
  /** One line: its 1-based number in the file, and its cells, stripped; as many as the header has, or too few or too many. */
  record Row(int line, List<String> cells) {}

  private static final long MAX_BYTES = 16L << 20;
  private static final int MAX_ROWS = 200_000;

  static Csv read(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new ArchiveException(file.toString(), "is not a file");
    }
    if (Files.size(file) > MAX_BYTES) {
      throw new ArchiveException(file.toString(), "has %d bytes; the limit is %d".formatted(Files.size(file), MAX_BYTES));
    }
    try {
      return parse(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(Files.readAllBytes(file))).toString(), file.toString());
    } catch (CharacterCodingException e) {
      throw new ArchiveException(file.toString(), "is not UTF-8 text; save it as CSV UTF-8");
    }
  }

  static Csv parse(String text, String place) throws ArchiveException {
    List<Row> rows = new Parser(text.startsWith("\uFEFF") ? text.substring(1) : text, place).rows();
    if (rows.isEmpty()) {
      throw new ArchiveException(place, "is empty");
    }
    return new Csv(rows.getFirst().cells(), List.copyOf(rows.subList(1, rows.size())));
  }

  private static final class Parser {
    private final String text;
    private final String place;
    private final char separator;
    private final List<Row> rows = new ArrayList<>();
    private final StringBuilder cell = new StringBuilder();
    private List<String> cells = new ArrayList<>();
    private int line = 1;
    private int rowLine = 1;

    Parser(String text, String place) {
      this.text = text;
      this.place = place;
      this.separator = separator(text.lines().filter(l -> !l.isBlank()).findFirst().orElse(""));
    }

    List<Row> rows() throws ArchiveException {
      boolean quoted = false;
      for (int i = 0; i < text.length(); i++) {
        char c = text.charAt(i);
        if (c == '\n') {
          line++;
        }
        if (quoted) {
          if (c != '"') {
            cell.append(c);
          } else if (i + 1 < text.length() && text.charAt(i + 1) == '"') {
            cell.append('"');
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
          cell.append(c);
        }
      }
      if (quoted) {
        throw new ArchiveException(place, "line " + rowLine + ": a quote is opened and never closed");
      }
      endRow();
      return rows;
    }

    private void endCell() {
      cells.add(cell.toString().strip());
      cell.setLength(0);
    }

    private void endRow() throws ArchiveException {
      endCell();
      if (cells.size() > 1 || !cells.getFirst().isEmpty()) {
        if (rows.size() > MAX_ROWS) {
          throw new ArchiveException(place, "has more than " + MAX_ROWS + " rows");
        }
        rows.add(new Row(rowLine, List.copyOf(cells)));
      }
      cells = new ArrayList<>();
      rowLine = line;
    }

    private static char separator(String header) {
      char best = ',';
      for (char candidate : new char[] {';', '\t'}) {
        if (count(header, candidate) > count(header, best)) {
          best = candidate;
        }
      }
      return best;
    }

    private static long count(String header, char c) {
      return header.chars().filter(x -> x == c).count();
    }
  }
}
