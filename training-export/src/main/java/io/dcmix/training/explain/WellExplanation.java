package io.dcmix.training.explain;

import io.dcmix.core.model.DcmixModel;
import io.dcmix.core.model.ModelCard;
import io.dcmix.core.model.SiteModel.InferenceException;
import io.dcmix.core.model.SiteScore;
import io.dcmix.core.screening.Shapley;
import io.dcmix.core.wells.WellScore;
import io.dcmix.schema.state.SiteState;
import io.dcmix.schema.state.SiteStatus;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What a model makes of a well: means over its sites, in site order, in double, as the processor takes them.
 *
 * @param score class probabilities, margin, contribution and leave-one-out importance
 * @param shapley null when not asked for
 */
public record WellExplanation(WellScore score, @Nullable Shares shapley) {
  /** 4,096 passes a site, which a small network does in a minute or two. */
  public static final int MAX_SHAPLEY_CHANNELS = 12;

  /** Passes between two reports of progress. */
  private static final int STEP = 32;

  /**
   * Shapley values of the channels, where the worth of a set of channels is the margin with these channels only.
   *
   * @param values one per channel; they sum to {@code all − none}
   * @param all margin with all channels
   * @param none margin with no channel, the same for every well
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Shares(double[] values, double all, double none) {
    public double sum() {
      return Arrays.stream(values).sum();
    }
  }

  /** Passes that {@link #of} makes for a site. */
  public static long passes(ModelCard card, Method method) {
    return card.channels().size() + 1L + (method == Method.SHAPLEY ? 1L << card.channels().size() : 0);
  }

  /**
   * Explains a well, holding the pixels of one site at a time.
   *
   * @param progress told the number of passes done
   * @throws IOException if an image cannot be read
   * @throws InferenceException if the runtime fails
   * @throws IllegalArgumentException for Shapley values of more than {@value #MAX_SHAPLEY_CHANNELS} channels
   */
  public static WellExplanation of(DcmixModel model, WellImages images, Method method, LongConsumer progress)
      throws IOException, InferenceException {
    int channels = model.card().channels().size();
    if (method == Method.SHAPLEY && channels > MAX_SHAPLEY_CHANNELS) {
      throw new IllegalArgumentException(channels + " channels are too many for exact Shapley values");
    }
    List<SiteState> states = new ArrayList<>();
    double[] worth = new double[method == Method.SHAPLEY ? 1 << channels : 0];
    long done = 0;
    for (int site : images.sites()) {
      ByteBuffer pixels = images.read(site);
      states.add(state(model.score(pixels, true)));
      done += channels + 1;
      progress.accept(done);
      for (int from = 0; from < worth.length; from += STEP) {
        double[] margins = model.margins(pixels, Shapley.masks(channels, from, Math.min(worth.length, from + STEP)));
        for (int s = 0; s < margins.length; s++) {
          worth[from + s] += margins[s];
        }
        done += margins.length;
        progress.accept(done);
      }
    }
    WellScore score = WellScore.of(states, model.card().hitIndex());
    if (method != Method.SHAPLEY) {
      return new WellExplanation(score, null);
    }
    // Shapley values are linear in the worth, so those of the mean are the mean of the sites'.
    double[] mean = Arrays.stream(worth).map(sum -> sum / states.size()).toArray();
    return new WellExplanation(score, new Shares(Shapley.values(channels, mean), mean[mean.length - 1], mean[0]));
  }

  private static SiteState state(SiteScore score) {
    return SiteState.newBuilder().setVersion(1).setStatus(SiteStatus.SCORED)
        .setLogits(list(score.logits())).setProbabilities(list(score.probabilities())).setContribution(list(score.contribution()))
        .setImportance(list(Objects.requireNonNull(score.importance()))).build();
  }

  private static List<Double> list(double[] values) {
    return Arrays.stream(values).boxed().toList();
  }

  /** Leave-one-out importance, one per channel. */
  public double[] leaveOneOut() {
    return Objects.requireNonNull(score.importance());
  }
}
