package io.dcmix.core.model;

import io.dcmix.core.images.PlaneFormat;
import io.dcmix.schema.event.PixelType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a model file says of itself, all of it from the ONNX metadata.
 *
 * @param name name of the model
 * @param version its version
 * @param sha256 of the file, hex
 * @param channels channel names in the order of the input
 * @param classes class names in the order of the logits
 * @param hitClass the class that means hit
 * @param pixelType type of the pixels it takes
 * @param height image height that it takes, pixels
 * @param width image width that it takes, pixels
 * @param weights effective blend weight per channel, 0 or more, not normalised
 * @param means normalisation mean per channel, in pixel values
 * @param standardDeviations normalisation SD per channel, in pixel values, above 0
 * @param provenance how it was made: command, seed, data, versions
 * @param contributionReference shares of the channels in the training wells; null when the file does not say
 */
public record ModelCard(
    String name,
    String version,
    String sha256,
    List<String> channels,
    List<String> classes,
    String hitClass,
    PixelType pixelType,
    int height,
    int width,
    List<Double> weights,
    List<Double> means,
    List<Double> standardDeviations,
    Map<String, String> provenance,
    @Nullable ContributionReference contributionReference) {
  public ModelCard {
    channels = List.copyOf(channels);
    classes = List.copyOf(classes);
    weights = List.copyOf(weights);
    means = List.copyOf(means);
    standardDeviations = List.copyOf(standardDeviations);
    provenance = Map.copyOf(provenance);
  }

  /** A card without {@link #contributionReference}. */
  public ModelCard(String name, String version, String sha256, List<String> channels, List<String> classes, String hitClass, PixelType pixelType,
      int height, int width, List<Double> weights, List<Double> means, List<Double> standardDeviations, Map<String, String> provenance) {
    this(name, version, sha256, channels, classes, hitClass, pixelType, height, width, weights, means, standardDeviations, provenance, null);
  }

  public ModelCard withContributionReference(ContributionReference reference) {
    return new ModelCard(name, version, sha256, channels, classes, hitClass, pixelType, height, width, weights, means, standardDeviations,
        provenance, reference);
  }

  /**
   * What a model would have to change to take this one's place in a running lane: buffers, stored planes and results rest on channels,
   * images and classes. Empty if it may; weights, normalisation and network are free.
   */
  public List<String> differences(ModelCard other) {
    List<String> differences = new ArrayList<>();
    difference("channels", channels, other.channels, differences);
    difference("pixel type", pixelType, other.pixelType, differences);
    difference("image height", height, other.height, differences);
    difference("image width", width, other.width, differences);
    difference("classes", classes, other.classes, differences);
    difference("hit class", hitClass, other.hitClass, differences);
    return differences;
  }

  private static void difference(String what, Object own, Object others, List<String> differences) {
    if (!own.equals(others)) {
      differences.add("%s %s instead of %s".formatted(what, others, own));
    }
  }

  /** The weights divided by their sum. */
  public List<Double> normalisedWeights() {
    double sum = weights.stream().mapToDouble(Double::doubleValue).sum();
    return weights.stream().map(w -> w / sum).toList();
  }

  /** Index of the hit class. */
  public int hitIndex() {
    return classes.indexOf(hitClass);
  }

  /** Bytes of one plane in the model's input. */
  public int planeBytes() {
    return Math.multiplyExact(Math.multiplyExact(height, width), PlaneFormat.bytesPerPixel(pixelType));
  }

  /** Bytes of one site, all channels. */
  public int siteBytes() {
    return Math.multiplyExact(planeBytes(), channels.size());
  }
}
