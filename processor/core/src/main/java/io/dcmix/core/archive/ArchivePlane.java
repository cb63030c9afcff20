package io.dcmix.core.archive;

import io.dcmix.core.images.PlaneFormat;
import java.nio.ByteBuffer;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One plane as it lies in an archive, payload included.
 *
 * @param id which plane
 * @param format size, type and encoding of the payload
 * @param payload the encoded image, as it lies on disk; read-only
 * @param acquiredAt when the microscope took it; null when the archive does not say
 * @param acquiredAtText the time as the archive writes it, where it names no zone; else null
 * @param origin file name or other place, for messages
 */
public record ArchivePlane(
    PlaneId id, PlaneFormat format, ByteBuffer payload, @Nullable Instant acquiredAt, @Nullable String acquiredAtText, String origin) {
  /** The time is known, or nothing is said of it. */
  public ArchivePlane(PlaneId id, PlaneFormat format, ByteBuffer payload, @Nullable Instant acquiredAt, String origin) {
    this(id, format, payload, acquiredAt, null, origin);
  }
}
