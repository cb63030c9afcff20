package io.dcmix.core.screening;

import io.dcmix.schema.PlateFormat;
import io.dcmix.schema.PlateKey;
import io.dcmix.schema.WellAddress;
import io.dcmix.schema.event.Acquisition;
import io.dcmix.schema.event.LayoutWell;
import io.dcmix.schema.event.Orientation;
import io.dcmix.schema.event.PlateLayout;
import io.dcmix.schema.state.PlateRow;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * All that is known of one acquisition of one plate at a moment. What is computed of a plate is a function of this alone, so it
 * does not depend on what came first. The records in it are not changed.
 *
 * @param plate plate and acquisition
 * @param rows its wells, each once a timepoint, the failed ones too; in the order of their keys
 * @param layout what is in the wells; null while nobody said so
 * @param acquisition what was announced; null without an announcement
 * @param open whether more is awaited: false once the plate was closed at its deadline
 */
public record PlateView(PlateKey plate, List<PlateRow> rows, @Nullable PlateLayout layout, @Nullable Acquisition acquisition, boolean open) {
  public PlateView {
    rows = List.copyOf(rows);
  }

  /** The rows that have a result. */
  public List<PlateRow> results() {
    return rows.stream().filter(row -> !row.getFailed()).toList();
  }

  /** The timepoints that have rows, ascending. */
  public SortedSet<Integer> timepoints() {
    SortedSet<Integer> timepoints = new TreeSet<>();
    rows.forEach(row -> timepoints.add(row.getTimepoint()));
    return timepoints;
  }

  /** The same, of one timepoint. */
  public PlateView at(int timepoint) {
    return new PlateView(plate, rows.stream().filter(row -> row.getTimepoint() == timepoint).toList(), layout, acquisition, open);
  }

  /** What the layout says of each well, by the address under which it was imaged: a turned layout is turned back. */
  public Map<String, LayoutWell> mapped() {
    return layout == null ? Map.of() : mapped(layout, layout.getOrientation() == Orientation.ROTATED_180);
  }

  /** The same, had the plate lain the other way round. */
  public Map<String, LayoutWell> mappedTurned() {
    return layout == null ? Map.of() : mapped(layout, layout.getOrientation() != Orientation.ROTATED_180);
  }

  private static Map<String, LayoutWell> mapped(PlateLayout layout, boolean turned) {
    Map<String, LayoutWell> wells = new HashMap<>();
    for (LayoutWell well : layout.getWells()) {
      WellAddress at = WellAddress.parse(well.getWell());
      WellAddress imaged = turned ? new WellAddress(layout.getRows() - 1 - at.row(), layout.getColumns() - 1 - at.column()) : at;
      wells.put(imaged.toString(), well);
    }
    return wells;
  }

  /** Rows and columns of the plate: of its layout, else as announced, else of the smallest usual plate that holds its wells. */
  public Shape shape() {
    if (layout != null) {
      return new Shape(layout.getRows(), layout.getColumns());
    }
    if (acquisition != null && acquisition.getRows() > 0 && acquisition.getColumns() > 0) {
      return new Shape(acquisition.getRows(), acquisition.getColumns());
    }
    Collection<WellAddress> wells = rows.stream().map(row -> WellAddress.parse(row.getWell())).toList();
    PlateFormat format = wells.isEmpty() ? PlateFormat.WELLS_96 : PlateFormat.holding(wells);
    return new Shape(format.rows(), format.columns());
  }

  /** Size of a plate in wells. */
  public record Shape(int rows, int columns) {
    /** Whether the well lies on the plate's border. */
    public boolean isEdge(WellAddress well) {
      return well.row() == 0 || well.column() == 0 || well.row() == rows - 1 || well.column() == columns - 1;
    }
  }
}
