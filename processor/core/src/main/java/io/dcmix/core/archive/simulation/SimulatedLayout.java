package io.dcmix.core.archive.simulation;

import io.dcmix.core.archive.PlateMap;
import io.dcmix.schema.PlateFormat;
import io.dcmix.schema.WellAddress;
import io.dcmix.schema.event.WellRole;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which well holds what. Controls fill the first and last columns (two on each side from 96 wells up, else one), negative
 * and positive in turns like a checkerboard, so that position tells nothing about the role. All other wells are samples; a
 * fixed share of them, chosen by the seed, are hits.
 */
final class SimulatedLayout {
  private SimulatedLayout() {}

  static WellRole role(PlateFormat format, WellAddress well) {
    int side = format.columns() >= PlateFormat.WELLS_96.columns() ? 2 : 1;
    if (well.column() >= side && well.column() < format.columns() - side) {
      return WellRole.SAMPLE;
    }
    return (well.row() + well.column()) % 2 == 0 ? WellRole.NEGATIVE_CONTROL : WellRole.POSITIVE_CONTROL;
  }

  /** The samples that show the phenotype: the nearest whole number to the wanted share of them. */
  static Set<WellAddress> hits(SimulationSpec spec) {
    List<WellAddress> samples = new ArrayList<>(
        spec.format().wells().stream().filter(w -> role(spec.format(), w) == WellRole.SAMPLE).toList());
    Rng rng = new Rng(Rng.seed(spec.seed(), 'h'));
    for (int i = samples.size() - 1; i > 0; i--) {
      Collections.swap(samples, i, rng.below(i + 1));
    }
    long count = Math.round(samples.size() * spec.hitFraction());
    return Collections.unmodifiableSet(new TreeSet<>(samples.subList(0, (int) count)));
  }

  static PlateMap map(SimulationSpec spec) {
    Map<WellAddress, PlateMap.Content> wells = new HashMap<>();
    int compound = 0;
    for (WellAddress well : spec.format().wells()) {
      WellRole role = role(spec.format(), well);
      wells.put(well, role == WellRole.SAMPLE
          ? new PlateMap.Content(role, "CPD-%04d".formatted(++compound), 10.0, "uM")
          : new PlateMap.Content(role, role == WellRole.NEGATIVE_CONTROL ? "DMSO" : "Control compound", null, null));
    }
    return new PlateMap(spec.format(), wells, "simulation of seed " + spec.seed());
  }
}
