package io.dcmix.core.scoring;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * The pixels of a batch in one piece, always of the same number of sites, since a device gives the same bits for the same
 * shape only. One site needs no copy: it is handed on where it lies.
 *
 * <p>Not thread-safe unless it is of one site.
 */
final class Slab {
  private final int sites;
  private final int siteBytes;
  private final MemorySegment memory;
  private final ByteBuffer buffer;
  private int dirty;

  /** A slab for so many sites, in memory of the arena. */
  Slab(Arena arena, int sites, int siteBytes) {
    this.sites = sites;
    this.siteBytes = siteBytes;
    this.memory = sites == 1 ? MemorySegment.NULL : arena.allocate((long) sites * siteBytes, 64);
    this.buffer = memory.asByteBuffer().order(ByteOrder.nativeOrder());
  }

  int sites() {
    return sites;
  }

  /** The sites one behind the other, and zeros up to the full number. */
  ByteBuffer of(List<ByteBuffer> pixels) {
    if (sites == 1) {
      return pixels.getFirst();
    }
    for (int n = 0; n < pixels.size(); n++) {
      buffer.put(n * siteBytes, pixels.get(n), 0, siteBytes);
    }
    if (dirty > pixels.size()) {
      memory.asSlice((long) pixels.size() * siteBytes, (long) (dirty - pixels.size()) * siteBytes).fill((byte) 0);
    }
    dirty = pixels.size();
    return buffer;
  }
}
