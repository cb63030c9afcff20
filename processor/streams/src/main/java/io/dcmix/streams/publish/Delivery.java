package io.dcmix.streams.publish;

import io.dcmix.streams.LaneTopics;
import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** How a plane's payload travels. */
sealed interface Delivery {
  /** In the event. */
  record Inline() implements Delivery {}

  /** The event says where it lies. */
  record ByReference(URI uri) implements Delivery {}

  /** Not at all. */
  record Impossible(String why) implements Delivery {}

  /**
   * Chooses by size.
   *
   * @param size bytes of the payload
   * @param file the file that holds the payload and nothing else; null if there is none
   * @param referral null refers to nothing
   */
  static Delivery of(long size, @Nullable Path file, @Nullable Referral referral) {
    boolean fits = size <= LaneTopics.MAX_INLINE_BYTES;
    if (file != null && referral != null && (size > referral.above() || !fits)) {
      URI uri = referral.uri(file);
      if (uri != null) {
        return new ByReference(uri);
      }
    }
    return fits
        ? new Inline()
        : new Impossible("its %,d bytes are more than an image event carries (%,d), and %s: publish it by reference, see docs/references.md".formatted(
            size, LaneTopics.MAX_INLINE_BYTES,
            file == null ? "it is no file of its own" : referral == null ? "no folder was given for references" : file + " is not below " + referral.folder()));
  }
}
