package io.dcmix.core.wells;

import io.dcmix.schema.event.FailureReason;
import io.dcmix.schema.state.PlaneState;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** Where the planes of a site leave it. Pure: decided from what is stored, whatever the order in which it came. */
public sealed interface SiteAssembly {
  /**
   * A plane that is to come.
   *
   * @param z focal plane; null if it is not known which there are
   */
  record Missing(String channel, @Nullable Integer z) {
    @Override
    public String toString() {
      return z == null || z == 0 ? channel : channel + " (focal plane " + z + ")";
    }
  }

  /**
   * Planes are still to come.
   *
   * @param missing in the model's order of channels
   */
  record Waiting(List<Missing> missing) implements SiteAssembly {}

  /**
   * All planes are here and usable.
   *
   * @param focalPlanes the focal planes that make the image of each channel, in the model's order of channels
   */
  record Complete(List<List<Integer>> focalPlanes) implements SiteAssembly {}

  /** Nothing more will come, and what came cannot be scored. */
  record Broken(FailureReason reason, String channel, String message) implements SiteAssembly {}

  /**
   * Decides.
   *
   * @param channels the model's channels
   * @param planes the planes that came, by channel and focal plane
   * @param plan what is to come
   */
  static SiteAssembly of(List<String> channels, Map<String, SortedMap<Integer, PlaneState>> planes, SitePlan plan) {
    List<Missing> missing = new ArrayList<>();
    List<List<Integer>> complete = new ArrayList<>();
    Broken broken = null;
    for (String channel : channels) {
      SortedMap<Integer, PlaneState> here = planes.getOrDefault(channel, Collections.emptySortedMap());
      List<Integer> wanted = plan.focalPlanes(channel, planes);
      if (wanted == null) {
        missing.add(new Missing(channel, null));
        continue;
      }
      if (wanted.isEmpty() && broken == null) {
        broken = new Broken(FailureReason.MISSING_PLANE, channel, notAcquired(channel, plan));
      }
      for (int z : wanted) {
        PlaneState plane = here.get(z);
        Manifest.Absent absent = plan.absence(channel, z);
        if (plane == null && absent == null) {
          missing.add(new Missing(channel, z));
        } else if (broken == null && plane == null && absent != null) {
          broken = new Broken(FailureReason.MISSING_PLANE, channel, "channel %s was announced as absent: %s%s".formatted(
              new Missing(channel, z), absent.kind(), absent.reason().isEmpty() ? "" : ", " + absent.reason()));
        } else if (broken == null && plane != null && plane.getProblem() != null) {
          broken = new Broken(plane.getProblem(), channel, plane.getProblemText() == null ? "" : plane.getProblemText());
        }
      }
      complete.add(wanted);
    }
    if (!missing.isEmpty()) {
      return new Waiting(missing);
    }
    return broken != null ? broken : new Complete(complete);
  }

  private static String notAcquired(String channel, SitePlan plan) {
    Manifest manifest = plan.manifest();
    boolean some = manifest != null
        && !manifest.acquired(plan.well().well(), plan.site(), plan.well().timepoint(), channel).isEmpty();
    return some
        ? "focal plane %s of channel %s is NOT_ACQUIRED here, and the model needs it".formatted(plan.policy(), channel)
        : "channel %s is NOT_ACQUIRED here, and the model needs it".formatted(channel);
  }
}
