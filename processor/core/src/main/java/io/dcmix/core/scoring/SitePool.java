package io.dcmix.core.scoring;

import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * A fixed number of off-heap buffers, each for one site's pixels [C, H, W]. A buffer is made when it is first needed and then
 * used again and again.
 *
 * <p>Not thread-safe: guarded by its scorer's lock. The buffers themselves are handed from thread to thread under that lock.
 */
final class SitePool {
  /** A cache line, and what vector instructions like. */
  private static final long ALIGNMENT = 64;

  private final Arena arena = Arena.ofShared();
  private final Deque<ByteBuffer> free = new ArrayDeque<>();
  private final int siteBytes;
  private final int slots;
  private int made;

  SitePool(int slots, int siteBytes) {
    this.slots = slots;
    this.siteBytes = siteBytes;
  }

  /** A buffer with whatever was in it; null if all are taken. */
  @Nullable ByteBuffer take() {
    ByteBuffer buffer = free.poll();
    if (buffer == null && made < slots) {
      made++;
      return arena.allocate(siteBytes, ALIGNMENT).asByteBuffer().order(ByteOrder.nativeOrder());
    }
    return buffer;
  }

  void giveBack(ByteBuffer buffer) {
    // The one used last is taken first: it may still be in a cache.
    free.push(buffer);
  }

  boolean hasFree() {
    return !free.isEmpty() || made < slots;
  }

  long bytes() {
    return (long) slots * siteBytes;
  }

  long usedBytes() {
    return (long) (made - free.size()) * siteBytes;
  }

  /** Frees everything; whoever still uses a buffer must be gone. */
  void close() {
    arena.close();
  }
}
