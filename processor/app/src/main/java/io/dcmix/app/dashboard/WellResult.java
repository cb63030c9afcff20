package io.dcmix.app.dashboard;

import io.dcmix.app.dashboard.Api.ChannelReading;
import io.dcmix.app.dashboard.Api.ClassProbability;
import io.dcmix.app.dashboard.Api.Failure;
import io.dcmix.app.dashboard.Api.Prediction;
import io.dcmix.app.dashboard.Api.WellCell;
import io.dcmix.app.dashboard.Api.WellStatus;
import io.dcmix.schema.event.FailureReason;
import io.dcmix.schema.event.WellFailure;
import io.dcmix.schema.event.WellPrediction;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The result of one well: the highest revision counts, whichever topic it came by and in whatever order. A failure of one
 * site, and an image that came too late, are notes beside a prediction, not its end.
 */
final class WellResult {
  /** Site failures of one well that are kept; a well with more has one cause. */
  private static final int MAX_NOTES = 50;

  private @Nullable Prediction prediction;
  private @Nullable Failure failure;
  private final List<Failure> notes = new ArrayList<>();

  /** Takes a prediction; false if a higher revision is known. */
  boolean take(WellPrediction event) {
    if (prediction != null && prediction.revision() > event.getRevision()) {
      return false;
    }
    prediction = prediction(event);
    notes.removeIf(note -> note.revision() < event.getRevision() && note.site() != null);
    return true;
  }

  /** Takes a failure; false if it changes nothing. */
  boolean take(WellFailure event) {
    Failure taken = failure(event);
    if (event.getSite() != null || event.getReason() == FailureReason.LATE) {
      if (notes.contains(taken) || notes.size() >= MAX_NOTES) {
        return false;
      }
      notes.add(taken);
      return true;
    }
    if (failure != null && failure.revision() > event.getRevision()) {
      return false;
    }
    failure = taken;
    return true;
  }

  void forgetPrediction() {
    prediction = null;
  }

  /** Forgets why the well, or some of its sites, failed. */
  void forgetFailures() {
    failure = null;
    notes.clear();
  }

  /** Whether nothing is known of it. */
  boolean isEmpty() {
    return prediction == null && failure == null && notes.isEmpty();
  }

  WellStatus status() {
    if (prediction != null && (failure == null || failure.revision() <= prediction.revision())) {
      return WellStatus.SCORED;
    }
    return failure != null || hasLateNote() ? WellStatus.FAILED : WellStatus.PENDING;
  }

  /** The prediction, if it is what counts. */
  @Nullable Prediction prediction() {
    return status() == WellStatus.SCORED ? prediction : null;
  }

  boolean isHit() {
    Prediction counts = prediction();
    return counts != null && counts.hit();
  }

  boolean isFlagged() {
    Prediction counts = prediction();
    return counts != null && !counts.flags().isEmpty();
  }

  /** What went wrong, the whole well first. */
  List<Failure> failures() {
    List<Failure> all = new ArrayList<>();
    if (failure != null && status() == WellStatus.FAILED) {
      all.add(failure);
    }
    all.addAll(notes);
    return all;
  }

  WellCell cell(String well, int timepoint) {
    Prediction counts = prediction();
    if (counts != null) {
      return new WellCell(
          well,
          timepoint,
          WellStatus.SCORED,
          counts.revision(),
          counts.hit(),
          counts.hitProbability(),
          counts.hitLogit(),
          counts.predictedClass(),
          counts.topChannel(),
          counts.flags(),
          null);
    }
    List<Failure> failures = failures();
    int revision = failures.isEmpty() ? 0 : failures.getFirst().revision();
    String reason = failures.isEmpty() ? null : failures.getFirst().reason();
    return new WellCell(well, timepoint, status(), revision, false, null, null, null, null, List.of(), reason);
  }

  private boolean hasLateNote() {
    return notes.stream().anyMatch(note -> note.site() == null);
  }

  private static Failure failure(WellFailure event) {
    return new Failure(
        event.getRevision(),
        event.getSite(),
        event.getChannel(),
        event.getReason().name(),
        event.getMessage(),
        event.getRemedy(),
        event.getLastImageAt());
  }

  /** @throws IllegalArgumentException if the parallel lists of the event differ in length */
  private static Prediction prediction(WellPrediction event) {
    List<Double> importance = event.getImportance();
    int classes = event.getClasses().size();
    int channels = event.getChannels().size();
    if (event.getProbabilities().size() != classes
        || event.getContribution().size() != channels
        || (importance != null && importance.size() != channels)) {
      throw new IllegalArgumentException("a prediction whose lists by class or channel differ in length");
    }
    List<ClassProbability> probabilities = new ArrayList<>(classes);
    for (int i = 0; i < classes; i++) {
      probabilities.add(new ClassProbability(event.getClasses().get(i), Numbers.finite(event.getProbabilities().get(i))));
    }
    List<ChannelReading> readings = new ArrayList<>(channels);
    for (int i = 0; i < channels; i++) {
      readings.add(
          new ChannelReading(
              event.getChannels().get(i),
              Numbers.finite(event.getContribution().get(i)),
              importance == null ? null : Numbers.finite(importance.get(i))));
    }
    return new Prediction(
        event.getRevision(),
        event.getPredictedClass(),
        Numbers.finite(event.getPredictedProbability()),
        event.getHitClass(),
        event.getPredictedClass().equals(event.getHitClass()),
        Numbers.finite(event.getHitProbability()),
        Numbers.finite(event.getHitLogit()),
        List.copyOf(probabilities),
        List.copyOf(readings),
        event.getTopChannel(),
        event.getSitesExpected(),
        event.getSitesScored(),
        event.getSitesFailed(),
        event.getFlags().stream().map(Enum::name).toList(),
        event.getModelName(),
        event.getModelVersion(),
        event.getModelSha256(),
        event.getDevice(),
        event.getReproducible(),
        event.getPlaneSha256().size(),
        event.getInstrument(),
        event.getAcquiredAt(),
        event.getLastImageAt());
  }
}
