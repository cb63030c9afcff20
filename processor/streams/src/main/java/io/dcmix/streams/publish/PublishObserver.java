package io.dcmix.streams.publish;

import io.dcmix.schema.WellKey;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Watches a publisher at work, and holds it back where it should go slower. All calls come from the publishing thread. */
@FunctionalInterface
public interface PublishObserver {
  /**
   * A well that is published: its transaction is committed.
   *
   * @param partition of image-events that it went to
   * @param lastOffset of its last image there; -1 if it has none
   * @param images number of its image events
   * @param bytes of its image events
   */
  record SentWell(WellKey well, int partition, long lastOffset, int images, long bytes) {}

  /** So many images of the plate are done, those that were published before included. */
  void images(long done);

  /**
   * Whether the first image of a well may go out now; else {@link #await} comes.
   *
   * @param acquiredAt when the microscope took it, where known
   * @param open bytes of the wells before it whose transaction is still open
   */
  default boolean isDue(WellKey well, @Nullable Instant acquiredAt, long open) throws InterruptedException {
    return true;
  }

  /** Returns when the well may go out. No transaction is open meanwhile: whoever waits here holds nobody else up. */
  default void await(WellKey well, @Nullable Instant acquiredAt) throws InterruptedException {}

  default void sent(SentWell well) {}
}
