package io.dcmix.training.data;

import io.dcmix.core.cli.CliException;
import io.dcmix.schema.event.PixelType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Labelled sites of one geometry.
 *
 * @param channels names, in the order of the pixels
 * @param classes names, in the order of the labels
 * @param pixelType of the images
 * @param height of the images before shrinking
 * @param width of the images before shrinking
 * @param shrink whole factor by which images were averaged down
 * @param sites the sites
 * @param examples a few whole sites as the processor would get them, for the proof of the export
 */
public record TrainingSet(
    List<String> channels,
    List<String> classes,
    PixelType pixelType,
    int height,
    int width,
    int shrink,
    List<LabelledSite> sites,
    List<Example> examples) {
  /**
   * A site before and after shrinking.
   *
   * @param raw direct, [C, H, W], native order
   * @param site the same, shrunk
   */
  public record Example(ByteBuffer raw, LabelledSite site) {}

  public TrainingSet {
    channels = List.copyOf(channels);
    classes = List.copyOf(classes);
    sites = List.copyOf(sites);
    examples = List.copyOf(examples);
  }

  /** Height after shrinking. */
  public int smallHeight() {
    return height / shrink;
  }

  /** Width after shrinking. */
  public int smallWidth() {
    return width / shrink;
  }

  /** Training and validation sites; no well is in both. */
  public record Split(List<LabelledSite> training, List<LabelledSite> validation) {}

  /**
   * Holds back a share of the wells of each class, at least one where a class has three or more.
   *
   * @param share 0 to below 1
   * @throws CliException if a class has no well at all
   */
  public Split split(double share, long seed) {
    List<LabelledSite> training = new ArrayList<>();
    List<LabelledSite> validation = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(seed);
    for (int label = 0; label < classes.size(); label++) {
      Map<String, List<LabelledSite>> wells = new LinkedHashMap<>();
      for (LabelledSite site : sites) {
        if (site.label() == label) {
          wells.computeIfAbsent(site.wellKey(), k -> new ArrayList<>()).add(site);
        }
      }
      if (wells.isEmpty()) {
        throw new CliException(
            "No well of class '%s' is among the selected wells; a model needs wells of both classes. Check the plate map and --rows"
                .formatted(classes.get(label)));
      }
      List<List<LabelledSite>> shuffled = new ArrayList<>(wells.values());
      for (int i = shuffled.size() - 1; i > 0; i--) {
        shuffled.set(i, shuffled.set(random.nextInt(i + 1), shuffled.get(i)));
      }
      int held = wells.size() < 3 || share == 0 ? 0 : Math.clamp(Math.round(share * wells.size()), 1, wells.size() - 2);
      for (int i = 0; i < shuffled.size(); i++) {
        (i < held ? validation : training).addAll(shuffled.get(i));
      }
    }
    return new Split(training, validation);
  }
}
