package io.dcmix.streams.publish;

import io.dcmix.core.archive.PlateMap;
import io.dcmix.schema.event.LayoutWell;
import io.dcmix.schema.event.Orientation;
import io.dcmix.schema.event.PlateLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Plate maps as events. Pure; equal maps give equal events, whatever order they were read in. */
public final class Layouts {
  private Layouts() {}

  /** The layout of a plate. */
  public static PlateLayout of(String plate, PlateMap map, Orientation orientation) {
    List<LayoutWell> wells = new ArrayList<>();
    new TreeMap<>(map.wells()).forEach((well, content) ->
        wells.add(new LayoutWell(well.toString(), content.role(), content.treatment(), content.concentration(), content.unit())));
    return PlateLayout.newBuilder()
        .setPlate(plate)
        .setRows(map.format().rows())
        .setColumns(map.format().columns())
        .setOrientation(orientation)
        .setWells(wells)
        .setSource(map.source())
        .build();
  }
}
