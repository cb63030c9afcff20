package io.dcmix.core.source;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How much may be fetched at once: a number of fetches, and the bytes of what is being fetched or used. Who comes first is
 * served first, so that small payloads do not starve a large one.
 *
 * <p>Threading: any number of threads; the semaphores are the hand-off.
 */
final class FetchBudget {
  /** Semaphores count in int. */
  private static final int UNIT = 4096;

  private final Semaphore slots;
  private final Semaphore units;
  private final Duration patience;
  private final AtomicLong progress = new AtomicLong();

  /**
   * Prepares a budget.
   *
   * @param patience if nothing at all ends for so long, what runs counts as stuck
   */
  FetchBudget(int parallel, long bytes, Duration patience) {
    this.slots = new Semaphore(parallel, true);
    this.units = new Semaphore((int) Math.min(bytes / UNIT, Integer.MAX_VALUE), true);
    this.patience = patience;
  }

  /** Waits for a slot and memory. Returns false, with nothing taken, if all that runs is stuck. */
  boolean take(int bytes) throws InterruptedException {
    if (!acquire(slots, 1)) {
      return false;
    }
    boolean taken = false;
    try {
      taken = acquire(units, units(bytes));
      return taken;
    } finally {
      if (!taken) {
        slots.release();
      }
    }
  }

  private boolean acquire(Semaphore semaphore, int permits) throws InterruptedException {
    long before = progress.get();
    while (!semaphore.tryAcquire(permits, patience.toNanos(), TimeUnit.NANOSECONDS)) {
      if (progress.get() == before) {
        return false;
      }
      before = progress.get();
    }
    return true;
  }

  /** The fetch ended; its bytes are still held. */
  void freeSlot() {
    progress.incrementAndGet();
    slots.release();
  }

  void freeBytes(int bytes) {
    progress.incrementAndGet();
    units.release(units(bytes));
  }

  private static int units(int bytes) {
    return Math.ceilDiv(bytes, UNIT);
  }
}
