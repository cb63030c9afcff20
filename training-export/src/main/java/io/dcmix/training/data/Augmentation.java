package io.dcmix.training.data;

/**
 * How samples are varied before they are shown to the network.
 *
 * @param crop side of the random square that is cut out, in shrunk pixels; 0 keeps the whole image
 * @param turns whether images are mirrored and turned by quarters; not for digits, which have an upright
 * @param staining SD of the natural logarithm of a gain drawn per sample and channel, because staining varies
 * @param background SD of an offset drawn per sample and channel, in channel SDs
 * @param drop chance that one channel is replaced by its mean, which is what leave-one-out will ask the model about
 */
public record Augmentation(int crop, boolean turns, double staining, double background, double drop) {
  /** For images without variation: whole, upright, as they are. */
  public static final Augmentation NONE = new Augmentation(0, false, 0, 0, 0);

  public Augmentation {
    if (crop < 0 || staining < 0 || background < 0 || drop < 0 || drop > 1) {
      throw new IllegalArgumentException("An augmentation has no negative amounts, and a chance is at most 1");
    }
  }
}
