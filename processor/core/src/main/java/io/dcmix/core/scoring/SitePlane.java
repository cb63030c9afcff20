package io.dcmix.core.scoring;

import io.dcmix.core.images.PlaneFormat;

/**
 * One plane of a complete site.
 *
 * @param channel channel name
 * @param format what its event says of the payload
 * @param pointer where the payload lies
 */
public record SitePlane(String channel, PlaneFormat format, PlanePointer pointer) {}
