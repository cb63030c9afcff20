package io.dcmix.core.archive.layout;

import io.dcmix.schema.WellAddress;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What MetaXpress says by the name of a file. Pure.
 *
 * @param place what its folders say
 * @param plate the name's beginning
 * @param site as the name has it; 1 where it has none
 * @param wave 0…9; 1 where the name has none
 * @param thumbnail whether it is a small copy
 * @param telling whether more than the well tells that MetaXpress wrote it
 */
record ImageXpressName(Place place, String plate, WellAddress well, int site, int wave, boolean thumbnail, boolean telling) {
  private static final String GUID = "[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}";

  /** Of _w one digit alone, for the GUID that follows may begin with digits; of _s as many as leave the GUID its length. */
  private static final Pattern NAME = Pattern.compile(
      "(?<plate>.+)_(?<well>[A-Z]{1,2}\\d{2})(?:_s(?<site>\\d+))?(?:_w(?<wave>\\d))?(?<thumb>_thumb)?(?:_?\\[?(?<guid>" + GUID
          + ")\\]?)?\\.(?:tif|TIF|tiff|TIFF)");

  private static final Pattern TIMEPOINT = Pattern.compile("(?i)timepoint_(\\d{1,6})");
  private static final Pattern STEP = Pattern.compile("(?i)zstep_(\\d{1,6})");
  private static final int MAX_DIGITS = 6;

  /** As many as an acquisition may announce. */
  private static final int MAX_STEPS = 1_000;

  /**
   * The folders above a file.
   *
   * @param base folder of the acquisition, above those of timepoints and focal planes
   * @param timepoint from 1; null where there is no such folder
   * @param step focal plane from 1, 0 for projections; null where there is no such folder
   */
  record Place(Path base, @Nullable Integer timepoint, @Nullable Integer step) {
    static Place of(Path file) {
      Path folder = above(file);
      Integer step = number(STEP, folder);
      folder = step == null ? folder : above(folder);
      Integer timepoint = number(TIMEPOINT, folder);
      return new Place(timepoint == null ? folder : above(folder), timepoint, step);
    }

    boolean projection() {
      return step != null && step == 0;
    }

    private static Path above(Path path) {
      Path parent = path.getParent();
      return parent == null ? path : parent;
    }

    private static @Nullable Integer number(Pattern pattern, Path folder) {
      Matcher m = pattern.matcher(ListedFiles.fileName(folder));
      return m.matches() ? Integer.valueOf(m.group(1)) : null;
    }
  }

  /**
   * Reads the name of a file.
   *
   * @return empty if MetaXpress names no image so
   * @throws IllegalArgumentException if it does, and there is no such well, site or timepoint
   */
  static Optional<ImageXpressName> of(Path file) {
    Matcher m = NAME.matcher(ListedFiles.fileName(file));
    if (!m.matches()) {
      return Optional.empty();
    }
    Place place = Place.of(file);
    if (place.timepoint != null && place.timepoint == 0) {
      throw new IllegalArgumentException("timepoints count from 1");
    }
    if (place.step != null && place.step > MAX_STEPS) {
      throw new IllegalArgumentException("an acquisition has at most %d focal planes".formatted(MAX_STEPS));
    }
    String site = m.group("site");
    String wave = m.group("wave");
    if (site != null && site.length() > MAX_DIGITS) {
      throw new IllegalArgumentException("no well has a site " + site);
    }
    boolean telling = site != null || wave != null || m.group("guid") != null || place.timepoint != null;
    return Optional.of(new ImageXpressName(
        place, m.group("plate"), WellAddress.parse(m.group("well")), site == null ? 1 : Integer.parseInt(site), wave == null ? 1 : Integer.parseInt(wave),
        m.group("thumb") != null, telling));
  }

  /** 0-based. */
  int timepoint() {
    Integer folder = place.timepoint;
    return folder == null ? 0 : folder - 1;
  }

  /** 0-based; 0 for projections. */
  int z() {
    Integer folder = place.step;
    return folder == null || folder == 0 ? 0 : folder - 1;
  }
}
