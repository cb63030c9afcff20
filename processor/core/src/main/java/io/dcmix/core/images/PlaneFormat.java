package io.dcmix.core.images;

import io.dcmix.schema.event.Encoding;
import io.dcmix.schema.event.PixelType;

/**
 * What an image event says of its payload.
 *
 * @param width pixels per row
 * @param height rows
 * @param pixelType type of one pixel
 * @param encoding how the payload is encoded
 */
public record PlaneFormat(int width, int height, PixelType pixelType, Encoding encoding) {
  /** Bytes of one pixel: 1 or 2. */
  public static int bytesPerPixel(PixelType type) {
    return switch (type) {
      case UINT8 -> 1;
      case UINT16 -> 2;
      case UNKNOWN -> throw new IllegalArgumentException("Pixel type is unknown");
    };
  }

  /** Bytes of the decoded plane. */
  public long decodedBytes() {
    return (long) width * height * bytesPerPixel(pixelType);
  }
}
