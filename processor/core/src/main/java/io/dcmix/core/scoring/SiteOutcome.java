package io.dcmix.core.scoring;

import io.dcmix.core.model.SiteScore;
import io.dcmix.schema.event.FailureReason;
import io.dcmix.schema.event.PlaneQuality;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How the scoring of a site ended. A failure is a value: it belongs to the site, not to the processor. */
public sealed interface SiteOutcome {
  SiteTicket ticket();

  /** What its images look like, one a channel in the model's order; of a failed site those that were decoded. */
  List<PlaneQuality> quality();

  /** When it went through the scorer; null unless that was asked for. */
  @Nullable SitePassage passage();

  /** The same outcome with what was measured of the images. */
  SiteOutcome withQuality(List<PlaneQuality> measured);

  /** The same outcome with when it went through the scorer. */
  SiteOutcome withPassage(SitePassage told);

  /**
   * The site has a score.
   *
   * @param device where it was computed
   * @param modelSha256 the model file that it was computed with: not always the one that served when the site was submitted
   */
  record Scored(SiteTicket ticket, SiteScore score, String device, String modelSha256, List<PlaneQuality> quality, @Nullable SitePassage passage)
      implements SiteOutcome {
    /** Nothing is told of times. */
    public Scored(SiteTicket ticket, SiteScore score, String device, String modelSha256, List<PlaneQuality> quality) {
      this(ticket, score, device, modelSha256, quality, null);
    }

    /** Nothing was measured. */
    public Scored(SiteTicket ticket, SiteScore score, String device, String modelSha256) {
      this(ticket, score, device, modelSha256, List.of());
    }

    @Override
    public Scored withQuality(List<PlaneQuality> measured) {
      return new Scored(ticket, score, device, modelSha256, measured, passage);
    }

    @Override
    public Scored withPassage(SitePassage told) {
      return new Scored(ticket, score, device, modelSha256, quality, told);
    }
  }

  /**
   * The site cannot be scored, and trying again would not help.
   *
   * @param channel channel whose plane is the cause, where there is one
   * @param z focal plane of that plane
   * @param message what happened, with the place
   */
  record Failed(
      SiteTicket ticket, FailureReason reason, @Nullable String channel, int z, String message, List<PlaneQuality> quality, @Nullable SitePassage passage)
      implements SiteOutcome {
    /** Nothing was measured. */
    public Failed(SiteTicket ticket, FailureReason reason, @Nullable String channel, int z, String message) {
      this(ticket, reason, channel, z, message, List.of(), null);
    }

    /** No plane is the cause, or that of focal plane 0; nothing was measured. */
    public Failed(SiteTicket ticket, FailureReason reason, @Nullable String channel, String message) {
      this(ticket, reason, channel, 0, message);
    }

    @Override
    public Failed withQuality(List<PlaneQuality> measured) {
      return new Failed(ticket, reason, channel, z, message, measured, passage);
    }

    @Override
    public Failed withPassage(SitePassage told) {
      return new Failed(ticket, reason, channel, z, message, quality, told);
    }
  }
}
