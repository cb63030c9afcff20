package io.dcmix.app.dashboard;

import io.dcmix.app.dashboard.Api.LayoutWell;
import io.dcmix.schema.WellAddress;
import io.dcmix.schema.event.Orientation;
import io.dcmix.schema.event.PlateLayout;
import io.dcmix.schema.event.WellRole;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A plate's layout in the addresses that the microscope uses: a plate that lay turned by 180° on the stage shows its A01
 * where its last well should be.
 */
final class PlateContent {
  /** No layout known. */
  static final PlateContent UNKNOWN = new PlateContent(0, 0, Map.of(), null);

  private record Content(WellRole role, LayoutWell json) {}

  private final int rows;
  private final int columns;
  private final Map<WellAddress, Content> wells;
  private final @Nullable String source;

  private PlateContent(int rows, int columns, Map<WellAddress, Content> wells, @Nullable String source) {
    this.rows = rows;
    this.columns = columns;
    this.wells = wells;
    this.source = source;
  }

  /** @throws IllegalArgumentException if the layout names wells that its plate does not have */
  static PlateContent of(PlateLayout layout) {
    int rows = layout.getRows();
    int columns = layout.getColumns();
    checkSize(rows, columns);
    boolean turned = layout.getOrientation() == Orientation.ROTATED_180;
    Map<WellAddress, Content> wells = new TreeMap<>();
    for (io.dcmix.schema.event.LayoutWell entry : layout.getWells()) {
      WellAddress named = WellAddress.parse(entry.getWell());
      WellAddress imaged = turned ? new WellAddress(rows - 1 - named.row(), columns - 1 - named.column()) : named;
      LayoutWell json =
          new LayoutWell(
              imaged.toString(),
              entry.getRole().name(),
              entry.getTreatment(),
              Numbers.finite(entry.getConcentration()),
              entry.getConcentrationUnit());
      wells.put(imaged, new Content(entry.getRole(), json));
    }
    return new PlateContent(rows, columns, wells, layout.getSource());
  }

  static void checkSize(int rows, int columns) {
    if (rows < 1 || rows > WellAddress.MAX_ROWS || columns < 1 || columns > WellAddress.MAX_COLUMNS) {
      throw new IllegalArgumentException("a plate of %d rows and %d columns".formatted(rows, columns));
    }
  }

  /** 0 when no layout is known. */
  int rows() {
    return rows;
  }

  /** 0 when no layout is known. */
  int columns() {
    return columns;
  }

  @Nullable String source() {
    return source;
  }

  WellRole role(WellAddress well) {
    Content content = wells.get(well);
    return content == null ? WellRole.UNKNOWN : content.role();
  }

  boolean isControl(WellAddress well) {
    WellRole role = role(well);
    return role == WellRole.NEGATIVE_CONTROL || role == WellRole.POSITIVE_CONTROL;
  }

  int count(WellRole role) {
    return (int) wells.values().stream().filter(content -> content.role() == role).count();
  }

  @Nullable LayoutWell at(WellAddress well) {
    Content content = wells.get(well);
    return content == null ? null : content.json();
  }

  List<LayoutWell> wells() {
    List<LayoutWell> list = new ArrayList<>(wells.size());
    wells.values().forEach(content -> list.add(content.json()));
    return list;
  }
}
