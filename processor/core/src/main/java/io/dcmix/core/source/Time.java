package io.dcmix.core.source;

import java.time.Duration;

/** Time as retries see it, so that their tests need not wait. */
interface Time {
  Time SYSTEM = new Time() {
    @Override
    public long nanos() {
      return System.nanoTime();
    }

    @Override
    public void sleep(Duration pause) throws InterruptedException {
      Thread.sleep(pause);
    }
  };

  /** Nanoseconds since some moment. */
  long nanos();

  void sleep(Duration pause) throws InterruptedException;
}
