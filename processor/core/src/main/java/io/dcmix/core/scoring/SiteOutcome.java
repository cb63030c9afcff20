package io.dcmix.core.scoring;

import io.dcmix.core.model.SiteScore;
import io.dcmix.schema.event.FailureReason;
import org.jspecify.annotations.Nullable;

/** How the scoring of a site ended. A failure is a value: it belongs to the site, not to the processor. */
public sealed interface SiteOutcome {
  SiteTicket ticket();

  /**
   * The site has a score.
   *
   * @param device where it was computed
   */
  record Scored(SiteTicket ticket, SiteScore score, String device) implements SiteOutcome {}

  /**
   * The site cannot be scored, and trying again would not help.
   *
   * @param channel channel whose plane is the cause, where there is one
   * @param z focal plane of that plane
   * @param message what happened, with the place
   */
  record Failed(SiteTicket ticket, FailureReason reason, @Nullable String channel, int z, String message) implements SiteOutcome {
    /** No plane is the cause, or that of focal plane 0. */
    public Failed(SiteTicket ticket, FailureReason reason, @Nullable String channel, String message) {
      this(ticket, reason, channel, 0, message);
    }
  }
}
