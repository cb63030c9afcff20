package io.dcmix.training.data;

import io.dcmix.schema.WellAddress;
import java.util.List;

/**
 * A site whose class is known.
 *
 * @param plate for messages and for telling wells of several plates apart
 * @param well of the plate
 * @param site site number
 * @param label 0-based class
 * @param pixels [C, h, w], shrunk, in pixel values
 * @param moments of the pixels before shrinking, one per channel
 */
@SuppressWarnings("ArrayRecordComponent")
public record LabelledSite(String plate, WellAddress well, int site, int label, float[] pixels, List<Moments> moments) {
  /** Sites with equal keys belong to one well. */
  public String wellKey() {
    return plate + "/" + well;
  }

  @Override
  public String toString() {
    return wellKey() + " site " + site;
  }
}
