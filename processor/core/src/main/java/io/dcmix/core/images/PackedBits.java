package io.dcmix.core.images;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Packed data as a stream of bits, the lowest of each byte first. They are copied through one small buffer, so that the inner
 * loop of {@link InflateSource}, which works on these fields itself, meets one kind of memory and no border between pieces.
 */
final class PackedBits {
  /** Hands out the packed data, piece by piece; null at the end. */
  interface Pieces {
    @Nullable ByteBuffer next() throws CorruptPlaneException;
  }

  /** A long of the bytes, the first one lowest. */
  static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final int CHUNK = 1 << 14;

  /** What may be read at once: two longs, the second one up to seven bytes behind the first. */
  private static final int READ = 15;

  /** Where the last piece ends, this many zeros follow it: the bytes that {@link #bits} may hold, and a read behind them. */
  private static final int PADDING = 8 + READ + 1;

  /** Bytes behind {@link #at} that stay where they are, because {@link #align} may give them back. */
  private static final int KEPT = 8;

  final byte[] bytes = new byte[CHUNK + PADDING];

  /** The next byte that is not yet in {@link #bits}. */
  int at;

  /** The last position from which {@value #READ} bytes can be read. */
  int safe;

  /** The next bits, {@link #count} of them valid; those above are either 0 or what will come there anyway. */
  long bits;

  int count;

  private int end;
  private boolean last;
  private @Nullable ByteBuffer piece;
  private Pieces more = () -> null;

  void start(ByteBuffer firstPiece, Pieces morePieces) throws CorruptPlaneException {
    piece = firstPiece;
    more = morePieces;
    last = false;
    at = 0;
    end = 0;
    bits = 0;
    count = 0;
    pull();
  }

  /** Takes up to 32 bits. */
  int take(int wanted) throws CorruptPlaneException {
    if (count < wanted) {
      refill();
    }
    int taken = (int) (bits & ~(-1L << wanted));
    bits >>>= wanted;
    count -= wanted;
    return taken;
  }

  /** Makes at least 56 bits valid. */
  void refill() throws CorruptPlaneException {
    if (at > safe) {
      pull();
    }
    bits |= (long) LONG.get(bytes, at) << count;
    at += (63 - count) >>> 3;
    count |= 56;
  }

  /** Goes on at the next whole byte, and leaves no bits but those. */
  void align() {
    at -= count >>> 3;
    bits = 0;
    count = 0;
  }

  /** Copies whole bytes, as many as are at hand but at least one. Only after {@link #align}. */
  int copy(byte[] into, int offset, int most) throws CorruptPlaneException {
    if (at >= end) {
      pull();
    }
    int n = Math.min(most, end - at);
    if (n <= 0) {
      throw endsEarly();
    }
    System.arraycopy(bytes, at, into, offset, n);
    at += n;
    return n;
  }

  /** Refuses to have taken more bits than there were. */
  void checkEnd() throws CorruptPlaneException {
    if (8 * at - count > 8 * end) {
      throw endsEarly();
    }
  }

  /** Moves on to bytes that can be read from {@link #at} to {@link #safe}. */
  void pull() throws CorruptPlaneException {
    if (last) {
      throw endsEarly();
    }
    int kept = Math.max(0, at - KEPT);
    System.arraycopy(bytes, kept, bytes, 0, end - kept);
    at -= kept;
    end -= kept;
    while (piece != null && end < CHUNK) {
      int n = Math.min(piece.remaining(), CHUNK - end);
      piece.get(bytes, end, n);
      end += n;
      if (!piece.hasRemaining()) {
        piece = more.next();
      }
    }
    last = piece == null;
    if (last) {
      Arrays.fill(bytes, end, end + PADDING, (byte) 0);
    }
    safe = last ? end + 8 : end - READ;
  }

  private static CorruptPlaneException endsEarly() {
    return new CorruptPlaneException("compressed data end early");
  }
}
