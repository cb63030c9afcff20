package io.dcmix.training.data;

import io.dcmix.core.archive.PlaneId;
import io.dcmix.core.archive.simulation.SimulatedPlate;
import io.dcmix.core.archive.simulation.SimulationSpec;
import io.dcmix.schema.WellAddress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Predicate;

/** The controls of a simulated plate. */
public final class SimulatedSource implements SiteSource {
  /** Plates for training lie far from the small seeds that people type. */
  private static final long FIRST_SEED = 1_000_003;

  private final SimulatedPlate plate;
  private final List<LabelledSite> sites = new ArrayList<>();

  /**
   * A plate.
   *
   * @param wells the wells that may be used
   */
  public SimulatedSource(SimulationSpec spec, Labels labels, Predicate<WellAddress> wells) {
    plate = SimulatedPlate.of(spec);
    new TreeMap<>(plate.map().wells()).forEach((well, content) -> {
      int label = labels.of(content);
      if (label >= 0 && wells.test(well)) {
        for (int site = 1; site <= spec.sites(); site++) {
          sites.add(new LabelledSite(well, site, label));
        }
      }
    });
  }

  /** The seeds of the training plates. */
  public static List<Long> seeds(long seed, int plates) {
    List<Long> seeds = new ArrayList<>();
    for (int i = 1; i <= plates; i++) {
      seeds.add(FIRST_SEED * (seed + 1) + i);
    }
    return seeds;
  }

  @Override
  public String plate() {
    return plate.spec().key().plate();
  }

  @Override
  public List<LabelledSite> sites() {
    return List.copyOf(sites);
  }

  @Override
  public List<Plane> read(LabelledSite site) throws IOException {
    List<Plane> planes = new ArrayList<>();
    SimulationSpec spec = plate.spec();
    for (String channel : spec.channels()) {
      planes.add(new Plane(spec.image().height(), spec.image().width(), spec.image().pixelType(),
          plate.pixels(new PlaneId(site.well(), site.site(), channel, 0, 0))));
    }
    return planes;
  }
}
