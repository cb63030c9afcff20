package io.dcmix.training.data;

import java.util.List;

/**
 * A labelled image: where it is from, not its pixels.
 *
 * @param index 0-based place in its {@link Pixels}
 * @param plate plate it is from
 * @param well well of the plate; empty where there are no wells
 * @param site site number
 * @param label 0-based class
 * @param moments of the pixels before shrinking, one per channel
 */
public record Sample(int index, String plate, String well, int site, int label, List<Moments> moments) {
  public Sample {
    moments = List.copyOf(moments);
  }

  /** Samples with equal keys belong to one well. */
  public String wellKey() {
    return plate + "/" + well;
  }

  @Override
  public String toString() {
    return "%s well %s site %d".formatted(plate, well, site);
  }
}
