package io.dcmix.app.run;

import io.dcmix.core.cli.CliException;
import io.dcmix.core.quality.QualityPolicy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** What counts as a bad image and what is done about it; see docs/image-quality.md. A mixin of the commands that score. */
public final class QualityOptions {
  @Option(names = "--quality", defaultValue = "blank=refuse,saturated=flag,duplicate=refuse", paramLabel = "KIND=refuse|flag,...",
      description = "What is done about a site with such images: refuse to score it, or score it and flag its well. Default: ${DEFAULT-VALUE}.")
  private String actions = "blank=refuse,saturated=flag,duplicate=refuse";

  @Option(names = "--blank-above", defaultValue = "99.9%", paramLabel = "SHARE", converter = Shares.class,
      description = "An image with this share of its pixels at zero is blank, as is one whose pixels are all alike. Default: ${DEFAULT-VALUE}.")
  private double blankAbove = QualityPolicy.DEFAULT.blankAbove();

  @Option(names = "--saturated-above", defaultValue = "1%", paramLabel = "SHARE", converter = Shares.class,
      description = "An image with more than this share of its pixels at full scale is saturated. Default: ${DEFAULT-VALUE}.")
  private double saturatedAbove = QualityPolicy.DEFAULT.saturatedAbove();

  @Option(names = "--no-cells-below", defaultValue = "0.1%", paramLabel = "SHARE", converter = Shares.class,
      description = "A well has no cells if in no image this share of the pixels is brighter than the background. Default: ${DEFAULT-VALUE}.")
  private double noCellsBelow = QualityPolicy.DEFAULT.noCellsBelow();

  @Option(names = "--blurred-below", paramLabel = "CHANNEL=SCORE",
      description = "Flag wells with an image of this channel whose focus score is lower. Repeatable. Default: none are.")
  private Map<String, Double> blurredBelow = new LinkedHashMap<>();

  @Option(names = "--bit-depth", defaultValue = "16", paramLabel = "BITS",
      description = "Bits of the camera where pixels have 16, which says what full scale is: often 12 or 14. Default: ${DEFAULT-VALUE}.")
  private int bitDepth = QualityPolicy.DEFAULT.bitDepth();

  /**
   * The policy that the options ask for.
   *
   * @throws CliException if they do not go together
   */
  public QualityPolicy policy() {
    QualityPolicy policy;
    try {
      policy = QualityPolicy.DEFAULT.withActions(actions);
    } catch (IllegalArgumentException e) {
      throw new CliException("--quality: " + e.getMessage(), e);
    }
    policy = policy.withBlankAbove(blankAbove).withSaturatedAbove(saturatedAbove).withNoCellsBelow(noCellsBelow)
        .withBlurredBelow(blurredBelow).withBitDepth(bitDepth);
    List<String> problems = policy.problems();
    if (!problems.isEmpty()) {
      throw new CliException("Image quality: " + String.join("; ", problems));
    }
    return policy;
  }
}
