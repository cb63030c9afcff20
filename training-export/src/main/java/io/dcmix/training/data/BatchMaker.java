package io.dcmix.training.data;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Fills batches: normalised pixels, varied by an {@link Augmentation}. */
public final class BatchMaker {
  private final int channels;
  private final int height;
  private final int width;
  private final Normalisation normalisation;

  /**
   * A maker for sites of one geometry.
   *
   * @param height of the shrunk sites
   * @param width of the shrunk sites
   */
  public BatchMaker(int channels, int height, int width, Normalisation normalisation) {
    this.channels = channels;
    this.height = height;
    this.width = width;
    this.normalisation = normalisation;
  }

  /**
   * A batch.
   *
   * @param pixels [B, C, h, w], normalised
   * @param labels 0-based classes
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Batch(int size, int height, int width, float[] pixels, int[] labels) {}

  /** The sites as they are, whole and normalised. */
  public Batch plain(List<LabelledSite> sites) {
    return varied(sites, Augmentation.NONE, new float[channels], new SplittableRandom(0));
  }

  /**
   * The sites, each varied in its own way: cut, mirrored, turned, stained, and perhaps without one channel.
   *
   * @param weights how often a channel is the one that is dropped, relative to the others
   */
  public Batch varied(List<LabelledSite> sites, Augmentation augmentation, float[] weights, SplittableRandom random) {
    int h = augmentation.crop() == 0 ? height : Math.min(augmentation.crop(), height);
    int w = augmentation.crop() == 0 ? width : Math.min(augmentation.crop(), width);
    boolean upright = augmentation.equals(Augmentation.NONE);
    float[] pixels = new float[sites.size() * channels * h * w];
    int[] labels = new int[sites.size()];
    for (int b = 0; b < sites.size(); b++) {
      labels[b] = sites.get(b).label();
      int top = random.nextInt(height - h + 1);
      int left = random.nextInt(width - w + 1);
      // Bit 0 mirrors x, bit 1 mirrors y, bit 2 swaps the axes: the eight symmetries of a square.
      int turn = upright ? 0 : random.nextInt(h == w ? 8 : 4);
      int dropped = random.nextDouble() < augmentation.drop() && channels > 1 ? draw(weights, random) : -1;
      for (int c = 0; c < channels; c++) {
        double gain = upright ? 1 : Math.exp(augmentation.staining() * random.nextGaussian());
        double offset = upright ? 0 : augmentation.background() * random.nextGaussian();
        if (c != dropped) {
          double scale = gain / normalisation.standardDeviations().get(c);
          double shift = offset - normalisation.means().get(c) / normalisation.standardDeviations().get(c);
          int source = (c * height + top) * width + left;
          copy(sites.get(b).pixels(), source, pixels, (b * channels + c) * h * w, h, w, turn, scale, shift);
        }
      }
    }
    return new Batch(sites.size(), h, w, pixels, labels);
  }

  private static int draw(float[] weights, SplittableRandom random) {
    double sum = 0;
    for (float w : weights) {
      sum += w;
    }
    double left = random.nextDouble() * sum;
    int last = weights.length - 1;
    for (int c = 0; c < last; c++) {
      left -= weights[c];
      if (left < 0) {
        return c;
      }
    }
    return last;
  }

  private void copy(float[] from, int source, float[] to, int target, int h, int w, int turn, double scale, double shift) {
    for (int y = 0; y < h; y++) {
      for (int x = 0; x < w; x++) {
        int sx = (turn & 1) == 0 ? x : w - 1 - x;
        int sy = (turn & 2) == 0 ? y : h - 1 - y;
        int index = (turn & 4) == 0 ? source + sy * width + sx : source + sx * width + sy;
        to[target + y * w + x] = (float) (from[index] * scale + shift);
      }
    }
  }

  /**
   * The order of an epoch: as many of each class in every batch, so that a rare class counts as much as a common one.
   *
   * @return batches of sites; the last sites that do not fill a batch are left to the next epoch's shuffle
   */
  public static List<List<LabelledSite>> balanced(
      List<LabelledSite> sites, int classes, int batchSize, int batches, SplittableRandom random) {
    List<Deck> decks = new ArrayList<>();
    for (int label = 0; label < classes; label++) {
      int wanted = label;
      decks.add(new Deck(sites.stream().filter(s -> s.label() == wanted).toList(), random));
    }
    List<List<LabelledSite>> order = new ArrayList<>();
    for (int b = 0; b < batches; b++) {
      List<LabelledSite> batch = new ArrayList<>();
      for (int i = 0; i < batchSize; i++) {
        batch.add(decks.get(i % classes).draw());
      }
      order.add(batch);
    }
    return order;
  }

  /** Cards that are shuffled again when all have been drawn. */
  private static final class Deck {
    private final List<LabelledSite> cards;
    private final SplittableRandom random;
    private int left;

    Deck(List<LabelledSite> cards, SplittableRandom random) {
      this.cards = new ArrayList<>(cards);
      this.random = random;
    }

    LabelledSite draw() {
      if (left == 0) {
        left = cards.size();
      }
      int pick = random.nextInt(left);
      LabelledSite card = cards.get(pick);
      cards.set(pick, cards.set(--left, card));
      return card;
    }
  }
}
