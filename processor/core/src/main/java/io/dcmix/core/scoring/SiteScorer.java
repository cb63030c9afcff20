package io.dcmix.core.scoring;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Scores complete sites behind the back of the stream threads.
 *
 * <p>Threading: called by any number of stream threads; none of the calls but {@link #awaitRoom} blocks. Outcomes wait until
 * the task that submitted drains them, because only its own thread may forward them.
 */
public interface SiteScorer extends AutoCloseable {
  /**
   * Tries to get a plane ready before its site is complete. Without room nothing happens, and the plane is read through its
   * pointer when its site is submitted.
   *
   * @param payload the encoded image, which nobody changes from now on; null if it is not here and must be read
   */
  void offer(SiteId site, SitePlane plane, @Nullable ByteBuffer payload);

  /**
   * Takes a complete site. A site that is with the scorer is not submitted again before its outcome.
   *
   * @param planes one a channel, in the model's order
   * @return false if there is no room now; the caller still owns the site and tries again later
   */
  boolean submit(SiteTicket ticket, List<SitePlane> planes);

  /**
   * Waits until the scorer has caught up enough to take more planes and sites, at most that long; returns whether it has. It
   * never waits for a plane that is yet to be offered.
   */
  boolean awaitRoom(Duration atMost);

  /**
   * Takes the outcomes of a task, in the order in which they ended.
   *
   * @throws DeviceSickException if the device failed on good input: nothing that it says may be published
   */
  List<SiteOutcome> drain(String task, long generation);

  /** Why the device counts as sick; null while it is well. Asked for readiness, so that nobody waits for a drain to hear of it. */
  default @Nullable DeviceSickException sickness() {
    return null;
  }

  /** Drops what a closed task has here; does not wait for what is running. */
  void forget(String task, long generation);

  @Override
  void close();

  /** The device fails on input that is known to be good. The process must end, so that another machine takes over. */
  final class DeviceSickException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public DeviceSickException(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
