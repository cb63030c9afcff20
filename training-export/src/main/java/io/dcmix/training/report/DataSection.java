package io.dcmix.training.report;

import io.dcmix.core.model.ModelCard;
import io.dcmix.schema.event.PixelType;
import io.dcmix.training.data.TrainingSet;
import io.dcmix.training.report.page.Block;
import io.dcmix.training.report.page.Block.Align;
import io.dcmix.training.report.page.Block.Fact;
import io.dcmix.training.report.page.Block.Facts;
import io.dcmix.training.report.page.Block.Table;
import io.dcmix.training.report.page.Section;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What was learnt from and what was held back, and what the network gets of an image. */
final class DataSection {
  private static final int MOST_NAMES = 12;

  private DataSection() {}

  /** Plates, wells and sites of some wells. */
  record Amount(int plates, int wells, int sites) {
    static Amount of(List<WellCall> wells) {
      return new Amount((int) wells.stream().map(WellCall::plate).distinct().count(), wells.size(), wells.stream().mapToInt(w -> w.sites().size()).sum());
    }

    static Amount of(List<WellCall> wells, int label) {
      return of(wells.stream().filter(w -> w.label() == label).toList());
    }
  }

  static Section of(TrainedRun run) {
    ModelCard card = run.card();
    List<List<String>> rows = new ArrayList<>();
    for (int label = 0; label < card.classes().size(); label++) {
      rows.add(row(card.classes().get(label), Amount.of(run.training(), label), Amount.of(run.heldBack(), label)));
    }
    rows.add(row("all", Amount.of(run.training()), Amount.of(run.heldBack())));
    List<Block> blocks = new ArrayList<>();
    blocks.add(Table.numbers(List.of("Class", "plates, learnt from", "wells", "sites", "plates, held back", "wells", "sites"), rows));
    TrainingSet.Shape shape = run.shape();
    List<Fact> facts = new ArrayList<>();
    facts.add(new Fact("Plates", plates(run)));
    facts.add(new Fact("Images", "%d × %d pixels, %s".formatted(shape.width(), shape.height(), shape.type() == PixelType.UINT16 ? "uint16" : "uint8")));
    facts.add(new Fact("The network sees", shape.shrink() == 1 ? "every pixel" : "%d × %d pixels, each the mean of %d × %d".formatted(
        shape.smallWidth(), shape.smallHeight(), shape.shrink(), shape.shrink())));
    blocks.add(new Facts(facts));
    blocks.add(channels(card));
    return new Section("Data", "The split is by whole wells or more: sites of one well are never on both sides."
        + " Each channel is normalised by mean and SD of the training sites, (x − mean) / SD, and then blended by its weight.", blocks);
  }

  private static List<String> row(String name, Amount training, Amount heldBack) {
    return Stream.concat(Stream.of(name), Stream.of(training.plates(), training.wells(), training.sites(), heldBack.plates(), heldBack.wells(), heldBack.sites())
        .map(n -> String.format(Locale.ROOT, "%,d", n))).toList();
  }

  /** Plates of a run, in their order. */
  static List<String> plateNames(TrainedRun run) {
    return Stream.concat(run.training().stream(), run.heldBack().stream()).map(WellCall::plate).distinct().sorted().toList();
  }

  private static String plates(TrainedRun run) {
    List<String> names = plateNames(run);
    return names.stream().limit(MOST_NAMES).collect(Collectors.joining(", "))
        + (names.size() > MOST_NAMES ? " and %d more, all named in the JSON file beside this page".formatted(names.size() - MOST_NAMES) : "");
  }

  private static Table channels(ModelCard card) {
    List<List<String>> rows = new ArrayList<>();
    for (int c = 0; c < card.channels().size(); c++) {
      rows.add(List.of(card.channels().get(c), number("%.2f", card.means().get(c)), number("%.2f", card.standardDeviations().get(c)),
          number("%.4f", card.weights().get(c)), number("%.1f %%", 100 * card.normalisedWeights().get(c))));
    }
    return new Table(List.of("Channel", "mean", "SD", "weight", "share of the blend"), rows,
        List.of(Align.LEFT, Align.RIGHT, Align.RIGHT, Align.RIGHT, Align.RIGHT));
  }

  private static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
