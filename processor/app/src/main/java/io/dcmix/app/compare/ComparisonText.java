package io.dcmix.app.compare;

import io.dcmix.app.compare.LaneComparison.Basis;
import io.dcmix.app.compare.LaneComparison.Channel;
import io.dcmix.schema.WellKey;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A comparison as people read it. Pure. */
final class ComparisonText {
  private static final int LARGEST = 10;
  private static final int PLATES = 50;
  private static final int RENAMED = 5;

  private ComparisonText() {}

  static String of(LaneComparison c) {
    StringBuilder text = new StringBuilder();
    Map<String, LaneComparison> plates = c.byPlate();
    String title = "Lanes %s and %s, %s".formatted(c.laneA(), c.laneB(),
        plates.size() == 1 ? "plate " + plates.keySet().iterator().next() : plates.size() + " plates that both have");
    line(text, "  " + title);
    line(text, "  " + "─".repeat(title.length()));
    entry(text, "Models", "%s in %s; %s in %s".formatted(
        String.join(", ", c.models(WellPair::a)), c.laneA(), String.join(", ", c.models(WellPair::b)), c.laneB()));
    entry(text, "Wells", "%,d in both, %,d only in %s, %,d only in %s".formatted(
        c.pairs().size(), c.onlyA().size(), c.laneA(), c.onlyB().size(), c.laneB()));
    c.renamed().stream().limit(RENAMED).forEach(runs -> entry(text, "", "compared " + runs));
    entry(text, "Images", "%,d wells on the same, %,d on partly the same, %,d on others".formatted(
        c.images(WellPair.Images.SAME), c.images(WellPair.Images.PARTLY), c.images(WellPair.Images.OTHER)));
    entry(text, "Classes", "%,d of %,d changed".formatted(c.classesChanged(), c.pairs().size()));
    entry(text, "Calls", calls(c));
    entry(text, "Scores", "Pearson %s, Spearman %s of the hit logit".formatted(number(c.pearson()), number(c.spearman())));
    plates(text, plates);
    largest(text, c);
    importance(text, c);
    return text.toString();
  }

  private static String calls(LaneComparison c) {
    long flipped = c.flipped().size();
    long became = c.becameHits();
    String by = c.basis() == Basis.CALLS ? "the hit calls of both lanes" : "the sign of the hit logit, for want of hit calls in both lanes";
    long without = (long) c.pairs().size() - c.called().size();
    return "%,d of %,d flipped: %,d only hits in %s, %,d only in %s; by %s%s".formatted(
        flipped, c.called().size(), flipped - became, c.laneA(), became, c.laneB(), by,
        without == 0 ? "" : "; %,d wells have no call in one of them".formatted(without));
  }

  private static void plates(StringBuilder text, Map<String, LaneComparison> plates) {
    if (plates.size() < 2) {
      return;
    }
    text.append('\n');
    line(text, "  %-24s %7s %7s %7s %8s %9s".formatted("Plate", "wells", "flipped", "changed", "Pearson", "Spearman"));
    plates.entrySet().stream().limit(PLATES).forEach(entry -> {
      LaneComparison c = entry.getValue();
      line(text, "  %-24s %7d %7d %7d %8s %9s".formatted(
          entry.getKey(), c.pairs().size(), c.flipped().size(), c.classesChanged(), number(c.pearson()), number(c.spearman())));
    });
    if (plates.size() > PLATES) {
      line(text, "  and %d more; --out writes every well".formatted(plates.size() - PLATES));
    }
  }

  private static void largest(StringBuilder text, LaneComparison c) {
    List<WellPair> largest = c.largest(LARGEST);
    text.append('\n');
    if (largest.isEmpty()) {
      line(text, "  No hit logit differs.");
      return;
    }
    line(text, "  Largest differences of the hit logit");
    List<WellPair> flipped = c.flipped();
    for (WellPair pair : largest) {
      line(text, "    %-28s %8.3f → %8.3f  %+8.3f%s%s".formatted(
          place(pair.a().key()), pair.a().hitLogit(), pair.b().hitLogit(), pair.difference(),
          flipped.contains(pair) ? "  flipped" : "",
          pair.classChanged() ? "  " + pair.a().predictedClass() + " → " + pair.b().predictedClass() : ""));
    }
  }

  private static void importance(StringBuilder text, LaneComparison c) {
    List<Channel> channels = c.channels();
    text.append('\n');
    if (channels.isEmpty()) {
      line(text, "  No well was explained in both lanes, so importance cannot be compared (--explain).");
      return;
    }
    line(text, "  Importance, mean over %,d wells explained in both".formatted(c.explained().size()));
    for (Channel channel : channels) {
      line(text, "    %-16s %8.3f → %8.3f   contribution %5.1f %% → %5.1f %%".formatted(
          channel.name(), channel.importanceA(), channel.importanceB(), 100 * channel.contributionA(), 100 * channel.contributionB()));
    }
    line(text, "    The order of the channels agrees to Spearman %s".formatted(number(c.importanceRank())));
  }

  /** {@code P-7 B02}, with the timepoint where it is not the first. */
  static String place(WellKey key) {
    return key.plate().plate() + " " + key.well() + (key.timepoint() == 0 ? "" : " t" + key.timepoint());
  }

  private static String number(double value) {
    return Double.isNaN(value) ? "undefined" : String.format(Locale.ROOT, "%.3f", value);
  }

  private static void entry(StringBuilder text, String name, String value) {
    line(text, "  %-9s%s".formatted(name, value));
  }

  private static void line(StringBuilder text, String line) {
    text.append(line.stripTrailing()).append('\n');
  }
}
