package io.dcmix.core.images;

import io.dcmix.schema.event.Encoding;
import io.dcmix.schema.event.PixelType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Decodes planes. Reads RAW; PNG of 8 or 16-bit greyscale; classic TIFF (see {@link TiffHeader}); Zstandard over shuffled
 * bytes (see {@link ShuffledZstd}). Rows of PNG and TIFF go straight to the target, so what is held beside payload and target is
 * a window of them and tables, about 150 kB a thread; Zstandard needs a second plane. Thread-safe; never reads or writes outside
 * its buffers.
 */
public final class PlaneDecoder {
  private static final int TIFF_LITTLE = 0x49492A00;
  private static final int TIFF_BIG = 0x4D4D002A;

  private PlaneDecoder() {}

  /** Decodes within {@link ImageLimits#DEFAULT}. */
  public static void decode(PlaneFormat format, ByteBuffer payload, ByteBuffer target) throws CorruptPlaneException {
    decode(format, payload, target, ImageLimits.DEFAULT);
  }

  /**
   * Decodes one plane.
   *
   * @param format what the image event says of the payload; the payload must agree
   * @param payload the encoded image, from position to limit; not moved
   * @param target takes {@link PlaneFormat#decodedBytes()} bytes from its position, row-major, uint16 in native order; its
   *     position moves behind them, unless decoding fails, which leaves them undefined and the position where it was
   * @param limits refused before anything is allocated
   * @throws CorruptPlaneException if the payload is not the image that the format describes
   * @throws IllegalArgumentException if the target is too small, which is the caller's mistake
   */
  public static void decode(PlaneFormat format, ByteBuffer payload, ByteBuffer target, ImageLimits limits)
      throws CorruptPlaneException {
    limits.checkSize("The image event", format.width(), format.height());
    limits.checkPayload(payload.remaining());
    if (format.pixelType() == PixelType.UNKNOWN) {
      throw new CorruptPlaneException("The image event does not say the pixel type");
    }
    if (target.remaining() < format.decodedBytes()) {
      throw new IllegalArgumentException(
          "The target has room for %d bytes; %s needs %d".formatted(target.remaining(), format, format.decodedBytes()));
    }
    int bytes = (int) format.decodedBytes();
    PlaneRows rows = new PlaneRows(format, target.slice(target.position(), bytes));
    ByteBuffer source = payload.slice().order(ByteOrder.BIG_ENDIAN);
    switch (format.encoding()) {
      case RAW -> raw(format, source, rows);
      case PNG -> PngReader.read(source, format, rows, limits);
      case TIFF -> TiffReader.read(source, format, rows, limits);
      case ZSTD_SHUFFLE -> ShuffledZstd.read(source, format, rows);
      case UNKNOWN -> throw new CorruptPlaneException(
          "The image event does not say the encoding; it must be RAW, PNG, TIFF or ZSTD_SHUFFLE");
    }
    target.position(target.position() + bytes);
  }

  /** Reads size and type from the header, within {@link ImageLimits#DEFAULT}. */
  public static PlaneFormat probe(ByteBuffer payload, Encoding encoding) throws CorruptPlaneException {
    return probe(payload, encoding, ImageLimits.DEFAULT);
  }

  /**
   * Reads size and type from the header. The pixels may still turn out corrupt.
   *
   * @param payload at least the header of an image; not moved
   * @throws CorruptPlaneException if the header is none, or of an image that {@link #decode} does not read
   */
  public static PlaneFormat probe(ByteBuffer payload, Encoding encoding, ImageLimits limits) throws CorruptPlaneException {
    limits.checkPayload(payload.remaining());
    ByteBuffer source = payload.slice().order(ByteOrder.BIG_ENDIAN);
    return switch (encoding) {
      case PNG -> PngReader.header(source, limits);
      case TIFF -> TiffHeader.read(source, limits).format();
      case RAW, ZSTD_SHUFFLE, UNKNOWN -> throw new CorruptPlaneException(
          "A payload of encoding " + encoding + " has no header that would tell the size of the image");
    };
  }

  /**
   * Reads size and type from the header and makes sure that the file reaches as far as it says, without unpacking a pixel.
   *
   * @param payload a whole file; not moved
   * @throws CorruptPlaneException if it is truncated, no image, or of a kind that {@link #decode} does not read
   */
  public static PlaneFormat probeWhole(ByteBuffer payload, Encoding encoding) throws CorruptPlaneException {
    PlaneFormat format = probe(payload, encoding);
    ByteBuffer source = payload.slice().order(ByteOrder.BIG_ENDIAN);
    if (encoding == Encoding.PNG) {
      PngReader.checkWhole(source);
    } else {
      TiffHeader.read(source, ImageLimits.DEFAULT).checkWhole(source.limit());
    }
    return format;
  }

  /** PNG or TIFF by the first bytes, else UNKNOWN: RAW has no mark of its own, and that of ZSTD_SHUFFLE does not tell what was packed. */
  public static Encoding encodingOf(ByteBuffer payload) {
    if (payload.remaining() < 8) {
      return Encoding.UNKNOWN;
    }
    ByteBuffer head = payload.slice().order(ByteOrder.BIG_ENDIAN);
    int first = head.getInt(0);
    if (head.getLong(0) == Png.SIGNATURE) {
      return Encoding.PNG;
    }
    return first == TIFF_LITTLE || first == TIFF_BIG ? Encoding.TIFF : Encoding.UNKNOWN;
  }

  private static void raw(PlaneFormat format, ByteBuffer source, PlaneRows rows) throws CorruptPlaneException {
    if (source.remaining() != format.decodedBytes()) {
      throw new CorruptPlaneException("RAW payload has %d bytes; %d x %d %s needs %d".formatted(
          source.remaining(), format.width(), format.height(), format.pixelType(), format.decodedBytes()));
    }
    rows.all(source, ByteOrder.LITTLE_ENDIAN);
  }

  /** Refuses a payload whose header differs from the event. */
  static void checkAgrees(PlaneFormat header, PlaneFormat event) throws CorruptPlaneException {
    if (header.width() != event.width() || header.height() != event.height()) {
      throw new CorruptPlaneException("%s is %d x %d pixels; the event says %d x %d".formatted(
          header.encoding(), header.width(), header.height(), event.width(), event.height()));
    }
    if (header.pixelType() != event.pixelType()) {
      throw new CorruptPlaneException(
          "%s has pixels of type %s; the event says %s".formatted(header.encoding(), header.pixelType(), event.pixelType()));
    }
  }
}
