package io.dcmix.schema;

import java.util.ArrayList;
import java.util.List;

/** The usual multi-well plates. */
public enum PlateFormat {
  WELLS_6(2, 3),
  WELLS_12(3, 4),
  WELLS_24(4, 6),
  WELLS_48(6, 8),
  WELLS_96(8, 12),
  WELLS_384(16, 24),
  WELLS_1536(32, 48);

  private final int rows;
  private final int columns;

  PlateFormat(int rows, int columns) {
    this.rows = rows;
    this.columns = columns;
  }

  public int rows() {
    return rows;
  }

  public int columns() {
    return columns;
  }

  /** Number of wells: 6 … 1536. */
  public int size() {
    return rows * columns;
  }

  public boolean contains(WellAddress well) {
    return well.row() < rows && well.column() < columns;
  }

  /** Whether the well lies on the plate's border, where evaporation and temperature bias assays. */
  public boolean isEdge(WellAddress well) {
    return well.row() == 0 || well.column() == 0 || well.row() == rows - 1 || well.column() == columns - 1;
  }

  /** All wells, row by row. */
  public List<WellAddress> wells() {
    List<WellAddress> wells = new ArrayList<>(size());
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < columns; c++) {
        wells.add(new WellAddress(r, c));
      }
    }
    return wells;
  }

  /**
   * The smallest format that holds all the wells.
   *
   * @throws IllegalArgumentException if the list is empty
   */
  public static PlateFormat holding(Iterable<WellAddress> wells) {
    int row = -1;
    int column = -1;
    for (WellAddress well : wells) {
      row = Math.max(row, well.row());
      column = Math.max(column, well.column());
    }
    if (row < 0) {
      throw new IllegalArgumentException("A plate needs at least one well");
    }
    WellAddress corner = new WellAddress(row, column);
    for (PlateFormat format : values()) {
      if (format.contains(corner)) {
        return format;
      }
    }
    throw new AssertionError("the largest format holds every WellAddress");
  }
}
