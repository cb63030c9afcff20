package io.dcmix.training.report;

import io.dcmix.core.model.ModelCard;
import io.dcmix.core.screening.ControlSeparation;
import io.dcmix.training.report.page.Block;
import io.dcmix.training.report.page.Block.Dot;
import io.dcmix.training.report.page.Block.Fact;
import io.dcmix.training.report.page.Block.Facts;
import io.dcmix.training.report.page.Block.Format;
import io.dcmix.training.report.page.Block.Group;
import io.dcmix.training.report.page.Block.Heatmap;
import io.dcmix.training.report.page.Block.Mark;
import io.dcmix.training.report.page.Block.StripPlot;
import io.dcmix.training.report.page.Section;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/** What wells are called, and how far apart the classes lie. */
final class CallsSection {
  private static final int MOST_NAMES = 40;
  private static final int MOST_DOTS = 300;

  private CallsSection() {}

  /**
   * How well two classes are told apart by the margins of some wells; empty where it is not defined.
   *
   * @param zPrime Z′ of mean and SD
   * @param robustZPrime of median and MAD
   * @param ssmd strictly standardised mean difference, hit class minus the other
   */
  record Separation(OptionalDouble zPrime, OptionalDouble robustZPrime, OptionalDouble ssmd) {}

  /** Of the wells that are judged; null unless there are two classes. */
  static Separation separation(TrainedRun run) {
    int hit = run.card().hitIndex();
    double[] hits = run.judged().stream().filter(w -> w.label() == hit).mapToDouble(w -> w.margin(hit)).toArray();
    double[] others = run.judged().stream().filter(w -> w.label() != hit).mapToDouble(w -> w.margin(hit)).toArray();
    return new Separation(ControlSeparation.zPrime(hits, others), ControlSeparation.robustZPrime(hits, others), ControlSeparation.ssmd(hits, others));
  }

  static Section of(TrainedRun run) {
    Validation judged = Validation.of(run.judged());
    List<Block> blocks = new ArrayList<>();
    List<Fact> facts = new ArrayList<>();
    facts.add(new Fact("Called wrong", judged.wrong().isEmpty() ? "none" : names(judged.wrong())));
    if (run.card().classes().size() == 2) {
      Separation apart = separation(run);
      String none = "not defined: it takes two wells or more of each class";
      facts.add(new Fact("Z′", text(apart.zPrime(), none)));
      facts.add(new Fact("Robust Z′", text(apart.robustZPrime(), none)));
      facts.add(new Fact("SSMD", text(apart.ssmd(), none)));
    }
    // Facts part the charts, so that the margins take the whole width: their columns need room.
    blocks.add(margins(run));
    blocks.add(new Facts(facts));
    blocks.add(confusion(run));
    return run.checked()
        ? new Section("Held-back wells", "The network never learnt from these %d wells. A well is called by the mean logits of its sites; the margin is the log odds of %s."
            .formatted(judged.wells(), quoted(run.card())) + few(judged.wells()), blocks)
        : new Section("Training wells", ("No wells were held back. What follows is about the wells that were learnt from, which says nothing of other wells. "
            + "The margin is the log odds of %s.").formatted(quoted(run.card())), blocks);
  }

  private static String few(int wells) {
    return wells >= 10 ? "" : " They are few: one well more or less called right would change the picture.";
  }

  private static String quoted(ModelCard card) {
    return "‘" + card.hitClass() + "’";
  }

  private static String names(List<String> wells) {
    String named = wells.stream().limit(MOST_NAMES).collect(Collectors.joining(", "));
    return wells.size() > MOST_NAMES ? named + " and %d more".formatted(wells.size() - MOST_NAMES) : named;
  }

  private static String text(OptionalDouble value, String none) {
    return value.isPresent() ? String.format(Locale.ROOT, "%.2f", value.getAsDouble()).replace('-', '−') : none;
  }

  private static Heatmap confusion(TrainedRun run) {
    int[][] counts = WellCall.confusion(run.judged(), run.card().classes().size());
    double[][] cells = Arrays.stream(counts).map(row -> Arrays.stream(row).asDoubleStream().toArray()).toArray(double[][]::new);
    return new Heatmap(run.checked() ? "Calls of held-back wells" : "Calls of training wells", "plate map", "called", run.card().classes(), run.card().classes(), cells,
        Format.COUNT, false);
  }

  private static StripPlot margins(TrainedRun run) {
    List<Group> groups = new ArrayList<>();
    for (int label = 0; label < run.card().classes().size(); label++) {
      String name = run.card().classes().get(label);
      group(groups, name + ", learnt from", name, run.training(), label, run.card().hitIndex());
      group(groups, name + ", held back", name, run.heldBack(), label, run.card().hitIndex());
    }
    boolean all = groups.stream().allMatch(g -> g.dots().size() < MOST_DOTS);
    return new StripPlot("Margin of each well" + (all ? "" : ", at most " + MOST_DOTS + " a column"), "", "margin of " + run.card().hitClass(), groups,
        List.of(new Mark(run.card().classes().size() == 2 ? "called a hit" : "even odds", 0)));
  }

  private static void group(List<Group> groups, String label, String kind, List<WellCall> wells, int wanted, int hit) {
    List<WellCall> ofClass = wells.stream().filter(w -> w.label() == wanted).toList();
    if (!ofClass.isEmpty()) {
      groups.add(new Group(label, kind, EvenChoice.spread(ofClass, MOST_DOTS).stream().map(w -> new Dot(w.name(), w.margin(hit))).toList()));
    }
  }
}
