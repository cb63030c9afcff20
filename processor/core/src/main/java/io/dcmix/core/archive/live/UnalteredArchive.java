package io.dcmix.core.archive.live;

import io.dcmix.core.archive.AbsentPlane;
import io.dcmix.core.archive.ArchivePlane;
import io.dcmix.core.archive.FileStamp;
import io.dcmix.core.archive.PlaneId;
import io.dcmix.core.archive.PlateArchive;
import io.dcmix.schema.PlateFormat;
import io.dcmix.schema.PlateKey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A plate whose planes are read only from files that are still what they were when they were found whole. */
record UnalteredArchive(PlateArchive archive, WholeFiles files) implements PlateArchive {
  @Override
  public ArchivePlane read(PlaneId id) throws IOException {
    ArchivePlane plane = archive.read(id);
    Path file = archive.file(id);
    FileStamp whole = file == null ? null : files.whole(file);
    // It had rested before, so one look afterwards tells of all the time between.
    if (file != null && (whole == null || !whole.isAlike(FileStamp.of(file)))) {
      throw new IOException("file " + file.getFileName() + " was changed while it was read");
    }
    return plane;
  }

  @Override
  public PlateKey key() {
    return archive.key();
  }

  @Override
  public PlateFormat format() {
    return archive.format();
  }

  @Override
  public @Nullable String instrument() {
    return archive.instrument();
  }

  @Override
  public List<String> channels() {
    return archive.channels();
  }

  @Override
  public List<PlaneId> planes() {
    return archive.planes();
  }

  @Override
  public List<AbsentPlane> absent() {
    return archive.absent();
  }

  @Override
  public @Nullable Path file(PlaneId id) {
    return archive.file(id);
  }
}
