package io.dcmix.core.quality;

import io.dcmix.schema.event.FailureReason;
import io.dcmix.schema.event.PlaneQuality;
import io.dcmix.schema.event.WellFlag;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What counts as a bad image and what is done about it. Start from {@link #DEFAULT} and change what differs.
 *
 * @param blank what is done about a site with a blank plane
 * @param saturated what is done about a site with a saturated plane
 * @param duplicate what is done about a site two channels of which have the same bytes
 * @param blankAbove a plane is blank with this share of its pixels at zero or more, 0 to 1; one whose pixels are all alike always is
 * @param saturatedAbove a plane is saturated with more than this share of its pixels at full scale, 0 to 1
 * @param noCellsBelow a well has no cells if in none of its planes the foreground reaches this share, 0 to 1
 * @param blurredBelow focus score by channel below which a plane is blurred; a channel that is not here is never called so
 * @param bitDepth bits of the camera's values in 16-bit pixels, 9 to 16
 */
public record QualityPolicy(
    Action blank,
    Action saturated,
    Action duplicate,
    double blankAbove,
    double saturatedAbove,
    double noCellsBelow,
    Map<String, Double> blurredBelow,
    int bitDepth) {

  /** Blank and duplicated images are not scored, saturated ones are, with a flag; nobody calls a plane blurred. */
  public static final QualityPolicy DEFAULT =
      new QualityPolicy(Action.REFUSE, Action.FLAG, Action.REFUSE, 0.999, 0.01, 0.001, Map.of(), PlaneStatistics.DEFAULT_BIT_DEPTH);

  /** Everything is scored, with flags. */
  public static final QualityPolicy FLAG_ALL = DEFAULT.withActions(Action.FLAG, Action.FLAG, Action.FLAG);

  /** What is done about a bad image. */
  public enum Action {
    /** The site fails and the model never sees it; the well lives on from its other sites. */
    REFUSE,
    /** The site is scored, and the well's prediction says what is wrong. */
    FLAG
  }

  /** Why a plane is refused; the message tells what was measured, without the place. */
  public record Refusal(FailureReason reason, String message) {}

  public QualityPolicy {
    blurredBelow = Map.copyOf(blurredBelow);
  }

  public QualityPolicy withActions(Action ofBlank, Action ofSaturated, Action ofDuplicate) {
    return new QualityPolicy(ofBlank, ofSaturated, ofDuplicate, blankAbove, saturatedAbove, noCellsBelow, blurredBelow, bitDepth);
  }

  public QualityPolicy withBlankAbove(double share) {
    return new QualityPolicy(blank, saturated, duplicate, share, saturatedAbove, noCellsBelow, blurredBelow, bitDepth);
  }

  public QualityPolicy withSaturatedAbove(double share) {
    return new QualityPolicy(blank, saturated, duplicate, blankAbove, share, noCellsBelow, blurredBelow, bitDepth);
  }

  public QualityPolicy withNoCellsBelow(double share) {
    return new QualityPolicy(blank, saturated, duplicate, blankAbove, saturatedAbove, share, blurredBelow, bitDepth);
  }

  public QualityPolicy withBlurredBelow(Map<String, Double> focus) {
    return new QualityPolicy(blank, saturated, duplicate, blankAbove, saturatedAbove, noCellsBelow, focus, bitDepth);
  }

  public QualityPolicy withBitDepth(int bits) {
    return new QualityPolicy(blank, saturated, duplicate, blankAbove, saturatedAbove, noCellsBelow, blurredBelow, bits);
  }

  /**
   * Reads {@code blank=refuse,saturated=flag,duplicate=refuse}; what is not named stays as it is.
   *
   * @throws IllegalArgumentException for anything else; the message lists what is allowed
   */
  public QualityPolicy withActions(String text) {
    QualityPolicy policy = this;
    for (String part : text.strip().toLowerCase(Locale.ROOT).split("\\s*,\\s*", -1)) {
      String[] sides = part.split("\\s*=\\s*", 2);
      Action action = switch (sides.length == 2 ? sides[1] : "") {
        case "refuse" -> Action.REFUSE;
        case "flag" -> Action.FLAG;
        default -> throw unreadable(part);
      };
      policy = switch (sides[0]) {
        case "blank" -> policy.withActions(action, policy.saturated, policy.duplicate);
        case "saturated" -> policy.withActions(policy.blank, action, policy.duplicate);
        case "duplicate" -> policy.withActions(policy.blank, policy.saturated, action);
        default -> throw unreadable(part);
      };
    }
    return policy;
  }

  private static IllegalArgumentException unreadable(String part) {
    return new IllegalArgumentException(
        "'" + part + "' is none of blank, saturated and duplicate with =refuse or =flag, such as blank=refuse,saturated=flag");
  }

  /** What is wrong with the settings, each with its remedy; empty if nothing is. */
  public List<String> problems() {
    List<String> problems = new ArrayList<>();
    share("blank", blankAbove, problems);
    share("saturated", saturatedAbove, problems);
    share("without cells", noCellsBelow, problems);
    if (bitDepth < 9 || bitDepth > 16) {
      problems.add("the bit depth of 16-bit pixels must be 9 to 16, not " + bitDepth);
    }
    new TreeSet<>(blurredBelow.keySet()).forEach(channel -> {
      double focus = blurredBelow.getOrDefault(channel, 0.0);
      if (!(focus >= 0 && focus <= 1)) {
        problems.add("the focus score below which channel " + channel + " is blurred must be 0 to 1, not " + focus);
      }
    });
    return problems;
  }

  private static void share(String what, double share, List<String> problems) {
    if (!(share >= 0 && share <= 1)) {
      problems.add("the share of pixels that makes an image " + what + " must be 0 % to 100 %, not " + 100 * share + " %");
    }
  }

  /** What is wrong with a plane: any of BLANK_CHANNEL, SATURATED_CHANNEL, BLURRED. A blank plane is nothing else. */
  public Set<WellFlag> defects(PlaneQuality plane) {
    if (isBlank(plane)) {
      return EnumSet.of(WellFlag.BLANK_CHANNEL);
    }
    Set<WellFlag> defects = EnumSet.noneOf(WellFlag.class);
    if (plane.getFullScaleFraction() > saturatedAbove) {
      defects.add(WellFlag.SATURATED_CHANNEL);
    }
    if (plane.getFocus() < blurredBelow.getOrDefault(plane.getChannel(), 0.0)) {
      defects.add(WellFlag.BLURRED);
    }
    return defects;
  }

  /** All pixels alike but not at full scale, or nearly all of them zero. */
  private boolean isBlank(PlaneQuality plane) {
    boolean flat = plane.getMin() == plane.getMax() && plane.getFullScaleFraction() == 0;
    return flat || plane.getZeroFraction() >= blankAbove;
  }

  /** Why a plane must not be scored; null if it may. */
  public @Nullable Refusal refusal(PlaneQuality plane) {
    Set<WellFlag> defects = defects(plane);
    if (blank == Action.REFUSE && defects.contains(WellFlag.BLANK_CHANNEL)) {
      return new Refusal(FailureReason.BLANK_CHANNEL, plane.getMin() == plane.getMax()
          ? "the image is blank: all its pixels are " + plane.getMin()
          : "the image is blank: %s of its pixels are 0".formatted(percent(plane.getZeroFraction())));
    }
    if (saturated == Action.REFUSE && defects.contains(WellFlag.SATURATED_CHANNEL)) {
      return new Refusal(FailureReason.SATURATED_CHANNEL, "the image is saturated: %s of its pixels are at full scale (%d), and %s may be"
          .formatted(percent(plane.getFullScaleFraction()), plane.getMax(), percent(saturatedAbove)));
    }
    return null;
  }

  private static String percent(double share) {
    return "%.1f %%".formatted(Math.floor(1000 * share) / 10);
  }

  /**
   * Whether a well shows no cells: images were taken, and none shows more than background. Blank planes tell nothing; without any
   * other the answer is no.
   */
  public boolean noCells(List<PlaneQuality> planes) {
    List<PlaneQuality> telling = planes.stream().filter(plane -> !isBlank(plane)).toList();
    return !telling.isEmpty() && telling.stream().allMatch(plane -> plane.getForegroundFraction() < noCellsBelow);
  }
}
