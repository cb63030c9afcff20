package io.dcmix.core.images;

import io.dcmix.schema.event.Encoding;
import io.dcmix.schema.event.PixelType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What a classic TIFF (6.0) says of one image, the first unless told otherwise. Read are: both byte orders, strips and tiles, one sample of 8 or 16
 * unsigned bits, no compression, LZW, Deflate (8 and 32946) and PackBits, predictors 1 and 2, and the photometric
 * interpretations BlackIsZero and palette, the latter where the palette is the identity, so that indexes are intensities.
 *
 * <p>Refused, each with its own message: WhiteIsZero (turning values round unasked would hide a mistake in the export),
 * colour, other sample types, BigTIFF, and several images in one file unless the others are reduced copies.
 *
 * @param format size and pixel type
 * @param order byte order of the file
 * @param compression TIFF's number for it
 * @param differences whether rows hold differences (predictor 2)
 * @param blockWidth pixels per row of a strip or tile
 * @param blockHeight rows of a strip or tile
 * @param offsets where each block starts
 * @param counts packed bytes of each block
 */
@SuppressWarnings("ArrayRecordComponent")
record TiffHeader(
    PlaneFormat format,
    ByteOrder order,
    int compression,
    boolean differences,
    int blockWidth,
    int blockHeight,
    long[] offsets,
    long[] counts) {

  static final int NO_COMPRESSION = 1;
  static final int LZW = 5;
  static final int DEFLATE = 8;
  static final int PACK_BITS = 32_773;
  static final int OLD_DEFLATE = 32_946;

  /** Smaller tiles are against the specification, and would let a small file ask for endless work. */
  private static final int MIN_TILE = 16;

  static TiffHeader read(ByteBuffer source, ImageLimits limits) throws CorruptPlaneException {
    return read(TiffTags.first(source), limits);
  }

  static TiffHeader read(TiffTags tags, ImageLimits limits) throws CorruptPlaneException {
    long width = tags.number(TiffTags.WIDTH);
    long height = tags.number(TiffTags.HEIGHT);
    limits.checkSize("TIFF", width, height);
    PlaneFormat format = new PlaneFormat((int) width, (int) height, pixelType(tags), Encoding.TIFF);
    checkIntensities(tags, format);

    boolean tiled = tags.has(TiffTags.TILE_WIDTH);
    long blockWidth = tiled ? tags.number(TiffTags.TILE_WIDTH) : width;
    long blockHeight = tiled ? tags.number(TiffTags.TILE_HEIGHT) : Math.min(height, tags.number(TiffTags.ROWS_PER_STRIP, height));
    if (tiled) {
      require(blockWidth >= MIN_TILE && blockHeight >= MIN_TILE, "has tiles of %d x %d pixels".formatted(blockWidth, blockHeight));
    }
    limits.checkSize(tiled ? "TIFF's tile" : "TIFF's strip", blockWidth, blockHeight);
    long blocks = Math.ceilDiv(width, blockWidth) * Math.ceilDiv(height, blockHeight);
    long[] offsets = tags.numbers(tiled ? TiffTags.TILE_OFFSETS : TiffTags.STRIP_OFFSETS, blocks);
    long[] counts = tags.numbers(tiled ? TiffTags.TILE_COUNTS : TiffTags.STRIP_COUNTS, blocks);
    return new TiffHeader(
        format, tags.order(), compression(tags), differences(tags), (int) blockWidth, (int) blockHeight, offsets, counts);
  }

  /** Makes sure that all blocks lie in a file of this many bytes. */
  void checkWhole(long bytes) throws CorruptPlaneException {
    for (int block = 0; block < offsets.length; block++) {
      if (offsets[block] > bytes || counts[block] > bytes - offsets[block]) {
        throw refuse("block %d of %d: its bytes end at %d and the file at %d; the file is truncated".formatted(
            block + 1, offsets.length, offsets[block] + counts[block], bytes));
      }
    }
  }

  private static PixelType pixelType(TiffTags tags) throws CorruptPlaneException {
    long samples = tags.number(TiffTags.SAMPLES, 1);
    require(samples == 1, "has %d samples a pixel (colour?); planes have one".formatted(samples));
    long bits = tags.number(TiffTags.BITS, 1);
    require(bits == 8 || bits == 16, "holds %d-bit pixels; planes have 8 or 16 bits".formatted(bits));
    long kind = tags.number(TiffTags.SAMPLE_FORMAT, 1);
    // 1 is unsigned, 4 is undefined and in practice unsigned too.
    require(kind == 1 || kind == 4, "holds %s pixels; planes hold unsigned integers".formatted(kind == 2 ? "signed" : "non-integer"));
    return bits == 8 ? PixelType.UINT8 : PixelType.UINT16;
  }

  private static void checkIntensities(TiffTags tags, PlaneFormat format) throws CorruptPlaneException {
    long photometric = tags.number(TiffTags.PHOTOMETRIC, 1);
    switch ((int) photometric) {
      case 1 -> {}
      case 3 -> require(isIdentity(tags, format),
          "has a palette that is not a grey ramp; export it as greyscale");
      case 0 -> throw refuse("has inverted values (WhiteIsZero); export it as BlackIsZero");
      default -> throw refuse("has the photometric interpretation %d; planes are greyscale (1)".formatted(photometric));
    }
    require(tags.number(TiffTags.FILL_ORDER, 1) == 1, "has reversed bits (FillOrder 2)");
  }

  /** Whether index i of the palette means grey of i: written as i·257 or i·256 of 65535, with a little room for rounding. */
  private static boolean isIdentity(TiffTags tags, PlaneFormat format) throws CorruptPlaneException {
    int entries = format.pixelType() == PixelType.UINT8 ? 256 : 65_536;
    long[] map = tags.numbers(TiffTags.COLOUR_MAP, 3L * entries);
    double step = 65_535.0 / (entries - 1);
    for (int i = 0; i < map.length; i++) {
      if (Math.abs(map[i] - i % entries * step) > 256) {
        return false;
      }
    }
    return true;
  }

  private static int compression(TiffTags tags) throws CorruptPlaneException {
    long compression = tags.number(TiffTags.COMPRESSION, NO_COMPRESSION);
    return switch ((int) compression) {
      case NO_COMPRESSION, LZW, DEFLATE, PACK_BITS, OLD_DEFLATE -> (int) compression;
      default -> throw refuse("is packed by method %d; read are none, LZW, Deflate and PackBits".formatted(compression));
    };
  }

  private static boolean differences(TiffTags tags) throws CorruptPlaneException {
    long predictor = tags.number(TiffTags.PREDICTOR, 1);
    require(predictor == 1 || predictor == 2, "has the predictor %d; read are 1 and 2".formatted(predictor));
    return predictor == 2;
  }

  private static void require(boolean holds, String message) throws CorruptPlaneException {
    if (!holds) {
      throw refuse(message);
    }
  }

  private static CorruptPlaneException refuse(String message) {
    return new CorruptPlaneException("TIFF " + message);
  }
}
