package io.dcmix.core.images;

/**
 * What an image may be before anything is allocated for it.
 *
 * @param maxWidth pixels per row
 * @param maxHeight rows
 * @param maxPayloadBytes bytes of the encoded image
 */
public record ImageLimits(int maxWidth, int maxHeight, long maxPayloadBytes) {
  /** 16,384 × 16,384 pixels in at most 64 MiB. */
  public static final ImageLimits DEFAULT = new ImageLimits(16_384, 16_384, 64L << 20);

  public ImageLimits {
    if (maxWidth < 1 || maxHeight < 1 || maxPayloadBytes < 1) {
      throw new IllegalArgumentException("Image limits must be 1 or more: " + maxWidth + ", " + maxHeight + ", " + maxPayloadBytes);
    }
  }

  void checkSize(String what, long width, long height) throws CorruptPlaneException {
    if (width < 1 || height < 1) {
      throw new CorruptPlaneException("%s says %d x %d pixels; both must be 1 or more".formatted(what, width, height));
    }
    if (width > maxWidth || height > maxHeight) {
      throw new CorruptPlaneException(
          "%s says %d x %d pixels; the limit is %d x %d".formatted(what, width, height, maxWidth, maxHeight));
    }
  }

  void checkPayload(long bytes) throws CorruptPlaneException {
    if (bytes > maxPayloadBytes) {
      throw new CorruptPlaneException("The payload has %d bytes; the limit is %d".formatted(bytes, maxPayloadBytes));
    }
  }
}
