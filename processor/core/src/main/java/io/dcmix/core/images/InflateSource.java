package io.dcmix.core.images;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.Adler32;

/**
 * Unpacks zlib data (RFC 1950, 1951). Only what is asked for is unpacked, and at most a window more, whatever was packed.
 *
 * <p>It stands in for {@link java.util.zip.Inflater}, which takes most of the time of a PNG: the rows of a microscope image are
 * noise, so they are packed as single bytes rather than repeats, and here up to three of these are unpacked at a time. One source
 * serves one image after the other.
 */
final class InflateSource implements ByteSource {
  private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private static final int HISTORY = 1 << 15;
  private static final int LONGEST_MATCH = 258;

  /** Bytes that may be written beyond what is meant, by writing more than one at a time. */
  private static final int SLACK = 8;

  private static final int END_OF_BLOCK = 256;
  private static final int END_MARK = 1 << 30;
  private static final int[] LITERALS_AND_LENGTHS = new int[288];
  private static final int[] DISTANCES = new int[32];
  private static final int[] CODE_LENGTHS = new int[19];
  private static final byte[] CODE_LENGTH_ORDER = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};

  // RFC 1951, section 3.2.5. Symbols 286 and 287, and distances 30 and 31, must not occur.
  static {
    for (int i = 0; i < 256; i++) {
      LITERALS_AND_LENGTHS[i] = PrefixCode.literal(i);
    }
    LITERALS_AND_LENGTHS[END_OF_BLOCK] = END_MARK;
    for (int i = 257, base = 3; i < 285; i++) {
      int extra = Math.max(0, (i - 261) / 4);
      LITERALS_AND_LENGTHS[i] = PrefixCode.number(base, extra);
      base += 1 << extra;
    }
    LITERALS_AND_LENGTHS[285] = PrefixCode.number(LONGEST_MATCH, 0);
    for (int i = 0, base = 1; i < 30; i++) {
      int extra = Math.max(0, (i - 2) / 2);
      DISTANCES[i] = PrefixCode.number(base, extra);
      base += 1 << extra;
    }
    for (int i = 0; i < 19; i++) {
      // One more, because a meaning of 0 is none.
      CODE_LENGTHS[i] = PrefixCode.number(i + 1, 0);
    }
  }

  private enum State { BETWEEN_BLOCKS, STORED, CODED, DONE }

  private static final ThreadLocal<InflateSource> OF_THREAD = ThreadLocal.withInitial(InflateSource::new);

  private final PackedBits in = new PackedBits();
  private State state = State.DONE;
  private boolean lastBlock;
  private int stored;
  private final byte[] lengths = new byte[288 + 32];
  private final PrefixCode codeLengths = new PrefixCode(7, CODE_LENGTHS);
  private final PrefixCode literals = new PrefixCode(11, LITERALS_AND_LENGTHS);
  private final PrefixCode distances = new PrefixCode(8, DISTANCES);

  /** Unpacked bytes, up to {@code out}; handed out up to {@code given}. What was handed out stays as history. */
  private final byte[] window = new byte[3 * HISTORY + LONGEST_MATCH + SLACK];

  private int given;
  private int out;
  private final Adler32 checksum = new Adler32();

  /** The one of this thread, so that its 130 kB of tables and window are not made for every plane. */
  static InflateSource ofThread() {
    return OF_THREAD.get();
  }

  /** Begins with data in one piece. */
  InflateSource start(ByteBuffer packed) throws CorruptPlaneException {
    return start(packed, () -> null);
  }

  /** Begins with data in pieces, and drops what is left of others. */
  InflateSource start(ByteBuffer firstPiece, PackedBits.Pieces more) throws CorruptPlaneException {
    state = State.BETWEEN_BLOCKS;
    lastBlock = false;
    given = 0;
    out = 0;
    checksum.reset();
    in.start(firstPiece, more);
    int method = in.take(8);
    int flags = in.take(8);
    if ((method << 8 | flags) % 31 != 0 || (method & 0xF) != 8 || method >>> 4 > 7) {
      throw new CorruptPlaneException("compressed data do not start as zlib data do");
    }
    if ((flags & 0x20) != 0) {
      throw new CorruptPlaneException("compressed data want a preset dictionary");
    }
    return this;
  }

  @Override
  public void read(byte[] into, int offset, int length) throws CorruptPlaneException {
    int done = 0;
    while (done < length) {
      if (given == out) {
        unpack();
      }
      int n = Math.min(length - done, out - given);
      if (n == 0) {
        throw new CorruptPlaneException("compressed data end %d bytes early".formatted(length - done));
      }
      System.arraycopy(window, given, into, offset + done, n);
      given += n;
      done += n;
    }
  }

  @Override
  public void finish() throws CorruptPlaneException {
    if (given == out) {
      unpack();
    }
    if (given < out) {
      throw new CorruptPlaneException("compressed data hold more than the image");
    }
  }

  /** Unpacks until the window is full or the data end. */
  private void unpack() throws CorruptPlaneException {
    if (out > HISTORY) {
      System.arraycopy(window, out - HISTORY, window, 0, HISTORY);
      out = HISTORY;
      given = HISTORY;
    }
    while (state != State.DONE && out < 3 * HISTORY) {
      int from = out;
      switch (state) {
        case BETWEEN_BLOCKS -> nextBlock();
        case STORED -> copyStored();
        case CODED -> decode();
        case DONE -> {}
      }
      in.checkEnd();
      checksum.update(window, from, out - from);
    }
  }

  private void nextBlock() throws CorruptPlaneException {
    if (lastBlock) {
      checkSum();
      return;
    }
    lastBlock = in.take(1) == 1;
    state = State.CODED;
    switch (in.take(2)) {
      case 0 -> {
        in.align();
        stored = in.take(16);
        if ((in.take(16) ^ 0xFFFF) != stored) {
          throw new CorruptPlaneException("compressed data hold a stored block of unclear length");
        }
        in.align();
        state = State.STORED;
      }
      case 1 -> {
        Arrays.fill(lengths, 0, 144, (byte) 8);
        Arrays.fill(lengths, 144, 256, (byte) 9);
        Arrays.fill(lengths, 256, 280, (byte) 7);
        Arrays.fill(lengths, 280, 288, (byte) 8);
        Arrays.fill(lengths, 288, 320, (byte) 5);
        defineCodes(288, 32);
      }
      case 2 -> readCodes();
      default -> throw new CorruptPlaneException("compressed data hold a block of unknown kind");
    }
  }

  private void checkSum() throws CorruptPlaneException {
    in.align();
    int expected = Integer.reverseBytes(in.take(32));
    if (expected != (int) checksum.getValue()) {
      throw new CorruptPlaneException("the checksum of the compressed data is wrong");
    }
    state = State.DONE;
  }

  private void defineCodes(int literalCount, int distanceCount) throws CorruptPlaneException {
    literals.define(lengths, 0, literalCount);
    literals.joinLiterals();
    distances.define(lengths, literalCount, distanceCount);
  }

  /** Reads the codes of a block, which are packed themselves (RFC 1951, section 3.2.7). */
  private void readCodes() throws CorruptPlaneException {
    int literalCount = 257 + in.take(5);
    int distanceCount = 1 + in.take(5);
    int codeLengthCount = 4 + in.take(4);
    if (literalCount > 286 || distanceCount > 30) {
      throw new CorruptPlaneException("compressed data define too many codes");
    }
    Arrays.fill(lengths, 0, 19, (byte) 0);
    for (int i = 0; i < codeLengthCount; i++) {
      lengths[CODE_LENGTH_ORDER[i]] = (byte) in.take(3);
    }
    codeLengths.define(lengths, 0, 19);
    int all = literalCount + distanceCount;
    int[] table = codeLengths.table();
    for (int i = 0; i < all; ) {
      in.refill();
      int entry = table[(int) in.bits & (table.length - 1)];
      if (entry == 0) {
        throw new CorruptPlaneException("compressed data hold an unknown code");
      }
      int symbol = PrefixCode.number(entry, in.bits) - 1;
      in.take(PrefixCode.consumed(entry));
      if (symbol == 16 && i == 0) {
        throw new CorruptPlaneException("compressed data repeat a code that is not there");
      }
      byte value = (byte) (symbol < 16 ? symbol : symbol == 16 ? lengths[i - 1] : 0);
      int times = switch (symbol) {
        case 16 -> 3 + in.take(2);
        case 17 -> 3 + in.take(3);
        case 18 -> 11 + in.take(7);
        default -> 1;
      };
      if (times > all - i) {
        throw new CorruptPlaneException("compressed data define too many codes");
      }
      Arrays.fill(lengths, i, i + times, value);
      i += times;
    }
    if (lengths[END_OF_BLOCK] == 0) {
      throw new CorruptPlaneException("compressed data hold a block without an end");
    }
    defineCodes(literalCount, distanceCount);
  }

  private void copyStored() throws CorruptPlaneException {
    while (stored > 0 && out < 3 * HISTORY) {
      int n = in.copy(window, out, Math.min(stored, 3 * HISTORY - out));
      out += n;
      stored -= n;
    }
    if (stored == 0) {
      state = State.BETWEEN_BLOCKS;
    }
  }

  /**
   * Unpacks literals and repeats until the window is full or the block ends. All that changes is held in local variables,
   * which the compiler keeps in registers. A refill gives 56 bits or more: enough for four indexes of 11, or for a longest
   * repeat (15 + 5 + 15 + 13).
   */
  private void decode() throws CorruptPlaneException {
    byte[] packed = in.bytes;
    byte[] unpacked = window;
    int[] literalTable = literals.table();
    int literalMask = literalTable.length - 1;
    int[] distanceTable = distances.table();
    int distanceMask = distanceTable.length - 1;
    long bits = in.bits;
    int count = in.count;
    int at = in.at;
    int safe = in.safe;
    int o = out;
    while (o < 3 * HISTORY) {
      if (at > safe) {
        in.at = at;
        in.pull();
        at = in.at;
        safe = in.safe;
      }
      bits |= (long) PackedBits.LONG.get(packed, at) << count;
      at += (63 - count) >>> 3;
      count |= 56;

      int entry = literalTable[(int) bits & literalMask];
      for (int i = 0; i < 4 && (entry & PrefixCode.LITERALS) != 0; i++) {
        INT.set(unpacked, o, PrefixCode.literals(entry));
        o += PrefixCode.literalCount(entry);
        bits >>>= entry;
        count -= PrefixCode.consumed(entry);
        entry = literalTable[(int) bits & literalMask];
      }
      if ((entry & PrefixCode.LITERALS) != 0) {
        continue;
      }

      bits |= (long) PackedBits.LONG.get(packed, at) << count;
      at += (63 - count) >>> 3;
      count |= 56;
      if (entry == 0) {
        entry = literals.search(bits);
      }
      long lengthBits = bits;
      bits >>>= entry;
      count -= PrefixCode.consumed(entry);
      if ((entry & PrefixCode.LITERALS) != 0) {
        unpacked[o++] = (byte) PrefixCode.literals(entry);
        continue;
      }
      if (entry >= END_MARK) {
        state = State.BETWEEN_BLOCKS;
        break;
      }
      int end = o + PrefixCode.number(entry, lengthBits);

      entry = distanceTable[(int) bits & distanceMask];
      if (entry == 0) {
        entry = distances.search(bits);
      }
      int distance = PrefixCode.number(entry, bits);
      bits >>>= entry;
      count -= PrefixCode.consumed(entry);
      if (distance > o) {
        throw new CorruptPlaneException("compressed data repeat what was never there");
      }
      if (distance >= Long.BYTES) {
        for (; o < end; o += Long.BYTES) {
          PackedBits.LONG.set(unpacked, o, (long) PackedBits.LONG.get(unpacked, o - distance));
        }
      } else {
        for (; o < end; o++) {
          unpacked[o] = unpacked[o - distance];
        }
      }
      o = end;
    }
    in.bits = bits;
    in.count = count;
    in.at = at;
    out = o;
  }
}
