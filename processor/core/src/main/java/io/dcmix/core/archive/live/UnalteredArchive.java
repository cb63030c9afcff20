package io.dcmix.core.archive.live;

import io.dcmix.core.archive.ArchivePlane;
import io.dcmix.core.archive.FileStamp;
import io.dcmix.core.archive.ForwardingArchive;
import io.dcmix.core.archive.PlaneId;
import io.dcmix.core.archive.PlateArchive;
import java.io.IOException;
import java.nio.file.Path;

/** A plate whose planes are read only from files that are still what they were when they were found whole. */
record UnalteredArchive(PlateArchive archive, WholeFiles files) implements ForwardingArchive {
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
}
