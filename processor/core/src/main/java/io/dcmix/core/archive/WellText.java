package io.dcmix.core.archive;

import io.dcmix.schema.WellAddress;

/** Wells whose row and column are written apart, as letters or numbers. */
final class WellText {
  private WellText() {}

  /**
   * @param row letters, or a number that counts from {@code rowBase}
   * @param column a number that counts from {@code columnBase}
   * @throws IllegalArgumentException if that is no well
   */
  static WellAddress of(String row, String column, int rowBase, int columnBase) {
    int columnIndex = number(column, "column") - columnBase;
    if (!row.isEmpty() && Character.isDigit(row.charAt(0))) {
      return new WellAddress(number(row, "row") - rowBase, columnIndex);
    }
    return new WellAddress(WellAddress.parse(row + "1").row(), columnIndex);
  }

  static int number(String text, String what) {
    try {
      return Integer.parseInt(text.strip());
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("'" + text + "' is not a " + what + " number", e);
    }
  }
}
