package io.dcmix.training.data;

import java.util.Locale;

/**
 * How samples are varied before they are shown to the network.
 *
 * @param crop side of the random square that is cut out, in shrunk pixels; 0 keeps the whole image
 * @param turns whether images are mirrored and turned by quarters; not for digits, which have an upright
 * @param staining SD of the natural logarithm of a gain drawn per sample and channel, because staining varies
 * @param background SD of an offset drawn per sample and channel, in channel SDs
 * @param drop chance that one channel is replaced by its mean, which is what leave-one-out will ask the model about
 * @param dropped which one
 */
public record Augmentation(int crop, boolean turns, double staining, double background, double drop, Dropped dropped) {
  /** Which channel a sample lacks. */
  public enum Dropped {
    /**
     * Any, half of the time by its weight: the network cannot lean on the strongest channel alone while another one shows the same.
     */
    ANY,
    /**
     * Any but the one that weighs most. Where one channel carries the class, a sample without it has a label that nobody could
     * know, and few wells are then learnt by heart.
     */
    WEAKER;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** For images without variation: whole, upright, as they are. */
  public static final Augmentation NONE = new Augmentation(0, false, 0, 0, 0, Dropped.ANY);

  public Augmentation {
    if (crop < 0 || staining < 0 || background < 0 || drop < 0 || drop > 1) {
      throw new IllegalArgumentException("An augmentation has no negative amounts, and a chance is at most 1");
    }
  }
}
