package io.dcmix.core.scoring;

/**
 * What a submission is for, handed back with its outcome.
 *
 * @param site the site
 * @param version version of the site's planes; an outcome of another version is stale
 * @param explain whether the score shall tell the importance of the channels
 */
public record SiteTicket(SiteId site, int version, Explain explain) {
  /** Whether a site's score tells the importance of its channels, at the cost of one more pass a channel. */
  public enum Explain {
    NO,
    /** Only if the site alone would be a hit, which its plain score tells. */
    IF_HIT,
    YES
  }
}
