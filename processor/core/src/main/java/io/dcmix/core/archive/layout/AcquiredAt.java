package io.dcmix.core.archive.layout;

import io.dcmix.core.archive.ArchiveOptions;
import io.dcmix.core.archive.Shown;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;

/**
 * When a plane was taken.
 *
 * @param instant null where the text tells none for sure
 * @param text as the archive has it, at most 60 characters, where it names no zone or cannot be read; else null
 */
record AcquiredAt(@Nullable Instant instant, @Nullable String text) {
  /** Nothing is told. */
  static final AcquiredAt UNKNOWN = new AcquiredAt(null, null);

  /** Reads {@code 2021-03-29T16:55:28.987-04:00} (up to nine digits of a second), and the same without the offset as a local time. */
  static AcquiredAt of(String text, ArchiveOptions options) {
    if (text.isEmpty()) {
      return UNKNOWN;
    }
    try {
      return new AcquiredAt(OffsetDateTime.parse(text).toInstant(), null);
    } catch (DateTimeException e) {
      return local(text, options);
    }
  }

  private static AcquiredAt local(String text, ArchiveOptions options) {
    try {
      return new AcquiredAt(options.instant(LocalDateTime.parse(text)), text);
    } catch (DateTimeException e) {
      return new AcquiredAt(null, Shown.of(text));
    }
  }
}
