package io.dcmix.core.wells;

import io.dcmix.schema.state.PlaneState;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * Two channels of a site with the same bytes: no two exposures are equal, so one of them was exported twice or under the wrong
 * name. Which of them is the wrong one, bytes cannot tell.
 *
 * @param first channel that comes first in the model's order
 * @param firstZ focal plane
 * @param second the other channel
 * @param secondZ focal plane
 */
public record DuplicateChannels(String first, int firstZ, String second, int secondZ) {
  private record Place(String channel, int z) {}

  /**
   * The first such pair in the model's order of channels; null if there is none.
   *
   * @param images the planes that make the image of each channel, by channel in the model's order, by focal plane
   */
  public static @Nullable DuplicateChannels of(Map<String, SortedMap<Integer, PlaneState>> images) {
    Map<String, Place> seen = new HashMap<>();
    for (Map.Entry<String, SortedMap<Integer, PlaneState>> image : images.entrySet()) {
      for (Map.Entry<Integer, PlaneState> plane : image.getValue().entrySet()) {
        Place place = new Place(image.getKey(), plane.getKey());
        Place before = seen.putIfAbsent(plane.getValue().getSha256(), place);
        if (before != null && !before.channel().equals(place.channel())) {
          return new DuplicateChannels(before.channel(), before.z(), place.channel(), place.z());
        }
      }
    }
    return null;
  }
}
