package io.dcmix.core.images;

import java.util.Arrays;

/**
 * One prefix code of deflate (RFC 1951, section 3.2.2) as a table to look the next bits up in. Codes that are longer than the
 * table's index are rare by their nature and are searched for.
 *
 * <p>An entry is an int. Its lowest six bits are how many bits to consume. The next two count literals. If there are any, their
 * bytes stand above, the first one lowest. Otherwise follow four bits, the length of the code without its extra bits, and the
 * number that the symbol stands for. 0 is no entry.
 */
final class PrefixCode {
  static final int LITERALS = 0xC0;

  private static final int COUNT_SHIFT = 6;
  private static final int VALUE_SHIFT = 8;
  private static final int NUMBER_SHIFT = 12;
  private static final int MAX_BITS = 15;

  private final int indexBits;

  /** Each symbol's entry without the bits of its code; 0 where it must not occur. */
  private final int[] meanings;

  private final int[] table;

  /** The symbols that have a code, in the order of their codes. */
  private final short[] ordered;

  /** How many codes have a length. */
  private final int[] counts = new int[MAX_BITS + 1];

  /** Where the symbols of a length start in {@link #ordered}. */
  private final int[] offsets = new int[MAX_BITS + 2];

  /** The first code that is one bit longer than the index. */
  private int firstLong;

  PrefixCode(int indexBits, int[] meanings) {
    this.indexBits = indexBits;
    this.meanings = meanings;
    table = new int[1 << indexBits];
    ordered = new short[meanings.length];
  }

  /** The meaning of a symbol that is a byte. */
  static int literal(int value) {
    return value << VALUE_SHIFT | 1 << COUNT_SHIFT;
  }

  /** The meaning of a symbol that stands for a number and is followed by extra bits to add to it. */
  static int number(int base, int extraBits) {
    return base << NUMBER_SHIFT | extraBits;
  }

  static int consumed(int entry) {
    return entry & 0x3F;
  }

  static int literalCount(int entry) {
    return entry >>> COUNT_SHIFT & 3;
  }

  static int literals(int entry) {
    return entry >>> VALUE_SHIFT;
  }

  /** The number that an entry and the bits from its code on stand for. */
  static int number(int entry, long bits) {
    return (entry >>> NUMBER_SHIFT) + (int) ((bits & ~(-1L << entry)) >>> (entry >>> VALUE_SHIFT & 0xF));
  }

  /** Indexed by the next bits, as many as its length has room for. */
  int[] table() {
    return table;
  }

  /**
   * Becomes the code of these lengths.
   *
   * @param lengths bits of each symbol's code, 0 if it has none; symbol 0 at {@code from}
   * @throws CorruptPlaneException if they define none. As elsewhere, there may be no code, or one alone of one bit
   */
  void define(byte[] lengths, int from, int symbols) throws CorruptPlaneException {
    Arrays.fill(counts, 0);
    for (int s = 0; s < symbols; s++) {
      counts[lengths[from + s]]++;
    }
    counts[0] = 0;
    int unused = 1;
    for (int length = 1; length <= MAX_BITS; length++) {
      offsets[length + 1] = offsets[length] + counts[length];
      unused = 2 * unused - counts[length];
      if (unused < 0) {
        throw new CorruptPlaneException("compressed data define a code twice");
      }
    }
    if (unused > 0 && offsets[MAX_BITS + 1] > counts[1]) {
      throw new CorruptPlaneException("compressed data leave codes undefined");
    }
    for (int s = 0; s < symbols; s++) {
      int length = lengths[from + s];
      if (length > 0) {
        ordered[offsets[length]++] = (short) s;
      }
    }
    for (int length = MAX_BITS; length > 0; length--) {
      offsets[length] -= counts[length];
    }
    fill();
  }

  private void fill() {
    table[0] = 0;
    int code = 0;
    for (int length = 1; length <= indexBits; length++) {
      // Twice the table for one bit less is the table for this length, but for the codes that have it.
      int half = 1 << (length - 1);
      System.arraycopy(table, 0, table, half, half);
      for (int i = offsets[length]; i < offsets[length + 1]; i++) {
        table[Integer.reverse(code++) >>> (32 - length)] = entry(ordered[i], length);
      }
      code <<= 1;
    }
    firstLong = code;
  }

  private int entry(int symbol, int length) {
    int meaning = meanings[symbol];
    boolean number = (meaning & LITERALS) == 0;
    return meaning == 0 ? 0 : meaning + length + (number ? length << VALUE_SHIFT : 0);
  }

  /** Lets an index that begins with the codes of two or three literals mean all of them. */
  void joinLiterals() {
    // Downwards, because what follows a code is looked up at a lower index, where one literal must still stand alone.
    for (int i = table.length - 1; i >= 0; i--) {
      int first = table[i];
      int second = table[i >>> first];
      int both = consumed(first) + consumed(second);
      if ((first & second & LITERALS) == 0 || both > indexBits) {
        continue;
      }
      int third = table[i >>> both];
      int all = both + consumed(third);
      int two = (first & 0xFF00) | (second & 0xFF00) << 8;
      table[i] = (third & LITERALS) == 0 || all > indexBits
          ? two | 2 << COUNT_SHIFT | both
          : two | (third & 0xFF00) << 16 | 3 << COUNT_SHIFT | all;
    }
  }

  /**
   * The entry of a code that is longer than the index.
   *
   * @param next the next bits, the first one lowest
   * @throws CorruptPlaneException if they are no code
   */
  int search(long next) throws CorruptPlaneException {
    int reversed = Integer.reverse((int) next);
    int first = firstLong;
    for (int length = indexBits + 1; length <= MAX_BITS; length++) {
      int index = (reversed >>> (32 - length)) - first;
      if (index < 0) {
        break;
      }
      if (index < counts[length]) {
        int entry = entry(ordered[offsets[length] + index], length);
        if (entry != 0) {
          return entry;
        }
        break;
      }
      first = (first + counts[length]) << 1;
    }
    throw new CorruptPlaneException("compressed data hold an unknown code");
  }
}
