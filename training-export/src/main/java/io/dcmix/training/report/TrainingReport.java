package io.dcmix.training.report;

import io.dcmix.core.model.ModelCard;
import io.dcmix.training.export.Parity;
import io.dcmix.training.report.page.Block.Facts;
import io.dcmix.training.report.page.Block.Fact;
import io.dcmix.training.report.page.Block.Gallery;
import io.dcmix.training.report.page.Report;
import io.dcmix.training.report.page.Section;
import io.dcmix.training.report.page.Verdict;
import io.dcmix.training.report.page.Verdict.Outcome;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a training run has to say, as a page. */
final class TrainingReport {
  /** Up to so many equal shares, no channel is said to stand out. */
  private static final double EQUAL = 1.1;

  private TrainingReport() {}

  static Report of(TrainedRun run, Importances importances, Gallery examples) {
    return new Report(title(run), subtitle(run), run.card().channels(), verdicts(run),
        List.of(
            CallsSection.of(run),
            LearningSection.of(run),
            ImportanceSection.of(run, importances),
            examples(run, examples),
            DataSection.of(run),
            new Section("Recipe", "All options of the command. With one thread on the CPU, the same options and images give the same file.",
                List.of(new Facts(run.recipe().entrySet().stream().map(e -> new Fact(e.getKey(), e.getValue())).toList())))),
        provenance(run));
  }

  private static String title(TrainedRun run) {
    ModelCard card = run.card();
    if (card.channels().size() == 1) {
      return card.name();
    }
    return largest(run) < EQUAL / card.channels().size() ? card.name() + ": all channels weigh about the same"
        : String.format(Locale.ROOT, "%s: %s weighs most, with %.0f %% of the blend", card.name(), strongest(run), 100 * largest(run));
  }

  private static String strongest(TrainedRun run) {
    return ImportanceSection.strongest(run.card().channels(), shares(run));
  }

  private static double largest(TrainedRun run) {
    double largest = 0;
    for (double share : shares(run)) {
      largest = Math.max(largest, share);
    }
    return largest;
  }

  private static double[] shares(TrainedRun run) {
    return run.card().normalisedWeights().stream().mapToDouble(Double::doubleValue).toArray();
  }

  private static String subtitle(TrainedRun run) {
    List<String> classes = run.card().classes();
    List<String> plates = DataSection.plateNames(run);
    return "A DCMIX model that tells %s apart from images of %s. It learnt from %d wells of %s; %s.".formatted(
        classes.size() <= 4 ? String.join(classes.size() == 2 ? " and " : ", ", classes) : classes.size() + " classes",
        run.card().channels().size() == 1 ? "one channel" : run.card().channels().size() + " channels",
        run.training().size(), plates.size() == 1 ? "plate " + plates.getFirst() : plates.size() + " plates",
        run.checked() ? "%d wells were held back to check it".formatted(run.heldBack().size()) : "no well was held back to check it");
  }

  private static List<Verdict> verdicts(TrainedRun run) {
    Validation judged = Validation.of(run.judged());
    return List.of(
        new Verdict(run.checked() ? "Held-back wells right" : "Training wells right; none held back", judged.right() + " of " + judged.wells(), null, Outcome.NEUTRAL),
        new Verdict("Strongest channel, share of the blend", String.format(Locale.ROOT, "%s %.0f %%", strongest(run), 100 * largest(run)), null, Outcome.NEUTRAL),
        new Verdict("File against trained network, largest difference of a logit", String.format(Locale.ROOT, "%.1e", run.parity()).replace('-', '−'),
            String.format(Locale.ROOT, "≤ %.0e", Parity.LIMIT).replace('-', '−'), run.parity() <= Parity.LIMIT ? Outcome.MET : Outcome.MISSED),
        new Verdict(run.stoppedEarly() ? "Epochs, stopped early" : "Epochs", run.history().size() + " of " + run.plannedEpochs(), null, Outcome.NEUTRAL));
  }

  private static Section examples(TrainedRun run, Gallery examples) {
    int height = run.shape().smallHeight();
    int width = run.shape().smallWidth();
    int side = Examples.side(run.card().channels().size(), height, width);
    String part = side == height && side == width ? "the first site, %d × %d pixels as the network gets them".formatted(side, side)
        : "the middle of the first site, %d × %d of the %d × %d pixels that the network gets".formatted(side, side, width, height);
    return new Section("Example wells", ("Wells called wrong come first, then wells from the middle of their class, all %s. Shown is %s. A channel has the same range of "
        + "brightness in all wells. The blend is the one image that the network sees: every channel normalised, times its weight, summed.%s")
            .formatted(run.checked() ? "held back" : "learnt from", part, unshown(run.card().channels().size())), List.of(examples));
  }

  private static String unshown(int channels) {
    return channels <= Examples.MOST_CHANNELS ? "" : " Of the %d channels the first %d are shown.".formatted(channels, Examples.MOST_CHANNELS);
  }

  private static Map<String, String> provenance(TrainedRun run) {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("Model", "%s version %s, file %s, %,d bytes, %,d parameters".formatted(
        run.card().name(), run.card().version(), run.file(), run.bytes(), run.parameters()));
    facts.put("SHA-256", run.card().sha256());
    facts.put("Seed", run.recipe().getOrDefault("seed", "unknown"));
    facts.putAll(run.versions());
    return facts;
  }
}
