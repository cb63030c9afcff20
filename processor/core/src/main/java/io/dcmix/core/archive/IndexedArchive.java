package io.dcmix.core.archive;

import io.dcmix.core.archive.zarr.ZarrArray;
import io.dcmix.core.images.CorruptPlaneException;
import io.dcmix.core.images.ImageLimits;
import io.dcmix.core.images.PlaneDecoder;
import io.dcmix.core.images.PlaneFormat;
import io.dcmix.core.images.TiffPages;
import io.dcmix.schema.PlateFormat;
import io.dcmix.schema.PlateKey;
import io.dcmix.schema.event.Encoding;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
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
    IndexedPlane plane = plane(id);
    checkInside(plane.location().file());
    return switch (plane.location()) {
      case PlaneLocation.WholeFile(Path file) -> wholeFile(plane, file);
      case PlaneLocation.TiffPage page -> tiffPage(plane, page);
      case PlaneLocation.ZarrPlane zarr -> zarrPlane(plane, zarr);
    };
  }

  /**
   * Size and type of a plane, from its header; of what the header promises, whether the file is long enough.
   *
   * @throws IOException if the file is missing, empty, truncated, or no image that is read; names it
   */
  public PlaneFormat probe(PlaneId id) throws IOException {
    IndexedPlane plane = plane(id);
    checkInside(plane.location().file());
    return switch (plane.location()) {
      case PlaneLocation.WholeFile(Path file) -> probe(file);
      case PlaneLocation.TiffPage page -> probe(page);
      case PlaneLocation.ZarrPlane zarr -> probe(zarr);
    };
  }

  @Override
  public @Nullable Path file(PlaneId id) {
    IndexedPlane plane = planes.get(id);
    return plane != null && plane.location() instanceof PlaneLocation.WholeFile(Path file) ? file : null;
  }

  private IndexedPlane plane(PlaneId id) throws IOException {
    IndexedPlane plane = planes.get(id);
    if (plane == null) {
      throw new IOException("The archive " + root + " has no plane " + id);
    }
    return plane;
  }

  /** The folder may have changed since it was indexed. */
  private void checkInside(Path file) throws IOException {
    Path real;
    try {
      real = file.toRealPath();
    } catch (NoSuchFileException e) {
      throw new IOException("file " + name(file) + " is not there any more", e);
    }
    if (!isInside(real)) {
      throw new IOException(name(file) + " leads out of the archive's folder");
    }
  }

  private String name(Path file) {
    return Shown.whole(root.relativize(file).toString().replace('\\', '/'));
  }

  private ArchivePlane wholeFile(IndexedPlane plane, Path file) throws IOException {
    int limit = (int) ImageLimits.DEFAULT.maxPayloadBytes();
    String name = name(file);
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(limit + 1);
      if (bytes.length > limit) {
        throw new IOException("%s has more than the limit of %d bytes".formatted(name, limit));
      }
      ByteBuffer payload = ByteBuffer.wrap(bytes).asReadOnlyBuffer();
      PlaneFormat format = PlaneDecoder.probe(payload, encoding(payload));
      return new ArchivePlane(plane.id(), format, payload, plane.acquiredAt(), plane.acquiredAtText(), name);
    } catch (CorruptPlaneException e) {
      throw unusable(name, e);
    }
  }

  /** Through a mapping, because a TIFF's header may lie at the end of a large file. */
  private PlaneFormat probe(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file); Arena arena = Arena.ofConfined()) {
      if (channel.size() > ImageLimits.DEFAULT.maxPayloadBytes()) {
        throw new CorruptPlaneException("it has %d bytes; the limit is %d".formatted(channel.size(), ImageLimits.DEFAULT.maxPayloadBytes()));
      }
      ByteBuffer bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena).asByteBuffer();
      return PlaneDecoder.probeWhole(bytes, encoding(bytes));
    } catch (CorruptPlaneException e) {
      throw unusable(name(file), e);
    }
  }

  /** Unpacked, because a payload is one image and the file holds several. */
  private ArchivePlane tiffPage(IndexedPlane plane, PlaneLocation.TiffPage page) throws IOException {
    String name = name(page.file());
    try (TiffPages pages = new TiffPages(page.file())) {
      ByteBuffer payload = pages.read(page.page()).asReadOnlyBuffer();
      return new ArchivePlane(
          plane.id(), pages.probe(page.page()), payload, plane.acquiredAt(), plane.acquiredAtText(), name + " image " + page.page());
    } catch (CorruptPlaneException e) {
      throw unusable(name + " image " + page.page(), e);
    }
  }

  private PlaneFormat probe(PlaneLocation.TiffPage page) throws IOException {
    try (TiffPages pages = new TiffPages(page.file())) {
      return pages.probe(page.page());
    } catch (CorruptPlaneException e) {
      throw unusable(name(page.file()) + " image " + page.page(), e);
    }
  }

  private ArchivePlane zarrPlane(IndexedPlane plane, PlaneLocation.ZarrPlane zarr) throws IOException {
    String name = name(zarr.file()) + " plane " + zarr.index();
    try {
      ZarrArray array = ZarrArray.open(zarr.file());
      ByteBuffer payload = array.read(zarr.index(), this::isInside).asReadOnlyBuffer();
      return new ArchivePlane(plane.id(), array.format(), payload, plane.acquiredAt(), plane.acquiredAtText(), name);
    } catch (CorruptPlaneException e) {
      throw unusable(name, e);
    }
  }

  private PlaneFormat probe(PlaneLocation.ZarrPlane zarr) throws IOException {
    try {
      ZarrArray array = ZarrArray.open(zarr.file());
      array.probe(zarr.index(), this::isInside);
      return array.format();
    } catch (CorruptPlaneException e) {
      throw unusable(name(zarr.file()) + " plane " + zarr.index(), e);
    }
  }

  private boolean isInside(Path real) {
    return real.startsWith(root);
  }

  private static Encoding encoding(ByteBuffer payload) throws CorruptPlaneException {
    if (!payload.hasRemaining()) {
      throw new CorruptPlaneException("it is empty");
    }
    Encoding encoding = PlaneDecoder.encodingOf(payload);
    if (encoding == Encoding.UNKNOWN) {
      throw new CorruptPlaneException("it is neither PNG nor TIFF");
    }
    return encoding;
  }

  private static IOException unusable(String name, CorruptPlaneException e) {
    return new IOException("file " + name + " cannot be used: " + e.getMessage(), e);
  }
}
