package io.dcmix.core.screening;

import io.dcmix.schema.event.CallReference;
import io.dcmix.schema.event.HitDirection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How wells are called. Two calls can be compared when name and version of their rules are the same.
 *
 * @param name of the preset, or what a file calls itself
 * @param version of the rules; a file that is changed should say another
 * @param method the score that decides
 * @param reference what robust z is measured against
 * @param direction which side is a hit: UP is more hit-like, of NPI more like the positive controls
 * @param threshold score at which a well is a hit, above 0; DOWN means at most minus this
 * @param minReference wells that a reference needs, 2 or more; with fewer there is no score
 * @param maxHitRate share of the samples above which calls are flagged, and scores that take most samples for inactive not used
 * @param edgeEffect edge effect beyond which, up or down, calls on the edge are flagged
 * @param alerts when a person is told
 */
public record HitRules(
    String name, String version, Method method, CallReference reference, HitDirection direction, double threshold, int minReference,
    double maxHitRate, double edgeEffect, AlertRules alerts) {

  /** The score that decides. */
  public enum Method {
    /** Robust z against negative controls or samples. */
    ROBUST_Z,
    /** Normalised percent inhibition. */
    NPI,
    /** SSMD of a treatment's wells, or SSMD* of one, against the negative controls. */
    SSMD,
    /** Residual of a median polish; at completion only. */
    B_SCORE;

    /** As in events and rules: {@code robust-z}. */
    public String text() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** Above it B-scores corrupt data (Malo 2006 and others), and the samples are no reference. */
  private static final double USUAL_HIT_RATE = 0.2;

  private static final double USUAL_EDGE_EFFECT = 1;

  /** Robust z of 3 or more against the negative controls. */
  public static final HitRules CONTROLS = preset("controls", Method.ROBUST_Z, CallReference.NEGATIVE_CONTROLS, 3, 4);

  /** Robust z of 3 or more against the plate's own samples: needs no layout. */
  public static final HitRules SAMPLES = preset("samples", Method.ROBUST_Z, CallReference.SAMPLES, 3, 10);

  /** Half the effect of the positive controls. */
  public static final HitRules NPI_50 = preset("npi-50", Method.NPI, CallReference.NEGATIVE_CONTROLS, 50, 2);

  /** SSMD of 3 or more, a strong effect (Zhang 2007). */
  public static final HitRules SSMD_3 = preset("ssmd-3", Method.SSMD, CallReference.NEGATIVE_CONTROLS, 3, 4);

  /** B-score of 3 standard deviations, which are 4.4478 MAD, or more. */
  public static final HitRules B_SCORE = preset("b-score", Method.B_SCORE, CallReference.SAMPLES, 3 * SampleStatistics.MAD_SCALE, 16);

  /** Rules that need no file. */
  public static final List<HitRules> PRESETS = List.of(CONTROLS, SAMPLES, NPI_50, SSMD_3, B_SCORE);

  public HitRules {
    if (!(threshold > 0) || minReference < 2 || !(maxHitRate > 0 && maxHitRate <= 1) || !(edgeEffect > 0)) {
      throw new IllegalArgumentException(
          "Hit rules need a threshold above 0 (is %s), two reference wells or more (%d), a hit rate above 0 and up to 1 (%s) and an edge effect above 0 (%s)"
              .formatted(threshold, minReference, maxHitRate, edgeEffect));
    }
  }

  private static HitRules preset(String name, Method method, CallReference reference, double threshold, int minReference) {
    return new HitRules(
        name, "1", method, reference, HitDirection.UP, threshold, minReference, USUAL_HIT_RATE, USUAL_EDGE_EFFECT, AlertRules.DEFAULT);
  }

  /** The preset of this name. */
  public static Optional<HitRules> preset(String name) {
    return PRESETS.stream().filter(rules -> rules.name().equals(name)).findFirst();
  }

  /** Whether the score says hit. */
  public boolean isHit(double score) {
    return switch (direction) {
      case UP -> score >= threshold;
      case DOWN -> score <= -threshold;
      case BOTH -> Math.abs(score) >= threshold;
    };
  }

  /** How strong a score is: of two, the one that is more of a hit has the higher strength. */
  public double strength(double score) {
    return switch (direction) {
      case UP -> score;
      case DOWN -> -score;
      case BOTH -> Math.abs(score);
    };
  }

  /** Whether the deciding score takes most samples for inactive, so that many hits spoil it. */
  public boolean restsOnSamples() {
    return method == Method.B_SCORE || (method == Method.ROBUST_Z && reference == CallReference.SAMPLES);
  }
}
