package io.dcmix.core.wells;

import io.dcmix.schema.event.FailureReason;
import io.dcmix.schema.state.PlaneState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Where the planes of a site leave it. Pure: decided from what is stored, whatever the order in which it came. */
public sealed interface SiteAssembly {
  /**
   * Planes are still to come.
   *
   * @param missing channels that are not here, in the model's order
   */
  record Waiting(List<String> missing) implements SiteAssembly {}

  /**
   * All planes are here and usable.
   *
   * @param planes one a channel, in the model's order
   */
  record Complete(List<PlaneState> planes) implements SiteAssembly {}

  /** Nothing more will come, and what came cannot be scored. */
  record Broken(FailureReason reason, String channel, String message) implements SiteAssembly {}

  /**
   * Decides.
   *
   * @param channels the model's channels
   * @param planes the planes that came, by channel
   * @param absent channels that the manifest says will never come
   */
  static SiteAssembly of(List<String> channels, Map<String, PlaneState> planes, Set<String> absent) {
    List<String> missing = new ArrayList<>();
    List<PlaneState> usable = new ArrayList<>();
    Broken broken = null;
    for (String channel : channels) {
      PlaneState plane = planes.get(channel);
      if (plane == null && absent.contains(channel)) {
        broken = broken != null ? broken
            : new Broken(FailureReason.MISSING_PLANE, channel, "channel " + channel + " was announced as absent");
      } else if (plane == null) {
        missing.add(channel);
      } else if (plane.getProblem() != null) {
        broken = broken != null ? broken
            : new Broken(plane.getProblem(), channel, plane.getProblemText() == null ? "" : plane.getProblemText());
      } else {
        usable.add(plane);
      }
    }
    if (!missing.isEmpty()) {
      return new Waiting(missing);
    }
    return broken != null ? broken : new Complete(usable);
  }
}
