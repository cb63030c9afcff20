package io.dcmix.app.publish;

import io.dcmix.app.Amount;
import io.dcmix.app.run.Shutdown;
import io.dcmix.core.cli.CliException;
import io.dcmix.core.cli.ProgressBar;
import io.dcmix.schema.WellKey;
import io.dcmix.streams.publish.ArchivePublisher;
import io.dcmix.streams.publish.ArchivePublisher.Published;
import io.dcmix.streams.publish.PublishObserver;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** Publishes plates one after the other: paced, held back, watched by a person, ended by Ctrl-C. Used by one thread. */
final class Publishing {
  private static final Duration LOOK_EVERY = Duration.ofMillis(250);

  private final String lane;
  private final ArchivePublisher publisher;
  private final Speed speed;
  private final @Nullable AheadLimit ahead;
  private final Shutdown shutdown;

  /** @param ahead null if nobody is waited for */
  Publishing(String lane, ArchivePublisher publisher, Speed speed, @Nullable AheadLimit ahead, Shutdown shutdown) {
    this.lane = lane;
    this.publisher = publisher;
    this.speed = speed;
    this.ahead = ahead;
    this.shutdown = shutdown;
  }

  /**
   * Publishes what is not published yet.
   *
   * @throws CliException if Kafka refuses, another publisher took over, or Ctrl-C came
   */
  PublishSummary publish(List<PlateSource> plates) throws InterruptedException {
    long planes = plates.stream().mapToLong(plate -> plate.archive().planes().size()).sum();
    long start = System.nanoTime();
    List<Published> published = new ArrayList<>();
    try (ProgressBar bar = ProgressBar.start("Publishing into lane " + lane, planes)) {
      long done = 0;
      for (PlateSource plate : plates) {
        Watcher watcher = new Watcher(bar, done, plates.size() == 1 ? "" : "plate %d of %d".formatted(published.size() + 1, plates.size()));
        published.add(publisher.publish(plate.archive(), plate.acquisition(), plate.map(), watcher));
        done += plate.archive().planes().size();
        bar.update(done, "");
        if (watcher.pace.isTimeless()) {
          System.err.println("Note: plate %s does not say when all of its images were acquired; those went out without a pause".formatted(plate.key().plate()));
        }
      }
    } catch (IOException e) {
      throw stopped(e, new CliException(String.valueOf(e.getMessage()), e));
    } catch (RuntimeException e) {
      throw stopped(e, e);
    } catch (InterruptedException e) {
      throw stopped(e, new CliException("Interrupted", e));
    }
    return new PublishSummary(lane, published, (System.nanoTime() - start) / 1e9);
  }

  /** After Ctrl-C all sorts of things fail, and none of them matters. */
  private RuntimeException stopped(Exception what, RuntimeException otherwise) throws InterruptedException {
    return shutdown.await(Duration.ZERO)
        ? new CliException("Stopped. The plate stays announced as started; the same command goes on behind the last whole well", what)
        : otherwise;
  }

  /** One plate. */
  private final class Watcher implements PublishObserver {
    private final ProgressBar bar;
    private final long before;
    private final String which;
    private final Pace pace = new Pace(speed);
    private final long start = System.nanoTime();
    private long bytes;
    private long images;

    Watcher(ProgressBar bar, long before, String which) {
      this.bar = bar;
      this.before = before;
      this.which = which;
    }

    @Override
    public void images(long done) {
      images = done;
      show(bytes == 0 ? "" : "%.1f MB/s".formatted(bytes / 1e6 / Math.max(1e-3, (System.nanoTime() - start) / 1e9)));
    }

    private void show(String what) {
      bar.update(before + images, which.isEmpty() || what.isEmpty() ? which + what : which + ", " + what);
    }

    @Override
    public boolean isDue(WellKey well, @Nullable Instant acquiredAt, long open) throws InterruptedException {
      return !isTooFarAhead(open) && pace.until(acquiredAt, System.nanoTime()).isZero();
    }

    @Override
    public void await(WellKey well, @Nullable Instant acquiredAt) throws InterruptedException {
      while (isTooFarAhead(0)) {
        show("%s ahead, waits for the processor of lane %s ('dcmix run --lane %s')".formatted(Amount.text(ahead == null ? 0 : ahead.bytes()), lane, lane));
        pause(LOOK_EVERY);
      }
      while (true) {
        Duration wait = pace.until(acquiredAt, System.nanoTime());
        if (wait.isZero()) {
          return;
        }
        show("waits for the time of well " + well.well());
        pause(wait.compareTo(LOOK_EVERY) < 0 ? wait : LOOK_EVERY);
      }
    }

    private boolean isTooFarAhead(long open) throws InterruptedException {
      try {
        return ahead != null && ahead.isReached(open);
      } catch (ExecutionException e) {
        throw new CliException("Kafka does not say how far the processor of lane %s is: %s".formatted(lane, e.getMessage()), e);
      }
    }

    private void pause(Duration time) throws InterruptedException {
      // A wait shorter than a millisecond would be none, again and again.
      if (shutdown.await(time.plusMillis(1))) {
        throw new InterruptedException("asked to end");
      }
    }

    @Override
    public void sent(SentWell well) {
      bytes += well.bytes();
      if (ahead != null) {
        ahead.sent(well);
      }
    }
  }
}
