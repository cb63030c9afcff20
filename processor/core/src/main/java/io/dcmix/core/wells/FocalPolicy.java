package io.dcmix.core.wells;

import java.util.List;
import java.util.Locale;
import java.util.SortedSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which focal planes make the image of a channel where the microscope took several: one of them, or the maximum over all, pixel
 * by pixel. Where it took a single one, that one counts.
 *
 * @param projection whether it is the maximum over all
 * @param plane else the number of the focal plane, 0-based
 */
public record FocalPolicy(boolean projection, int plane) {
  /** Focal planes have the numbers 0 to this one. */
  public static final int MAX_PLANE = 999;

  /** The first focal plane. */
  public static final FocalPolicy DEFAULT = of(0);

  /** Maximum projection. */
  public static final FocalPolicy PROJECTION = new FocalPolicy(true, 0);

  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,3}");

  public static FocalPolicy of(int plane) {
    return new FocalPolicy(false, plane);
  }

  /**
   * Reads {@code projection} or the number of a focal plane.
   *
   * @throws IllegalArgumentException for anything else; the message lists what is allowed
   */
  public static FocalPolicy parse(String text) {
    String policy = text.strip().toLowerCase(Locale.ROOT);
    Matcher number = NUMBER.matcher(policy);
    if (number.matches()) {
      return of(Integer.parseInt(policy));
    }
    if (policy.equals("projection")) {
      return PROJECTION;
    }
    throw new IllegalArgumentException(
        "'" + text + "' must be projection, for the maximum over all focal planes, or the number of one, from 0 to " + MAX_PLANE);
  }

  /**
   * Chooses.
   *
   * @param acquired the focal planes that the microscope takes there
   * @return those that make the image, ascending; empty if the wanted one is not among them
   */
  public List<Integer> choose(SortedSet<Integer> acquired) {
    if (projection || acquired.size() == 1) {
      return List.copyOf(acquired);
    }
    return acquired.contains(plane) ? List.of(plane) : List.of();
  }

  @Override
  public String toString() {
    return projection ? "projection" : Integer.toString(plane);
  }
}
