package io.dcmix.core.scoring;

import io.dcmix.core.images.CorruptPlaneException;
import java.nio.ByteBuffer;

/** Decodes a plane's payload into its slice of the site's buffer: the seam to the decoders, so that scorers can be tested. */
@FunctionalInterface
public interface SiteReader {
  /**
   * Decodes one plane.
   *
   * @param plane which plane
   * @param payload its encoded image
   * @param target direct buffer in native order that takes exactly the decoded plane
   * @throws CorruptPlaneException if the payload is not the image that its event promises
   */
  void decode(SitePlane plane, ByteBuffer payload, ByteBuffer target) throws CorruptPlaneException;
}
