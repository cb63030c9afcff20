package io.dcmix.core.archive;

import io.dcmix.schema.PlateFormat;
import io.dcmix.schema.PlateKey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A plate that is another one but for what an implementation overrides. */
public interface ForwardingArchive extends PlateArchive {
  /** The other one. */
  PlateArchive archive();

  @Override
  default PlateKey key() {
    return archive().key();
  }

  @Override
  default PlateFormat format() {
    return archive().format();
  }

  @Override
  default @Nullable String instrument() {
    return archive().instrument();
  }

  @Override
  default List<String> channels() {
    return archive().channels();
  }

  @Override
  default List<PlaneId> planes() {
    return archive().planes();
  }

  @Override
  default List<AbsentPlane> absent() {
    return archive().absent();
  }

  @Override
  default ArchivePlane read(PlaneId id) throws IOException {
    return archive().read(id);
  }

  @Override
  default @Nullable Path file(PlaneId id) {
    return archive().file(id);
  }
}
