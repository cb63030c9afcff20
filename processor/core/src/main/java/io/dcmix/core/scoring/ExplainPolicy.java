package io.dcmix.core.scoring;

import io.dcmix.core.scoring.SiteTicket.Explain;
import io.dcmix.schema.WellKey;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which wells get the importance of their channels, which costs one more pass a channel.
 *
 * @param wells kind of choice
 * @param oneIn for a sample: one well in so many; else 1
 */
public record ExplainPolicy(Wells wells, int oneIn) {
  /** Every well. */
  public static final ExplainPolicy ALL = new ExplainPolicy(Wells.ALL, 1);

  /** Wells that are hits: decided on the plain score, explained afterwards. */
  public static final ExplainPolicy HITS = new ExplainPolicy(Wells.HITS, 1);

  /** No well. */
  public static final ExplainPolicy NONE = new ExplainPolicy(Wells.NONE, 1);

  private static final Pattern SAMPLE = Pattern.compile("sample:([1-9][0-9]{0,6})");

  /** Kinds of choice. */
  public enum Wells {
    ALL,
    HITS,
    SAMPLE,
    NONE
  }

  /**
   * Reads {@code all}, {@code hits}, {@code none} or {@code sample:20} (one well in twenty).
   *
   * @throws IllegalArgumentException for anything else; the message lists what is allowed
   */
  public static ExplainPolicy parse(String text) {
    String policy = text.strip().toLowerCase(Locale.ROOT);
    Matcher sample = SAMPLE.matcher(policy);
    if (sample.matches()) {
      return new ExplainPolicy(Wells.SAMPLE, Integer.parseInt(sample.group(1)));
    }
    return switch (policy) {
      case "all" -> ALL;
      case "hits" -> HITS;
      case "none" -> NONE;
      default -> throw new IllegalArgumentException("'" + text + "' must be all, hits, none, or sample:20 for one well in twenty");
    };
  }

  /** What the first scoring of a well's sites shall tell. The same well is always in the sample or never. */
  public Explain first(WellKey well) {
    return switch (wells) {
      case ALL -> Explain.YES;
      case HITS -> Explain.IF_HIT;
      case NONE -> Explain.NO;
      case SAMPLE -> ((well.toString().hashCode() * 0x9E3779B9) >>> 8) % oneIn == 0 ? Explain.YES : Explain.NO;
    };
  }

  @Override
  public String toString() {
    return wells == Wells.SAMPLE ? "sample:" + oneIn : wells.name().toLowerCase(Locale.ROOT);
  }
}
