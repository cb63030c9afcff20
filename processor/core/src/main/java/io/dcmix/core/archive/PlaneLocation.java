package io.dcmix.core.archive;

import java.nio.file.Path;
import java.util.List;

/** Where a plane's pixels lie. */
public sealed interface PlaneLocation {
  /** The file, or the folder of the array; below the archive's root. */
  Path file();

  /** A file that holds one image and nothing else: its bytes are the payload. */
  record WholeFile(Path file) implements PlaneLocation {}

  /**
   * One of several images in a TIFF file.
   *
   * @param page 0-based number of its directory
   */
  record TiffPage(Path file, int page) implements PlaneLocation {}

  /**
   * A plane of a Zarr array whose last two axes are y and x.
   *
   * @param file folder of the array
   * @param index of the axes before them
   */
  record ZarrPlane(Path file, List<Integer> index) implements PlaneLocation {
    public ZarrPlane {
      index = List.copyOf(index);
    }
  }
}
