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
 * @param origin file name or other place, for messages
 */
public record ArchivePlane(PlaneId id, PlaneFormat format, ByteBuffer payload, @Nullable Instant acquiredAt, String origin) {}
