package io.dcmix.streams.trace;

import io.dcmix.core.scoring.SiteOutcome;
import io.dcmix.schema.event.WellFailure;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is remembered of a well until it has a result, and spans are made of it. In memory alone; of one thread. */
final class WellTrace {
  /** A well is published in one transaction or a few; more are not linked. */
  private static final int MAX_LINKS = 8;

  final Instant startedAt;
  final boolean restored;
  /** When it last became known that a plane is here, or will not come. */
  Instant assembledAt;
  long images;
  /** Headers of its images that name a span, each once: the first is the parent. */
  final List<byte[]> parents = new ArrayList<>(1);
  final List<Flight> flights = new ArrayList<>();
  final List<WellFailure> siteFailures = new ArrayList<>(0);
  private final Map<Integer, Instant> complete = new HashMap<>();

  /**
   * A site's way through the scorer.
   *
   * @param completeAt when it was complete; null if nobody saw that
   */
  record Flight(SiteOutcome outcome, @Nullable Instant completeAt, Instant landedAt) {}

  WellTrace(Instant startedAt, boolean restored) {
    this.startedAt = startedAt;
    this.restored = restored;
    this.assembledAt = startedAt;
  }

  void image(byte @Nullable [] header, Instant now) {
    images++;
    assembledAt = now;
    if (header != null && parents.size() < MAX_LINKS && parents.stream().noneMatch(known -> Arrays.equals(known, header))) {
      parents.add(header);
    }
  }

  void complete(int site, Instant now) {
    complete.put(site, now);
  }

  void landed(SiteOutcome outcome, Instant now) {
    flights.add(new Flight(outcome, complete.get(outcome.ticket().site().site()), now));
  }
}
