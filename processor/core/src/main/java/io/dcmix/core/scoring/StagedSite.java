package io.dcmix.core.scoring;

import io.dcmix.core.quality.QualityPolicy;
import io.dcmix.core.quality.QualityPolicy.Refusal;
import io.dcmix.core.scoring.SitePassage.Interval;
import io.dcmix.schema.event.FailureReason;
import io.dcmix.schema.event.PlaneQuality;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A site that holds a buffer: its planes arrive, are decoded into their slices, and with the last of them it can be scored.
 *
 * <p>Not thread-safe: guarded by its scorer's lock, but for {@link #slice} and {@link #pixels}, which belong to whoever
 * decodes that plane or scores the site.
 */
final class StagedSite {
  /** Where a slice stands. */
  private enum Slice {
    EMPTY,
    /** Somebody reads or decodes it. */
    PENDING,
    /** Somebody does, for a plane that was replaced meanwhile. */
    STALE,
    READY,
    FAILED
  }

  /** Why a plane is of no use. */
  record PlaneFailure(FailureReason reason, int z, String message) {}

  private final SiteId id;
  private final ByteBuffer pixels;
  private final int planeBytes;
  private final Slice[] slices;
  private final @Nullable SitePlane[] contents;
  private final @Nullable PlaneFailure[] failures;
  private final @Nullable PlaneQuality[] quality;
  private int pending;
  private long touchedNanos;
  private long readyNanos;
  private int decoded;
  private long decodeFrom;
  private long decodeTo;
  private long decodeNanos;
  private @Nullable SiteTicket ticket;
  private @Nullable List<SitePlane> planes;
  private boolean dropped;
  private boolean started;

  StagedSite(SiteId id, ByteBuffer pixels, int channels, int planeBytes) {
    this.id = id;
    this.pixels = pixels;
    this.planeBytes = planeBytes;
    this.slices = new Slice[channels];
    Arrays.fill(slices, Slice.EMPTY);
    this.contents = new SitePlane[channels];
    this.failures = new PlaneFailure[channels];
    this.quality = new PlaneQuality[channels];
  }

  SiteId id() {
    return id;
  }

  /** All pixels, [C, H, W]. */
  ByteBuffer pixels() {
    return pixels;
  }

  /** The buffer of one plane. */
  ByteBuffer slice(int channel) {
    return pixels.slice(channel * planeBytes, planeBytes).order(pixels.order());
  }

  /**
   * Claims a slice for a plane. Returns whether the caller is now the one to fill it; otherwise it is filled or being filled
   * already, or is still in use for a plane that this one replaces.
   */
  boolean claim(int channel, SitePlane plane, long nowNanos) {
    touchedNanos = nowNanos;
    boolean same = plane.equals(contents[channel]);
    switch (slices[channel]) {
      case EMPTY -> {}
      case PENDING -> {
        if (!same) {
          slices[channel] = Slice.STALE;
        }
        return false;
      }
      case STALE -> {
        return false;
      }
      case READY, FAILED -> {
        if (same) {
          return false;
        }
      }
    }
    slices[channel] = Slice.PENDING;
    contents[channel] = plane;
    failures[channel] = null;
    quality[channel] = null;
    pending++;
    return true;
  }

  /** A claimed slice was filled, and measured, or could not be. */
  void landed(int channel, @Nullable PlaneFailure failure, @Nullable PlaneQuality measured) {
    pending--;
    if (slices[channel] == Slice.STALE) {
      slices[channel] = Slice.EMPTY;
      contents[channel] = null;
    } else {
      slices[channel] = failure == null ? Slice.READY : Slice.FAILED;
      failures[channel] = failure;
      quality[channel] = measured;
    }
  }

  /** A plane was decoded between these times. */
  void decoded(long fromNanos, long toNanos) {
    decodeFrom = decoded == 0 ? fromNanos : Math.min(decodeFrom, fromNanos);
    decodeTo = decoded == 0 ? toNanos : Math.max(decodeTo, toNanos);
    decodeNanos += toNanos - fromNanos;
    decoded++;
  }

  /** When it went through; the run of the model, if there was one, took this time in a batch of so many. */
  SitePassage passage(@Nullable Interval run, int sites, Instant now, long nowNanos) {
    return new SitePassage(
        decoded == 0 ? null : Interval.of(decodeFrom, decodeTo, now, nowNanos), decoded, Duration.ofNanos(decodeNanos), run, sites);
  }

  /** What was measured of its images, in the model's order of channels. */
  List<PlaneQuality> quality() {
    return Arrays.stream(quality).filter(Objects::nonNull).toList();
  }

  /** The site is complete and has this buffer for good. */
  void reserve(SiteTicket as, List<SitePlane> complete) {
    ticket = as;
    planes = complete;
  }

  @Nullable SiteTicket ticket() {
    return ticket;
  }

  @Nullable List<SitePlane> planes() {
    return planes;
  }

  /** Whether the buffer can be taken away: the site is incomplete, and nobody writes to it. */
  boolean revocable() {
    return ticket == null && pending == 0 && !dropped;
  }

  boolean busy() {
    return pending > 0;
  }

  /** Nobody wants its outcome any more. */
  void drop() {
    dropped = true;
  }

  boolean dropped() {
    return dropped;
  }

  /** Claims the last step, which only one may take. Returns whether the caller is the one. */
  boolean start() {
    boolean first = !started;
    started = true;
    return first;
  }

  long touchedNanos() {
    return touchedNanos;
  }

  /** All planes are there since now. */
  void ready(long nowNanos) {
    readyNanos = nowNanos;
  }

  long readyNanos() {
    return readyNanos;
  }

  /**
   * The outcome of a reserved site one of whose planes is of no use or refused by the policy, the first in the model's order; null
   * if there is none.
   */
  SiteOutcome.@Nullable Failed failure(SiteTicket as, List<SitePlane> complete, QualityPolicy policy) {
    for (int c = 0; c < complete.size(); c++) {
      SitePlane plane = complete.get(c);
      PlaneFailure failure = failures[c];
      if (failure != null) {
        return new SiteOutcome.Failed(as, failure.reason(), plane.channel(), failure.z(), failure.message());
      }
      PlaneQuality measured = quality[c];
      Refusal refusal = measured == null ? null : policy.refusal(measured);
      if (refusal != null) {
        return new SiteOutcome.Failed(as, refusal.reason(), plane.channel(), plane.layers().getFirst().z(), refusal.message());
      }
    }
    return null;
  }
}
