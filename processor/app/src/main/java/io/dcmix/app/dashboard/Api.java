package io.dcmix.app.dashboard;

import io.dcmix.app.access.Role;
import io.micronaut.serde.annotation.Serdeable;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The shapes of the HTTP API's JSON. Wells are canonical addresses ({@code B02}), instants are ISO-8601 in UTC, enums are
 * their names, and a number that is not finite is null.
 */
public final class Api {
  private Api() {}

  /** State of a well on the page. */
  public enum WellStatus {
    /** No result yet. */
    PENDING,
    SCORED,
    FAILED
  }

  /** All plates, the one with the newest image first. */
  @Serdeable
  public record Plates(String lane, List<PlateSummary> plates) {}

  /**
   * One imaging run of one plate.
   *
   * @param sequence grows with every change: of two summaries the one with the higher number is the newer
   * @param version grows when what is known of the run or its layout changes; then the details are worth fetching again
   * @param status state of the run: UNKNOWN (nobody announced it), STARTED, FINISHED, ABORTED
   * @param expected results to expect, wells times timepoints; null without an announcement
   * @param scored wells (times timepoints) with a prediction
   * @param failed wells without one that have failed
   * @param hits scored wells, controls left out, whose predicted class is the hit class
   * @param flagged scored wells with a flag
   */
  @Serdeable
  public record PlateSummary(
      String plate,
      String acquisition,
      long sequence,
      int version,
      String status,
      int rows,
      int columns,
      int timepoints,
      @Nullable Integer expected,
      int scored,
      int failed,
      int hits,
      int flagged,
      Controls negativeControls,
      Controls positiveControls,
      @Nullable String instrument,
      @Nullable Instant startedAt,
      @Nullable Instant finishedAt,
      @Nullable Instant lastImageAt) {}

  /**
   * How the controls of one kind came out.
   *
   * @param wells wells with this role in the layout
   * @param scored those with a prediction (times timepoints)
   * @param hits those whose predicted class is the hit class
   */
  @Serdeable
  public record Controls(int wells, int scored, int hits) {}

  /**
   * What is known of a plate besides its results.
   *
   * @param expectedWells addresses that are imaged; empty without an announcement
   * @param layout wells with a known content, addresses as imaged (the layout's orientation is applied)
   * @param hits hits that are no controls, highest hit logit first
   */
  @Serdeable
  public record PlateDetail(
      PlateSummary summary,
      List<String> expectedWells,
      List<Integer> sites,
      List<String> channels,
      List<LayoutWell> layout,
      @Nullable String layoutSource,
      List<WellCell> hits) {}

  /** What is in a well. */
  @Serdeable
  public record LayoutWell(
      String well, String role, @Nullable String treatment, @Nullable Double concentration, @Nullable String unit) {}

  /**
   * A well as the heatmap shows it.
   *
   * @param timepoint 0-based
   * @param hitProbability 0 to 1; null when the well failed
   * @param hitLogit natural-log odds of the hit class against all others; null when the well failed
   * @param reason why the well failed; null when it did not
   */
  @Serdeable
  public record WellCell(
      String well,
      int timepoint,
      WellStatus status,
      int revision,
      boolean hit,
      @Nullable Double hitProbability,
      @Nullable Double hitLogit,
      @Nullable String predictedClass,
      @Nullable String topChannel,
      List<String> flags,
      @Nullable String reason) {}

  /**
   * The hit calls of a run, those that share what decides together.
   *
   * @param groups usually one; more while a change of the rules goes through the plate
   */
  @Serdeable
  public record Calls(String plate, String acquisition, List<CallGroup> groups) {}

  /** Calls that were made in one way, in the order of the plate. */
  @Serdeable
  public record CallGroup(CallBasis basis, List<WellCall> calls) {}

  /**
   * How a call is made; field meanings as in the event HitCall.
   *
   * @param method the score that decides: robust-z, npi, ssmd, b-score
   * @param reference NEGATIVE_CONTROLS or SAMPLES
   * @param direction UP, DOWN or BOTH
   */
  @Serdeable
  public record CallBasis(
      String method,
      String methodVersion,
      String rules,
      String reference,
      String direction,
      @Nullable Double threshold,
      String modelName,
      String modelVersion) {}

  /**
   * Whether a well is a hit; field meanings as in the event HitCall. A score that is not defined is null, and the flags say why.
   *
   * @param sequence grows with every call of the run: of two calls of a well the one with the higher number is the newer
   * @param stage PROVISIONAL or FINAL
   * @param hit null where no call can be made
   * @param role null for a well that the layout does not describe
   */
  @Serdeable
  public record WellCall(
      String well,
      int timepoint,
      long sequence,
      int revision,
      String stage,
      @Nullable Boolean hit,
      @Nullable Double score,
      @Nullable Double hitLogit,
      @Nullable Double hitProbability,
      @Nullable Double robustZ,
      @Nullable Double npi,
      @Nullable Double ssmd,
      @Nullable Double bScore,
      @Nullable Integer rank,
      @Nullable String role,
      @Nullable String treatment,
      @Nullable Double concentration,
      @Nullable String unit,
      boolean edge,
      @Nullable String topChannel,
      List<String> flags) {}

  /**
   * Whether a run can be trusted at one timepoint; field meanings as in the event PlateQuality.
   *
   * @param sequence grows with every word on the run: of two the one with the higher number is the newer
   * @param status UNKNOWN, RUNNING, COMPLETE or PARTIAL
   * @param verdict UNDEFINED, UNUSABLE, MARGINAL or EXCELLENT
   * @param undefined why a statistic is null, by its name
   * @param history how it came to this, by wells seen; since this server runs, or since what the topic still holds
   */
  @Serdeable
  public record Quality(
      String plate,
      String acquisition,
      int timepoint,
      long sequence,
      String status,
      String verdict,
      @Nullable Integer wellsExpected,
      int wellsSeen,
      int wellsFailed,
      int wellsPartial,
      int wellsNoCells,
      int focusFailures,
      int unmapped,
      int positiveControls,
      int negativeControls,
      @Nullable Integer hits,
      @Nullable Double hitRate,
      @Nullable Double zPrime,
      @Nullable Double robustZPrime,
      @Nullable Double ssmd,
      @Nullable Double cvPositive,
      @Nullable Double cvNegative,
      @Nullable Double edgeEffect,
      Map<String, String> undefined,
      boolean controlsMirrored,
      String rules,
      @Nullable String layoutSource,
      List<QualityPoint> history) {}

  /** Plate quality when so many wells had a result or a failure. */
  @Serdeable
  public record QualityPoint(int wells, @Nullable Double zPrime, @Nullable Double hitRate) {}

  /**
   * What needs a person, over all runs.
   *
   * @param sequence grows with every change: of two answers the one with the higher number is the newer
   * @param raised how many are raised now
   * @param resolved how many of those that are kept are resolved
   * @param forgotten how many were given up for lack of room, resolved and harmless ones first
   * @param alerts raised before resolved, severe before harmless, new before old; the first of them
   */
  @Serdeable
  public record Alerts(long sequence, int raised, int resolved, long forgotten, List<AlertEntry> alerts) {}

  /**
   * One thing that is or was wrong; field meanings as in the event Alert.
   *
   * @param state RAISED or RESOLVED
   * @param severity INFO, WARNING or CRITICAL
   * @param resolvedAt null while it is raised
   */
  @Serdeable
  public record AlertEntry(
      String id,
      String plate,
      String acquisition,
      @Nullable Integer timepoint,
      String state,
      String kind,
      String severity,
      @Nullable String channel,
      List<String> wells,
      @Nullable Double value,
      @Nullable Double threshold,
      String message,
      String remedy,
      @Nullable String instrument,
      Instant raisedAt,
      @Nullable Instant resolvedAt) {}

  /** All that is known of a well. */
  @Serdeable
  public record WellDetail(
      String plate,
      String acquisition,
      String well,
      int timepoint,
      WellStatus status,
      @Nullable LayoutWell layout,
      @Nullable Prediction prediction,
      List<Failure> failures) {}

  /** What the model says of a well; field meanings as in the event WellPrediction. */
  @Serdeable
  public record Prediction(
      int revision,
      String predictedClass,
      @Nullable Double predictedProbability,
      String hitClass,
      boolean hit,
      @Nullable Double hitProbability,
      @Nullable Double hitLogit,
      List<ClassProbability> probabilities,
      List<ChannelReading> channels,
      @Nullable String topChannel,
      @Nullable Integer sitesExpected,
      int sitesScored,
      int sitesFailed,
      List<String> flags,
      String modelName,
      String modelVersion,
      String modelSha256,
      String device,
      boolean reproducible,
      int planes,
      @Nullable String instrument,
      Instant acquiredAt,
      Instant lastImageAt) {}

  /** Probability of one class, 0 to 1. */
  @Serdeable
  public record ClassProbability(String name, @Nullable Double probability) {}

  /**
   * One channel of one well.
   *
   * @param contribution share in the blended image, 0 to 1
   * @param importance hit logit with all channels minus without this one; null when the well was not explained
   */
  @Serdeable
  public record ChannelReading(String channel, @Nullable Double contribution, @Nullable Double importance) {}

  /** Why a well, or one site of it, has no result. */
  @Serdeable
  public record Failure(
      int revision,
      @Nullable Integer site,
      @Nullable String channel,
      String reason,
      String message,
      String remedy,
      Instant lastImageAt) {}

  /**
   * The scopes for which channel importance is known: {@code all}, {@code class/hit}, {@code plate/P7/1}.
   *
   * @param ofHits the one over the wells of the hit class, which tells what the hits rest on; {@code all} while there is none
   */
  @Serdeable
  public record Scopes(List<String> scopes, String ofHits) {}

  /**
   * Channel importance of a scope, now and over time.
   *
   * @param latest null when nothing was published for the scope
   * @param series oldest first; channels in the order of latest
   */
  @Serdeable
  public record Importance(String scope, @Nullable ImportanceNow latest, List<ImportancePoint> series) {}

  /** The last aggregate over the wells of a scope. */
  @Serdeable
  public record ImportanceNow(
      Instant windowStart,
      Instant windowEnd,
      long wells,
      String modelName,
      String modelVersion,
      List<ChannelSummary> channels) {}

  /**
   * The three readings of a channel.
   *
   * @param weight in the model's blend; the weights sum to 1
   * @param drift of the mean contribution from the training wells, in their standard deviations; null without a reference
   * @param driftFromStart the same from the plate's first wells; null while there are too few, and beyond plates
   */
  @Serdeable
  public record ChannelSummary(
      String channel,
      @Nullable Double weight,
      Statistics contribution,
      Statistics importance,
      @Nullable Double drift,
      @Nullable Double driftFromStart) {}

  /** Statistics over wells; the numbers are null when nothing was counted. */
  @Serdeable
  public record Statistics(
      long count, @Nullable Double mean, @Nullable Double deviation, @Nullable Double min, @Nullable Double max) {}

  /** Means per channel at one moment. */
  @Serdeable
  public record ImportancePoint(
      Instant at, long wells, List<@Nullable Double> contribution, List<@Nullable Double> importance) {}

  /**
   * How the reading of the topics goes.
   *
   * @param missingTopics result topics that do not exist yet
   * @param records records read since the start
   * @param unreadable records that were skipped because they could not be read
   */
  @Serdeable
  public record FeedStatus(String lane, List<String> missingTopics, long records, long unreadable) {}

  /**
   * Who asks.
   *
   * @param user null where nobody is asked for a name
   * @param role what may be done: VIEWER reads, OPERATOR also changes; everything where nobody is asked
   * @param by PASSWORD, OIDC, or NONE where nobody is asked
   * @param until when to log in again; null where nobody is asked
   */
  @Serdeable
  public record Me(@Nullable String user, @Nullable Role role, String by, @Nullable Instant until) {}

  /** Whether the process serves, UP or DOWN, and which part of it does not; no part for those who have not logged in. */
  @Serdeable
  public record Health(String status, List<HealthPart> parts) {}

  /** One part: the streams, their tasks, the model, the scorer. */
  @Serdeable
  public record HealthPart(String name, String status, String detail) {}

  /** What went wrong, for people. */
  @Serdeable
  public record Problem(int status, String error) {}
}
