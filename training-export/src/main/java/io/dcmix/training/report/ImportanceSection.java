package io.dcmix.training.report;

import io.dcmix.training.report.page.Block;
import io.dcmix.training.report.page.Block.BarChart;
import io.dcmix.training.report.page.Block.Bars;
import io.dcmix.training.report.page.Block.Format;
import io.dcmix.training.report.page.Block.Heatmap;
import io.dcmix.training.report.page.Block.Mark;
import io.dcmix.training.report.page.Block.Prose;
import io.dcmix.training.report.page.Section;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What each method says of the channels, side by side, and how far the methods agree. */
final class ImportanceSection {
  private ImportanceSection() {}

  static Section of(TrainedRun run, Importances importances) {
    List<String> channels = run.card().channels();
    List<Block> blocks = new ArrayList<>();
    Map<String, double[]> methods = importances.methods();
    blocks.add(new BarChart("Share of the blend", "share", channels, List.of(
        new Bars("weight", importances.weight()),
        new Bars("contribution", Importances.mean(importances.contribution()), Importances.spread(importances.contribution()))),
        List.of(new Mark("equal start", 1.0 / channels.size()))));
    List<Bars> margins = new ArrayList<>();
    margins.add(new Bars("leave-one-out", Importances.mean(importances.leaveOneOut()), Importances.spread(importances.leaveOneOut())));
    List<double[]> shapley = importances.shapley();
    if (shapley != null) {
      margins.add(new Bars("Shapley", Importances.mean(shapley), Importances.spread(shapley)));
    }
    blocks.add(new BarChart("What the margin gains from the channel", "logits towards the truth", channels, margins, List.of()));
    if (channels.size() > 2) {
      String[] names = methods.keySet().toArray(String[]::new);
      blocks.add(new Heatmap("Agreement of the methods, Spearman’s ρ over the channels", "", "", List.of(names), List.of(names), importances.agreement(),
          Format.TWO_DECIMALS, true));
    }
    blocks.add(new Prose(agreement(channels, methods)));
    blocks.add(new Prose(meaning(shapley == null, channels.size())));
    return new Section("Which channels it uses", lead(run, importances), blocks);
  }

  private static String lead(TrainedRun run, Importances importances) {
    int sites = importances.wells().stream().mapToInt(w -> w.sites().size()).max().orElse(1);
    int wells = importances.wells().size();
    return "Measured through the exported file on %s %s wells%s%s. Error bars: SD over wells.".formatted(
        wells == run.judged().size() ? "all " + wells : "%d of the %d".formatted(wells, run.judged().size()),
        run.side(), wells == run.judged().size() ? "" : ", evenly from each class",
        importances.sitesPerWell() < sites ? ", the first %d sites of each".formatted(importances.sitesPerWell()) : "");
  }

  /** One or two channels have hardly an order that could agree. */
  static String agreement(List<String> channels, Map<String, double[]> methods) {
    if (channels.size() == 1) {
      return "There is one channel, so there is nothing to compare.";
    }
    if (channels.size() > 2) {
      return "Methods of this kind are known to disagree, because each asks another question. Agreement is measured here, not assumed: 1 means the "
          + "same order of the channels, 0 no relation, −1 the reverse. With few channels ρ takes few values and a high one can be chance.";
    }
    Map<String, List<String>> first = methods.entrySet().stream().collect(Collectors.groupingBy(e -> strongest(channels, e.getValue()),
        TreeMap::new, Collectors.mapping(Map.Entry::getKey, Collectors.toList())));
    String order = first.size() == 1 ? "All methods put %s first.".formatted(first.keySet().iterator().next())
        : first.entrySet().stream().map(e -> "%s comes first by %s".formatted(e.getKey(), String.join(", ", e.getValue())))
            .collect(Collectors.joining("; ", "", "."));
    return order + " Methods of this kind are known to disagree, so agreement is measured and not assumed. With two channels they can only agree or not, "
        + "so agreement says little.";
  }

  static String strongest(List<String> channels, double[] values) {
    return channels.get(IntStream.range(0, values.length).boxed().max(Comparator.comparingDouble(c -> values[c])).orElseThrow());
  }

  private static String meaning(boolean tooMany, int channels) {
    return "Weight is what the network learnt and is the same for all wells; contribution is weight times contrast in the wells at hand. Leave-one-out is what "
        + "the margin loses when the channel alone is taken away, "
        + (tooMany ? "in the direction of the truth. Exact Shapley values are left out: %d channels would take %s passes a site."
            .formatted(channels, channels < 63 ? String.format(Locale.ROOT, "%,d", 1L << channels) : "2^" + channels)
            : "Shapley values are what it adds on average over all orders of adding channels; both in the direction of the truth, so that hits and "
                + "others do not cancel out. If two channels tell the same, leave-one-out gives both little and Shapley values share the credit.")
        + "\n\nNone of this is cause: it says what this model uses, not what the cells did.";
  }
}
