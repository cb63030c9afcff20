package io.dcmix.training.explain;

import io.dcmix.core.archive.PlateMap;
import io.dcmix.core.model.ModelCard;
import io.dcmix.core.wells.WellScore;
import io.dcmix.schema.event.WellRole;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** An explanation for people: a table of the channels with signed bars. */
public final class ExplanationText {
  /** Cells of a bar on each side of the axis. */
  private static final int CELLS = 12;

  private ExplanationText() {}

  /**
   * The lines of the report.
   *
   * @param blocks whether the terminal shows block characters; else bars are of {@code #}
   */
  public static List<String> lines(ExplainedWell well, boolean blocks) {
    ModelCard card = well.card();
    WellScore score = well.explanation().score();
    WellExplanation.Shares shapley = well.explanation().shapley();
    List<String> lines = new ArrayList<>();
    lines.add("Well %s of plate %s, acquisition %s%s%s".formatted(well.well(), well.plate().plate(), well.plate().acquisition(),
        well.timepoint() > 0 ? ", timepoint " + well.timepoint() : "", content(well.content())));
    lines.add("Model %s version %s on %s; mean over %s".formatted(card.name(), card.version(), well.device(), sites(well.sites())));
    lines.add("");
    lines.add(String.format(Locale.ROOT, "Predicted  %s, probability %.3f", well.predictedClass(), score.probabilities()[score.predictedIndex()]));
    lines.add(String.format(Locale.ROOT, "Margin     %+.3f, the log odds of '%s'", score.hitLogit(), card.hitClass()));
    lines.add("");
    table(lines, well, blocks);
    if (shapley != null) {
      lines.add("");
      lines.add(String.format(Locale.ROOT, "Sum of the Shapley values %+.3f = margin with all channels (%+.3f) - margin with none (%+.3f)",
          shapley.sum(), shapley.all(), shapley.none()));
    }
    return lines;
  }

  private static void table(List<String> lines, ExplainedWell well, boolean blocks) {
    ModelCard card = well.card();
    WellExplanation explanation = well.explanation();
    double[] drawn = explanation.shapley() == null ? explanation.leaveOneOut() : explanation.shapley().values();
    double largest = Arrays.stream(drawn).map(Math::abs).max().orElse(0);
    int width = Math.max("Channel".length(), card.channels().stream().mapToInt(String::length).max().orElse(0));
    String row = "%-" + width + "s  %7s  %12s  %13s%s  %s";
    lines.add(row.formatted("Channel", "Weight", "Contribution", "Leave-one-out", explanation.shapley() == null ? "" : "    Shapley",
        " ".repeat(CELLS) + "0").stripTrailing());
    for (int c = 0; c < card.channels().size(); c++) {
      lines.add(row.formatted(
          card.channels().get(c),
          percent(card.normalisedWeights().get(c)),
          percent(explanation.score().contribution()[c]),
          signed(explanation.leaveOneOut()[c]),
          explanation.shapley() == null ? "" : "  %9s".formatted(signed(explanation.shapley().values()[c])),
          bar(drawn[c], largest, blocks)).stripTrailing());
    }
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }

  private static String signed(double value) {
    return String.format(Locale.ROOT, "%+.3f", value);
  }

  /** A bar to the right of the axis for what speaks for a hit, to the left for what speaks against it; in half cells. */
  static String bar(double value, double largest, boolean blocks) {
    int halves = largest == 0 ? 0 : (int) Math.round(Math.abs(value) / largest * 2 * CELLS);
    String full = (blocks ? "█" : "#").repeat(halves / 2);
    boolean half = halves % 2 == 1 && blocks;
    String axis = blocks ? "│" : "|";
    if (value < 0) {
      String bar = (half ? "▐" : "") + full;
      return " ".repeat(CELLS - bar.length()) + bar + axis;
    }
    return " ".repeat(CELLS) + axis + full + (half ? "▌" : "");
  }

  private static String sites(List<Integer> sites) {
    String numbers = sites.stream().map(Object::toString).collect(Collectors.joining(", "));
    return sites.size() == 1 ? "1 site (" + numbers + ")" : "%d sites (%s)".formatted(sites.size(), numbers);
  }

  private static String content(PlateMap.@Nullable Content content) {
    if (content == null) {
      return ", not on the plate map";
    }
    StringBuilder text = new StringBuilder();
    if (content.role() != WellRole.UNKNOWN) {
      text.append(": ").append(content.role().name().toLowerCase(Locale.ROOT).replace('_', ' '));
    }
    String treatment = content.treatment();
    if (treatment != null) {
      text.append(", ").append(treatment);
    }
    Double concentration = content.concentration();
    if (concentration != null) {
      text.append(", ").append(BigDecimal.valueOf(concentration).stripTrailingZeros().toPlainString()).append(content.unit() == null ? "" : " " + content.unit());
    }
    return text.toString();
  }
}
