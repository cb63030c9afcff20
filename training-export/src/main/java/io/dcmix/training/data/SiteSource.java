package io.dcmix.training.data;

import io.dcmix.core.images.CorruptPlaneException;
import io.dcmix.schema.WellAddress;
import java.io.IOException;
import java.util.List;

/** One plate to learn from. */
public interface SiteSource {
  /** Name of the plate. */
  String plate();

  /** The sites with a label, well by well. */
  List<LabelledSite> sites();

  /**
   * Reads a site.
   *
   * @return one plane per channel, in the order of the model
   * @throws CorruptPlaneException if an image does not decode; the message names the file
   * @throws IOException if an image cannot be read
   */
  List<Plane> read(LabelledSite site) throws IOException, CorruptPlaneException;

  /**
   * A site of a labelled well.
   *
   * @param well of the plate
   * @param site site number
   * @param label 0-based class
   */
  record LabelledSite(WellAddress well, int site, int label) {}
}
