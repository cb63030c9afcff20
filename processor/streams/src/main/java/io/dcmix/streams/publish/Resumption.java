package io.dcmix.streams.publish;

import io.dcmix.schema.event.PublishProgress;
import org.jspecify.annotations.Nullable;

/** What is to be done with a well, after what earlier publishers left. */
enum Resumption {
  /** Nobody published it. */
  PUBLISH,
  /** It was published, and nothing has changed since. */
  SKIP,
  /** It was published, and whether something has changed only its content tells. */
  COMPARE;

  /**
   * Decides.
   *
   * @param before null if nobody published the well
   * @param fingerprint of its files now; null if that is not known
   */
  static Resumption of(@Nullable PublishProgress before, @Nullable String fingerprint) {
    if (before == null) {
      return PUBLISH;
    }
    return fingerprint != null && fingerprint.equals(before.getSourceFingerprint()) ? SKIP : COMPARE;
  }
}
