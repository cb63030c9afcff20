package io.dcmix.schema;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A well of a plate, by coordinates.
 *
 * <p>Written as row letters (A…Z, then AA…AF) and a 1-based column of at least two digits: {@code B02}, {@code AF48}.
 *
 * @param row 0-based row, 0…31
 * @param column 0-based column, 0…47
 */
public record WellAddress(int row, int column) implements Comparable<WellAddress> {
  /** Rows of the largest plate, 1536 wells. */
  public static final int MAX_ROWS = 32;

  /** Columns of the largest plate, 1536 wells. */
  public static final int MAX_COLUMNS = 48;

  private static final Pattern TEXT = Pattern.compile("([A-Za-z]{1,2})0*([1-9][0-9]?)");

  public WellAddress {
    if (row < 0 || row >= MAX_ROWS || column < 0 || column >= MAX_COLUMNS) {
      throw new IllegalArgumentException(
          "Well row %d, column %d (0-based) is not on a plate; the largest has %d rows and %d columns"
              .formatted(row, column, MAX_ROWS, MAX_COLUMNS));
    }
  }

  /**
   * Reads any of the spellings found in plate maps and file names: {@code a1}, {@code A1}, {@code a01}, {@code A001}.
   *
   * @throws IllegalArgumentException if the text is no well address, with the text in the message
   */
  public static WellAddress parse(String text) {
    Matcher m = TEXT.matcher(text.strip());
    if (!m.matches()) {
      throw new IllegalArgumentException("'" + text + "' is not a well address such as B02 or AF48");
    }
    String letters = m.group(1).toUpperCase(Locale.ROOT);
    int row = letters.length() == 1 ? letters.charAt(0) - 'A' : 26 * (letters.charAt(0) - 'A' + 1) + letters.charAt(1) - 'A';
    int column = Integer.parseInt(m.group(2)) - 1;
    if (row >= MAX_ROWS || column >= MAX_COLUMNS) {
      throw new IllegalArgumentException("'" + text + "' is beyond AF48, the last well of the largest plate");
    }
    return new WellAddress(row, column);
  }

  /** The row's letters: {@code A}…{@code Z}, {@code AA}…{@code AF}. */
  public String rowName() {
    return row < 26 ? String.valueOf((char) ('A' + row)) : "A" + (char) ('A' + row - 26);
  }

  /** The canonical spelling: {@code B02}. */
  @Override
  public String toString() {
    return rowName() + (column < 9 ? "0" : "") + (column + 1);
  }

  /** Row by row, left to right. */
  @Override
  public int compareTo(WellAddress other) {
    return row != other.row ? Integer.compare(row, other.row) : Integer.compare(column, other.column);
  }
}
