package io.dcmix.training.net;

/**
 * What batch normalisation does.
 *
 * @param training true normalises by the batch's own statistics and lets the running ones follow
 * @param momentum how much of the running statistics stays: running = m·running + (1 − m)·batch
 */
public record Mode(boolean training, float momentum) {
  /** Added to the variance. */
  public static final float EPSILON = 1e-5f;

  /** Learning. */
  public static final Mode TRAIN = new Mode(true, 0.9f);

  /** Predicting by the running statistics. */
  public static final Mode PREDICT = new Mode(false, 0.9f);

  /**
   * The pass with this number, from 0, of a fresh measurement of the statistics: after it they are the mean over the passes.
   */
  public static Mode measure(int pass) {
    return new Mode(true, pass / (pass + 1f));
  }
}
