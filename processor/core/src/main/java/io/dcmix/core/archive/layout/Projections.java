package io.dcmix.core.archive.layout;

import io.dcmix.core.archive.ArchiveException;
import io.dcmix.core.archive.ArchiveOptions;
import io.dcmix.core.archive.Findings;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Whether the projections that a microscope computed are read, or the focal planes that it took. They share coordinates, so never
 * both: the focal planes are taken, except of channels that were kept as projections alone.
 *
 * @param channels those that are read from projections, as focal plane 0; by the archive's numbers
 * @param only whether all other channels are left out
 */
record Projections(SortedSet<Integer> channels, boolean only) {
  /** Why a projection is not read. */
  static final String CHOICE = "projections";
  static final String PROJECTION = "projection";

  /** Why a focal plane is not read. */
  static final String FOCAL_PLANE = "focal plane, as projections=only";

  /**
   * Decides for one plate.
   *
   * @param planes channels that have focal planes
   * @param projected channels that have projections
   */
  static Projections of(SortedSet<Integer> planes, SortedSet<Integer> projected, ArchiveOptions options, String plate, Findings findings)
      throws ArchiveException {
    String chosen = Chosen.reading(options, CHOICE, "missing", "only", "ignore");
    if (projected.isEmpty()) {
      return new Projections(new TreeSet<>(), false);
    }
    if (chosen.equals("only")) {
      findings.choice(plate + ": projections are read, focal planes are not", "projections=ignore");
      return new Projections(projected, true);
    }
    SortedSet<Integer> alone = new TreeSet<>(projected);
    alone.removeAll(planes);
    if (projected.size() > alone.size()) {
      findings.choice(plate + ": focal planes are read, their projections are not", "projections=only");
    }
    if (alone.isEmpty() || chosen.equals("ignore")) {
      return new Projections(new TreeSet<>(), false);
    }
    findings.choice("%s: channels %s have projections and no focal planes, so projections are read".formatted(plate, alone), "projections=ignore");
    return new Projections(alone, false);
  }

  /** Whether a file of that channel is read. */
  boolean reads(int channel, boolean projection) {
    return projection ? channels.contains(channel) : !only;
  }
}
