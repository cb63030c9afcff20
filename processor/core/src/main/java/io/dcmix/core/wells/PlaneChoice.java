package io.dcmix.core.wells;

import io.dcmix.schema.event.FailureReason;
import io.dcmix.schema.state.PlaneState;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What to do with a plane that comes for a place that may be taken. The choice does not depend on the order of arrival. */
public enum PlaneChoice {
  /** The place was free. */
  NEW,
  /** The same bytes again: nothing happens. */
  DUPLICATE,
  /** The same bytes again, after they were lost or refused where they lay, or were described wrongly: the newcomer takes the place. */
  REPAIRS,
  /** Other bytes, and the newcomer counts. */
  CONFLICT_REPLACES,
  /** Other bytes, and the one that is here counts. */
  CONFLICT_KEEPS;

  /** A usable plane beats an unusable one; among equals the lower SHA-256 counts. */
  public static PlaneChoice of(@Nullable PlaneState here, PlaneState newcomer) {
    if (here == null) {
      return NEW;
    }
    if (here.getSha256().equals(newcomer.getSha256())) {
      boolean corrected = here.getProblem() != null && newcomer.getProblem() == null && !describedAlike(here, newcomer);
      // What was refused may be allowed by now.
      boolean allowed = here.getProblem() == FailureReason.REFERENCE_REFUSED && newcomer.getProblem() == null;
      return here.getProblem() == FailureReason.SOURCE_EXPIRED || allowed || corrected ? REPAIRS : DUPLICATE;
    }
    boolean usableHere = here.getProblem() == null;
    boolean usableNew = newcomer.getProblem() == null;
    if (usableHere != usableNew) {
      return usableNew ? CONFLICT_REPLACES : CONFLICT_KEEPS;
    }
    return newcomer.getSha256().compareTo(here.getSha256()) < 0 ? CONFLICT_REPLACES : CONFLICT_KEEPS;
  }

  /** Whether two events of the same bytes would be decoded alike, so that the second could do no better. */
  private static boolean describedAlike(PlaneState a, PlaneState b) {
    return a.getWidth() == b.getWidth()
        && a.getHeight() == b.getHeight()
        && a.getPixelType() == b.getPixelType()
        && a.getEncoding() == b.getEncoding()
        && a.getSize() == b.getSize()
        && Objects.equals(a.getUri(), b.getUri());
  }
}
