package io.dcmix.core.archive.simulation;

import io.dcmix.core.archive.AbsentPlane;
import io.dcmix.core.archive.ArchivePlane;
import io.dcmix.core.archive.PlaneId;
import io.dcmix.core.archive.PlateArchive;
import io.dcmix.core.archive.PlateMap;
import io.dcmix.core.images.PlaneEncoder;
import io.dcmix.schema.PlateFormat;
import io.dcmix.schema.PlateKey;
import io.dcmix.schema.WellAddress;
import io.dcmix.schema.event.WellRole;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.Deflater;
import org.jspecify.annotations.Nullable;

/**
 * A plate that was never imaged, with the truth beside it. Every plane is drawn when it is read, from seeds of its own, so
 * the order of reading does not matter. Holds no state but the cells of the site that was read last, and is safe to read from several threads.
 */
public final class SimulatedPlate implements PlateArchive {
  /** Spread of the staining from well to well: SD of its natural logarithm, for every channel alone. */
  private static final double STAINING_SPREAD = 0.18;

  private static final Duration BETWEEN_PLANES = Duration.ofMillis(50);

  private final SimulationSpec spec;
  private final Set<WellAddress> hits;
  private final AtomicReference<@Nullable Drawn> lastScene = new AtomicReference<>();

  private SimulatedPlate(SimulationSpec spec) {
    this.spec = spec;
    hits = SimulatedLayout.hits(spec);
  }

  public static SimulatedPlate of(SimulationSpec spec) {
    return new SimulatedPlate(spec);
  }

  public SimulationSpec spec() {
    return spec;
  }

  /** What is in the wells, without the answer: hits look like any other sample. */
  public PlateMap map() {
    return SimulatedLayout.map(spec);
  }

  /** The truth: the sample wells that show the phenotype, in plate order. Positive controls show it too and are not here. */
  public Set<WellAddress> plantedHits() {
    return hits;
  }

  /** The truth: the channels that the phenotype is visible in. */
  public List<String> plantedChannels() {
    return spec.planted();
  }

  /** Whether the well shows the phenotype, as planted hit or as positive control. */
  public boolean showsPhenotype(WellAddress well) {
    return hits.contains(well) || SimulatedLayout.role(spec.format(), well) == WellRole.POSITIVE_CONTROL;
  }

  @Override
  public PlateKey key() {
    return spec.key();
  }

  @Override
  public PlateFormat format() {
    return spec.format();
  }

  @Override
  public @Nullable String instrument() {
    return "simulator";
  }

  @Override
  public List<String> channels() {
    return spec.channels();
  }

  @Override
  public List<PlaneId> planes() {
    List<PlaneId> planes = new ArrayList<>();
    for (WellAddress well : spec.format().wells()) {
      for (int site = 1; site <= spec.sites(); site++) {
        for (String channel : spec.channels()) {
          planes.add(new PlaneId(well, site, channel, 0, 0));
        }
      }
    }
    return planes;
  }

  @Override
  public List<AbsentPlane> absent() {
    return List.of();
  }

  @Override
  public ArchivePlane read(PlaneId id) throws IOException {
    ByteBuffer payload = PlaneEncoder.encode(spec.image(), pixels(id), Deflater.BEST_SPEED);
    return new ArchivePlane(id, spec.image(), payload.asReadOnlyBuffer(), acquiredAt(id), "simulation of " + id);
  }

  /**
   * The plane before it is encoded: row-major, one byte a pixel, or uint16 in native order.
   *
   * @throws IOException if the plate has no such plane
   */
  public ByteBuffer pixels(PlaneId id) throws IOException {
    if (!spec.format().contains(id.well())
        || id.site() < 1
        || id.site() > spec.sites()
        || !spec.channels().contains(id.channel())
        || id.timepoint() != 0
        || id.z() != 0) {
      throw new IOException("The simulated plate " + key().plate() + " has no plane " + id);
    }
    Stain stain = Stain.named(id.channel()).orElseThrow();
    long well = Rng.seed(spec.seed(), 'w', id.well().row(), id.well().column());
    long site = Rng.seed(well, id.site());
    long plane = Rng.seed(site, 'c', stain.label().hashCode());
    double effect = spec.planted().contains(id.channel()) && showsPhenotype(id.well()) ? spec.effect() : 0;

    int width = spec.image().width();
    int height = spec.image().height();
    Canvas canvas = spec.empty().contains(id.well())
        ? new Canvas(width, height)
        : Painter.paint(scene(site), stain, width, height, plane, effect);
    double staining = StrictMath.exp(STAINING_SPREAD * new Rng(Rng.seed(well, 's', stain.label().hashCode())).gaussian());
    Camera camera = new Camera(new Rng(Rng.seed(spec.seed(), 'b', stain.label().hashCode())));
    return camera.expose(canvas, staining, new Rng(Rng.seed(plane, 'n')), spec.image().pixelType());
  }

  /** Archives are read site by site, so the last scene serves all its channels. */
  private Scene scene(long site) {
    Drawn last = lastScene.get();
    if (last == null || last.site != site) {
      last = new Drawn(site, Scene.draw(new Rng(site), spec.image().width(), spec.image().height()));
      lastScene.set(last);
    }
    return last.scene;
  }

  private record Drawn(long site, Scene scene) {}

  private @Nullable Instant acquiredAt(PlaneId id) {
    Instant start = spec.startedAt();
    if (start == null) {
      return null;
    }
    long well = (long) id.well().row() * spec.format().columns() + id.well().column();
    long index = (well * spec.sites() + id.site() - 1) * spec.channels().size() + spec.channels().indexOf(id.channel());
    return start.plus(BETWEEN_PLANES.multipliedBy(index));
  }
}
