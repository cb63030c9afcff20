package io.dcmix.core.scoring;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** A fixed number of places, given to whoever waits with the lowest rank, and within a rank in the order of asking. Thread-safe. */
final class Turns {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Queue<Waiter> waiting = new PriorityQueue<>(Comparator.comparingInt(Waiter::rank).thenComparingLong(Waiter::number)); // guarded by lock
  private int free; // below 0 while more run than there are places; guarded by lock
  private long asked; // guarded by lock

  private record Waiter(int rank, long number) {}

  Turns(int places) {
    this.free = places;
  }

  /** Waits for a place; {@link #giveBack} must follow. */
  void take(int rank) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      Waiter own = new Waiter(rank, asked++);
      waiting.add(own);
      try {
        while (free <= 0 || !own.equals(waiting.peek())) {
          changed.await();
        }
        free--;
      } finally {
        waiting.remove(own);
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Takes a place even if none is free; the others wait until it, too, is given back. */
  void takeAtOnce() {
    lock.lock();
    try {
      free--;
    } finally {
      lock.unlock();
    }
  }

  void giveBack() {
    lock.lock();
    try {
      free++;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** How many wait. */
  int waiting() {
    lock.lock();
    try {
      return waiting.size();
    } finally {
      lock.unlock();
    }
  }
}
