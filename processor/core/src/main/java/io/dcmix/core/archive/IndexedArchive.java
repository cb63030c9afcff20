package io.dcmix.core.archive;

import io.dcmix.core.images.CorruptPlaneException;
import io.dcmix.core.images.ImageLimits;
import io.dcmix.core.images.PlaneDecoder;
import io.dcmix.core.images.PlaneFormat;
import io.dcmix.schema.PlateFormat;
import io.dcmix.schema.PlateKey;
import io.dcmix.schema.event.Encoding;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A plate of an {@link ArchiveIndex}, read plane by plane. Immutable, so several threads may read. */
public final class IndexedArchive implements PlateArchive {
  private final Path root;
  private final PlateIndex plate;
  private final Map<PlaneId, IndexedPlane> planes = new HashMap<>();

  /** @param root folder that nothing is read outside of; a real path */
  public IndexedArchive(Path root, PlateIndex plate) {
    this.root = root;
    this.plate = plate;
    plate.planes().forEach(plane -> planes.put(plane.id(), plane));
  }

  @Override
  public PlateKey key() {
    return plate.key();
  }

  @Override
  public PlateFormat format() {
    return plate.format();
  }

  @Override
  public @Nullable String instrument() {
    return plate.instrument();
  }

  @Override
  public List<String> channels() {
    return plate.channels();
  }

  @Override
  public List<PlaneId> planes() {
    return plate.planes().stream().map(IndexedPlane::id).toList();
  }

  @Override
  public List<AbsentPlane> absent() {
    return plate.absent();
  }

  @Override
  public ArchivePlane read(PlaneId id) throws IOException {
    IndexedPlane plane = planes.get(id);
    if (plane == null) {
      throw new IOException("The archive " + root + " has no plane " + id);
    }
    // The folder may have changed since it was indexed.
    if (!plane.location().file().toRealPath().startsWith(root)) {
      throw new IOException(plane.location().file() + " leads out of the archive's folder");
    }
    return switch (plane.location()) {
      case PlaneLocation.WholeFile(Path file) -> wholeFile(plane, file);
      case PlaneLocation.TiffPage page -> throw new IOException(page + " cannot be read yet");
      case PlaneLocation.ZarrPlane zarr -> throw new IOException(zarr + " cannot be read yet");
    };
  }

  @Override
  public @Nullable Path file(PlaneId id) {
    IndexedPlane plane = planes.get(id);
    return plane != null && plane.location() instanceof PlaneLocation.WholeFile(Path file) ? file : null;
  }

  private ArchivePlane wholeFile(IndexedPlane plane, Path file) throws IOException {
    int limit = (int) ImageLimits.DEFAULT.maxPayloadBytes();
    String name = root.relativize(file).toString().replace('\\', '/');
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(limit + 1);
      if (bytes.length > limit) {
        throw new IOException("%s has more than the limit of %d bytes".formatted(name, limit));
      }
      ByteBuffer payload = ByteBuffer.wrap(bytes).asReadOnlyBuffer();
      return new ArchivePlane(plane.id(), format(payload, name), payload, plane.acquiredAt(), plane.acquiredAtText(), name);
    }
  }

  private static PlaneFormat format(ByteBuffer payload, String name) throws IOException {
    try {
      if (!payload.hasRemaining()) {
        throw new CorruptPlaneException("it is empty");
      }
      Encoding encoding = PlaneDecoder.encodingOf(payload);
      if (encoding == Encoding.UNKNOWN) {
        throw new CorruptPlaneException("it is neither PNG nor TIFF");
      }
      return PlaneDecoder.probe(payload, encoding);
    } catch (CorruptPlaneException e) {
      throw new IOException("file " + name + " cannot be used: " + e.getMessage(), e);
    }
  }
}
