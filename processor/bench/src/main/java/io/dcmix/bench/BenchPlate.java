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
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The first wells of a plate of 384, or of 1536 where there are more, filled from a pool; read at full speed, or at a well a pause. One thread reads it. */
final class BenchPlate implements PlateArchive {
  private final PlateKey key;
  private final PlateFormat format;
  private final ImagePool pool;
  private final List<WellAddress> wells;
  private final int firstWell;
  private final long pauseNanos;
  private final boolean ofFiles;
  private long startedAt = -1;

  /**
   * @param wells 1 to 1536
   * @param firstWell number of the first well in the pool, so that plates differ
   * @param pause from the first plane of a well to that of the next
   */
  BenchPlate(String name, ImagePool pool, int wells, int firstWell, Duration pause) {
    this(name, pool, wells, firstWell, pause, false);
  }

  private BenchPlate(String name, ImagePool pool, int wells, int firstWell, Duration pause, boolean ofFiles) {
    key = new PlateKey(name, "1");
    this.pool = pool;
    format = wells <= PlateFormat.WELLS_384.size() ? PlateFormat.WELLS_384 : PlateFormat.WELLS_1536;
    this.wells = format.wells().subList(0, wells);
    this.firstWell = firstWell;
    pauseNanos = pause.toNanos();
    this.ofFiles = ofFiles;
  }

  /** A plate whose images are read from their files, as an archive's are, each time anew. */
  static BenchPlate ofFiles(String name, ImagePool pool, int wells) {
    return new BenchPlate(name, pool, wells, 0, Duration.ZERO, true);
  }

  @Override
  public PlateKey key() {
    return key;
  }

  @Override
  public PlateFormat format() {
    return format;
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
    Path path = pool.file(well, plane);
    ByteBuffer payload = ofFiles ? ByteBuffer.wrap(Files.readAllBytes(path)).asReadOnlyBuffer() : pool.payload(well, plane);
    return new ArchivePlane(id, pool.images().format(), payload, null, path.toString());
  }

  @Override
  public @Nullable Path file(PlaneId id) {
    return ofFiles || pool.images().byReference() ? pool.file(firstWell + number(id), plane(id)) : null;
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
