package io.dcmix.core.images;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The directory of one image of a TIFF: numbers by tag. */
final class TiffTags {
  static final int SUBFILE_TYPE = 254;
  static final int WIDTH = 256;
  static final int HEIGHT = 257;
  static final int BITS = 258;
  static final int COMPRESSION = 259;
  static final int PHOTOMETRIC = 262;
  static final int FILL_ORDER = 266;
  static final int DESCRIPTION = 270;
  static final int STRIP_OFFSETS = 273;
  static final int SAMPLES = 277;
  static final int ROWS_PER_STRIP = 278;
  static final int STRIP_COUNTS = 279;
  static final int PREDICTOR = 317;
  static final int COLOUR_MAP = 320;
  static final int TILE_WIDTH = 322;
  static final int TILE_HEIGHT = 323;
  static final int TILE_OFFSETS = 324;
  static final int TILE_COUNTS = 325;
  static final int SAMPLE_FORMAT = 339;

  private static final int ENTRY = 12;
  private static final int MAX_DIRECTORIES = 16;
  private static final int MAX_PAGES = 1 << 20;
  private static final int MAX_LISTED = 1 << 16;

  /** Where the value of an entry lies. */
  private record Entry(int type, long count, int field) {}

  private final ByteBuffer source;
  private final Map<Integer, Entry> entries = new HashMap<>();
  private long nextDirectory;

  private TiffTags(ByteBuffer source, long offset) throws CorruptPlaneException {
    this.source = source;
    int at = at(offset, 2);
    int count = source.getShort(at) & 0xFFFF;
    at(offset, 2 + count * (long) ENTRY + 4);
    for (int i = 0; i < count; i++) {
      int entry = at + 2 + i * ENTRY;
      int tag = source.getShort(entry) & 0xFFFF;
      entries.putIfAbsent(tag, new Entry(source.getShort(entry + 2), unsigned(source.getInt(entry + 4)), entry + 8));
    }
    nextDirectory = unsigned(source.getInt(at + 2 + count * ENTRY));
  }

  /** Reads the first directory, and makes sure that it is the only one of a whole image. */
  static TiffTags first(ByteBuffer payload) throws CorruptPlaneException {
    ByteBuffer source = open(payload);
    TiffTags first = new TiffTags(source, unsigned(source.getInt(4)));
    TiffTags tags = first;
    for (int i = 1; tags.nextDirectory != 0; i++) {
      if (i == MAX_DIRECTORIES) {
        throw new CorruptPlaneException("TIFF holds more than %d images".formatted(MAX_DIRECTORIES));
      }
      tags = new TiffTags(source, tags.nextDirectory);
      if ((tags.number(SUBFILE_TYPE, 0) & 1) == 0) {
        throw new CorruptPlaneException("TIFF holds several images; a plane is one image a file");
      }
    }
    return first;
  }

  /** Reads the directory of one of several images; 0 is the first. Those before it are stepped over. */
  static TiffTags page(ByteBuffer file, int page) throws CorruptPlaneException {
    if (page < 0 || page >= MAX_PAGES) {
      throw new CorruptPlaneException("TIFF has no image %d; at most %d are read".formatted(page, MAX_PAGES));
    }
    ByteBuffer source = open(file);
    long offset = unsigned(source.getInt(4));
    for (int i = 0; i < page; i++) {
      if (offset + 2 > source.limit()) {
        throw new CorruptPlaneException("TIFF is truncated: it points to byte %d and ends at %d".formatted(offset + 2, source.limit()));
      }
      long next = offset + 2 + (source.getShort((int) offset) & 0xFFFF) * (long) ENTRY;
      if (next + 4 > source.limit()) {
        throw new CorruptPlaneException("TIFF is truncated: it points to byte %d and ends at %d".formatted(next + 4, source.limit()));
      }
      offset = unsigned(source.getInt((int) next));
      if (offset == 0) {
        throw new CorruptPlaneException("TIFF has no image %d; it has %d, counted from 0".formatted(page, i + 1));
      }
    }
    return new TiffTags(source, offset);
  }

  /**
   * The directories of all images, without reduced copies of them.
   *
   * @throws CorruptPlaneException if one of them does not lie within the file, or they lead round in circles
   */
  static List<TiffTags> pages(ByteBuffer file) throws CorruptPlaneException {
    ByteBuffer source = open(file);
    List<TiffTags> pages = new ArrayList<>();
    long offset = unsigned(source.getInt(4));
    Set<Long> offsets = new HashSet<>();
    for (int i = 0; offset != 0; i++) {
      if (i == MAX_LISTED || !offsets.add(offset)) {
        throw new CorruptPlaneException(
            i == MAX_LISTED ? "TIFF holds more than %d images".formatted(MAX_LISTED) : "TIFF has directories that lead round in circles");
      }
      TiffTags tags = new TiffTags(source, offset);
      if (i == 0 || (tags.number(SUBFILE_TYPE, 0) & 1) == 0) {
        pages.add(tags);
      }
      offset = tags.nextDirectory;
    }
    return pages;
  }

  private static ByteBuffer open(ByteBuffer payload) throws CorruptPlaneException {
    ByteBuffer source = payload.slice();
    if (source.remaining() < 8) {
      throw new CorruptPlaneException("TIFF is truncated: it has %d bytes".formatted(source.remaining()));
    }
    int mark = source.order(ByteOrder.BIG_ENDIAN).getShort(0);
    if (mark != 0x4949 && mark != 0x4D4D) {
      throw new CorruptPlaneException("The payload does not start as a TIFF does");
    }
    source.order(mark == 0x4949 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    int version = source.getShort(2);
    if (version != 42) {
      throw new CorruptPlaneException(
          version == 43 ? "BigTIFF is not read; save it as classic TIFF" : "The payload does not start as a TIFF does");
    }
    return source;
  }

  ByteOrder order() {
    return source.order();
  }

  boolean has(int tag) {
    return entries.containsKey(tag);
  }

  long number(int tag, long otherwise) throws CorruptPlaneException {
    return has(tag) ? number(tag) : otherwise;
  }

  /** The one number of a tag. */
  long number(int tag) throws CorruptPlaneException {
    return numbers(tag, 1)[0];
  }

  /** The numbers of a tag, which must be this many: that is known before anything is allocated. */
  long[] numbers(int tag, long expected) throws CorruptPlaneException {
    Entry entry = entries.get(tag);
    if (entry == null) {
      throw new CorruptPlaneException("TIFF lacks the tag " + tag);
    }
    if (entry.count != expected) {
      throw new CorruptPlaneException("TIFF's tag %d has %d values, not %d".formatted(tag, entry.count, expected));
    }
    int size = switch (entry.type) {
      case 1 -> 1;
      case 3 -> 2;
      case 4 -> 4;
      default -> throw new CorruptPlaneException("TIFF's tag %d has the type %d, which is no count".formatted(tag, entry.type));
    };
    long bytes = entry.count * size;
    int at = bytes <= 4 ? entry.field : at(unsigned(source.getInt(entry.field)), bytes);
    long[] numbers = new long[Math.toIntExact(expected)];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = switch (size) {
        case 1 -> source.get(at + i) & 0xFF;
        case 2 -> source.getShort(at + 2 * i) & 0xFFFF;
        default -> unsigned(source.getInt(at + 4 * i));
      };
    }
    return numbers;
  }

  /** The bytes of a text; empty if there is none. */
  ByteBuffer text(int tag) throws CorruptPlaneException {
    Entry entry = entries.get(tag);
    if (entry == null || entry.type != 2) {
      return ByteBuffer.allocate(0);
    }
    return source.slice(entry.count <= 4 ? entry.field : at(unsigned(source.getInt(entry.field)), entry.count), (int) entry.count);
  }

  /** An offset as an index, if that many bytes lie there. */
  private int at(long offset, long bytes) throws CorruptPlaneException {
    if (offset > source.limit() || bytes > source.limit() - offset) {
      throw new CorruptPlaneException(
          "TIFF is truncated: it points to byte %d and ends at %d".formatted(offset + bytes, source.limit()));
    }
    return (int) offset;
  }

  private static long unsigned(int value) {
    return value & 0xFFFFFFFFL;
  }
}
