package io.dcmix.core.archive.layout;

import io.dcmix.schema.WellAddress;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One image as a CellVoyager tells of it, by its index or by the name of the file. Pure.
 *
 * @param file path below the folder of the acquisition
 * @param site field, from 1
 * @param timepoint 0-based
 * @param z focal plane, 0-based; 0 for projections
 * @param channel from 1
 * @param source which part of the protocol took it
 * @param projection whether it was computed from the focal planes
 * @param time as written; empty if unknown
 */
record CellVoyagerShot(
    String file, WellAddress well, int site, int timepoint, int z, int channel, Source source, boolean projection, String time) {
  private static final Pattern NAME = Pattern.compile(
      "(?<plate>.+)_(?<well>[A-Z]{1,2}\\d{2})_T(?<t>\\d{4})F(?<f>\\d{3})L(?<l>\\d{2})A(?<a>\\d{2})Z(?<z>\\d{2})C(?<c>\\d{2})\\.(?:tif|tiff|png)");

  /** Those of the CQ1, which counts wells. */
  private static final Pattern COUNTED = Pattern.compile("W(?<w>\\d{1,6})F(?<f>\\d{1,6})T(?<t>\\d{1,6})Z(?<z>\\d{1,6})C(?<c>\\d{1,6})\\.tiff?");

  /** The last focal plane that an acquisition may announce. */
  private static final int MAX_Z = 999;

  private static final int MAX_TIMEPOINT = 999_999;

  /** A timeline and an action of the protocol, from 1. */
  record Source(int timeline, int action) implements Comparable<Source> {
    @Override
    public int compareTo(Source other) {
      return timeline != other.timeline ? Integer.compare(timeline, other.timeline) : Integer.compare(action, other.action);
    }
  }

  CellVoyagerShot {
    if (z > MAX_Z || timepoint > MAX_TIMEPOINT) {
      throw new IllegalArgumentException("an acquisition has at most %d focal planes and %d timepoints".formatted(MAX_Z + 1, MAX_TIMEPOINT + 1));
    }
    if (site < 1 || timepoint < 0 || z < 0 || channel < 1) {
      throw new IllegalArgumentException("fields, timepoints, focal planes and channels count from 1");
    }
  }

  /** The beginning of a name, which is the barcode if it could be read; empty for other names. */
  static Optional<String> prefix(String name) {
    Matcher m = NAME.matcher(name);
    return m.matches() ? Optional.of(m.group("plate")) : Optional.empty();
  }

  /** The number of the well in a name of the CQ1, from 1; 0 for other names. */
  static int counted(String name) {
    Matcher m = COUNTED.matcher(name);
    return m.matches() ? Integer.parseInt(m.group("w")) : 0;
  }

  /**
   * Reads the name of a file.
   *
   * @param columns of the plate, by which the CQ1 counts wells
   * @return empty if no CellVoyager names images so
   * @throws IllegalArgumentException if it does, and there is no such plane
   */
  static Optional<CellVoyagerShot> named(String file, String name, int columns) {
    Matcher m = NAME.matcher(name);
    if (m.matches()) {
      return Optional.of(new CellVoyagerShot(
          file, WellAddress.parse(m.group("well")), number(m, "f"), number(m, "t") - 1, number(m, "z") - 1, number(m, "c"),
          new Source(number(m, "l"), number(m, "a")), false, ""));
    }
    m = COUNTED.matcher(name);
    if (!m.matches()) {
      return Optional.empty();
    }
    int well = number(m, "w") - 1;
    if (well < 0) {
      throw new IllegalArgumentException("wells count from 1");
    }
    return Optional.of(new CellVoyagerShot(
        file, new WellAddress(well / columns, well % columns), number(m, "f"), number(m, "t") - 1, number(m, "z") - 1, number(m, "c"), new Source(1, 1),
        false, ""));
  }

  private static int number(Matcher m, String group) {
    return Integer.parseInt(m.group(group));
  }
}
