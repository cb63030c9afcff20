package io.dcmix.streams;

import java.util.Locale;

/** Who has to do with a lane, each with rights of their own. */
public enum LaneRole {
  /** Publishes plates: {@code publish}, {@code replay}, {@code plate-map}. */
  PUBLISHER,
  /** Scores them: {@code run}, {@code rescore}. */
  PROCESSOR,
  /** Reads results: the page, {@code compare}, sinks. */
  READER,
  /** Creates topics, resets lanes, forgets plates. */
  ADMIN;

  /** As on the command line: {@code publisher}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
