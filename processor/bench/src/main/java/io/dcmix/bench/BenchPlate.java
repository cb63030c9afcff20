package io.dcmix.bench;

import io.dcmix.core.archive.AbsentPlane;
import io.dcmix.core.archive.ArchivePlane;
import io.dcmix.core.archive.PlaneId;
import io.dcmix.core.archive.PlateArchive;
import io.dcmix.schema.PlateFormat;
import io.dcmix.schema.PlateKey;
import io.dcmix.schema.WellAddress;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The first wells of a 384-well plate, filled from a pool; read at full speed, or at a well a pause. One thread reads it. */
final class BenchPlate implements PlateArchive {
  private final PlateKey key;
  private final ImagePool pool;
  private final List<WellAddress> wells;
  private final int firstWell;
  private final long pauseNanos;
  private long startedAt = -1;

  /**
   * @param wells 1 to 384
   * @param firstWell number of the first well in the pool, so that plates differ
   * @param pause from the first plane of a well to that of the next
   */
  BenchPlate(String name, ImagePool pool, int wells, int firstWell, Duration pause) {
    key = new PlateKey(name, "1");
    this.pool = pool;
    this.wells = PlateFormat.WELLS_384.wells().subList(0, wells);
    this.firstWell = firstWell;
    pauseNanos = pause.toNanos();
  }

  @Override
  public PlateKey key() {
    return key;
  }

  @Override
  public PlateFormat format() {
    return PlateFormat.WELLS_384;
  }

  @Override
  public @Nullable String instrument() {
    return "bench";
  }

  @Override
  public List<String> channels() {
    return pool.images().channels();
  }

  @Override
  public List<PlaneId> planes() {
    List<PlaneId> planes = new ArrayList<>();
    for (WellAddress well : wells) {
      for (int site = 1; site <= pool.images().sites(); site++) {
        for (String channel : channels()) {
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
    int number = number(id);
    int plane = plane(id);
    if (plane == 0 && pauseNanos > 0) {
      await(number);
    }
    int well = firstWell + number;
    return new ArchivePlane(id, pool.images().format(), pool.payload(well, plane), null, pool.file(well, plane).toString());
  }

  @Override
  public @Nullable Path file(PlaneId id) {
    return pool.images().byReference() ? pool.file(firstWell + number(id), plane(id)) : null;
  }

  private int number(PlaneId id) {
    return id.well().row() * format().columns() + id.well().column();
  }

  private int plane(PlaneId id) {
    return (id.site() - 1) * channels().size() + channels().indexOf(id.channel());
  }

  /** Waits for the well's time by the clock of the first, so that a late well does not delay the others. */
  private void await(int number) throws InterruptedIOException {
    long now = System.nanoTime();
    startedAt = startedAt < 0 ? now : startedAt;
    try {
      TimeUnit.NANOSECONDS.sleep(startedAt + number * pauseNanos - now);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("Interrupted between two wells");
    }
  }
}
