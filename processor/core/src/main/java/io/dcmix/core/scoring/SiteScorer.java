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
   * Tries to keep a payload in memory until its site is scored. Without room it is not kept, and is read again through its
   * pointer when needed.
   */
  void offer(PlanePointer pointer, ByteBuffer payload);

  /**
   * Takes a complete site.
   *
   * @param planes one a channel, in the model's order
   * @return false if there is no room now; the caller still owns the site and tries again later
   */
  boolean submit(SiteTicket ticket, List<SitePlane> planes);

  /** Waits until {@link #submit} may have room again, at most that long; returns whether it may. */
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
