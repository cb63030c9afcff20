package io.dcmix.training.data;

import io.dcmix.core.archive.PlaneId;
import io.dcmix.core.archive.PlateMap;
import io.dcmix.core.archive.simulation.SimulatedPlate;
import io.dcmix.core.archive.simulation.SimulationSpec;
import io.dcmix.schema.WellAddress;
import io.dcmix.schema.event.WellRole;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/** Reads the controls of simulated plates. */
public final class SimulatedSource {
  /** Plates for training lie far from the small seeds that people type. */
  private static final long FIRST_SEED = 1_000_003;

  private SimulatedSource() {}

  /** The seeds of the training plates. */
  public static List<Long> seeds(long seed, int plates) {
    List<Long> seeds = new ArrayList<>();
    for (int i = 1; i <= plates; i++) {
      seeds.add(FIRST_SEED * (seed + 1) + i);
    }
    return seeds;
  }

  /**
   * Adds the negative (class 0) and positive (class 1) controls of a plate.
   *
   * @param wells the wells that may be used
   */
  public static void read(SimulationSpec spec, Predicate<WellAddress> wells, TrainingReader reader) throws IOException {
    SimulatedPlate plate = SimulatedPlate.of(spec);
    Map<WellAddress, PlateMap.Content> map = new TreeMap<>(plate.map().wells());
    for (Map.Entry<WellAddress, PlateMap.Content> entry : map.entrySet()) {
      WellRole role = entry.getValue().role();
      if (!wells.test(entry.getKey()) || (role != WellRole.NEGATIVE_CONTROL && role != WellRole.POSITIVE_CONTROL)) {
        continue;
      }
      for (int site = 1; site <= spec.sites(); site++) {
        List<Plane> planes = new ArrayList<>();
        for (String channel : spec.channels()) {
          planes.add(new Plane(spec.image().height(), spec.image().width(), spec.image().pixelType(),
              plate.pixels(new PlaneId(entry.getKey(), site, channel, 0, 0))));
        }
        reader.add(spec.key().plate(), entry.getKey(), site, role == WellRole.POSITIVE_CONTROL ? 1 : 0, planes);
      }
    }
  }
}
