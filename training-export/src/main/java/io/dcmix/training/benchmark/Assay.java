package io.dcmix.training.benchmark;

import io.dcmix.core.archive.OpenedArchive;
import io.dcmix.core.archive.PlateMap;
import io.dcmix.core.archive.layout.Archives;
import io.dcmix.core.cli.CliException;
import io.dcmix.schema.WellAddress;
import io.dcmix.training.data.ArchiveSource;
import io.dcmix.training.data.Labels;
import io.dcmix.training.data.Sample;
import io.dcmix.training.data.TrainingSet;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * BBBC013 (Ljosa et al. 2012): one 96-well plate, FKHR-GFP and DNA. Rows A to D show one compound, rows E to H another, each with
 * its own controls: so one half can be learnt from and the other one asked.
 *
 * @param set all wells: class 0 negative and 1 positive controls, 2 the doses between
 * @param doses level of each sample, 0 (negative controls) to 10 (positive controls)
 */
record Assay(TrainingSet set, List<Integer> doses) implements AutoCloseable {
  static final int NEGATIVE = 0;
  static final int POSITIVE = 1;

  /** Every well's images, averaged down to this side. */
  private static final int SIDE = 160;

  private static final int DOSE = 2;
  private static final int ROWS_OF_A_HALF = 4;
  private static final String DESCRIPTION = "/io/dcmix/training/benchmark/bbbc013.properties";

  /** The rows of one compound. */
  enum Half {
    /** Rows A to D. */
    AD,
    /** Rows E to H. */
    EH;

    Half other() {
      return this == AD ? EH : AD;
    }

    String rows() {
      return this == AD ? "A to D" : "E to H";
    }
  }

  /**
   * Reads the plate.
   *
   * @param folder of the images, or one that holds them in {@code ExampleSBSImages}
   * @throws CliException if the folder is not this assay
   */
  static Assay open(Path folder, Consumer<String> warnings) throws IOException {
    Path images = Files.isDirectory(folder.resolve("ExampleSBSImages")) ? folder.resolve("ExampleSBSImages") : folder;
    OpenedArchive opened = Archives.one(images, Archives.Reading.by(description()));
    opened.warnings().forEach(warnings);
    PlateMap map = Objects.requireNonNull(opened.map(), "The description names a plate map");
    Labels labels = new Labels(List.of("negative", "positive"), "positive", content -> switch (content.role()) {
      case NEGATIVE_CONTROL -> NEGATIVE;
      case POSITIVE_CONTROL -> POSITIVE;
      default -> DOSE;
    });
    List<String> channels = List.of("GFP", "DNA");
    TrainingSet set = TrainingSet.read(
        List.of(new ArchiveSource(opened.archive(), map, channels, labels, well -> true, warnings)),
        channels, labels, SIDE, warnings, n -> {});
    List<Integer> doses = new ArrayList<>();
    for (Sample sample : set.samples()) {
      PlateMap.Content content = map.wells().get(WellAddress.parse(sample.well()));
      Double dose = content == null ? null : content.concentration();
      if (dose == null) {
        set.close();
        throw new CliException("Well %s of %s has no dose in the plate map; this is not the whole assay".formatted(sample.well(), images));
      }
      doses.add((int) Math.round(dose));
    }
    Assay assay = new Assay(set, doses);
    for (Half half : Half.values()) {
      for (int label : new int[] {NEGATIVE, POSITIVE}) {
        if (assay.controls(half).stream().filter(s -> s.label() == label).count() < 2) {
          set.close();
          throw new CliException("Rows %s of %s have fewer than two %s controls with images; this is not the whole assay"
              .formatted(half.rows(), images, label == NEGATIVE ? "negative" : "positive"));
        }
      }
    }
    return assay;
  }

  /** The description lies in the program, and archives are described by files. */
  private static Path description() throws IOException {
    Path file = Files.createTempFile("dcmix-bbbc013", ".properties");
    file.toFile().deleteOnExit();
    try (InputStream in = Objects.requireNonNull(Assay.class.getResourceAsStream(DESCRIPTION), DESCRIPTION)) {
      Files.write(file, in.readAllBytes());
    }
    return file;
  }

  static int row(Sample sample) {
    return WellAddress.parse(sample.well()).row();
  }

  static Half half(Sample sample) {
    return row(sample) < ROWS_OF_A_HALF ? Half.AD : Half.EH;
  }

  /** All wells of a half. */
  List<Sample> wells(Half half) {
    return set.samples().stream().filter(s -> half(s) == half).toList();
  }

  /** The controls of a half. */
  List<Sample> controls(Half half) {
    return wells(half).stream().filter(s -> s.label() != DOSE).toList();
  }

  int dose(Sample sample) {
    return doses.get(sample.index());
  }

  @Override
  public void close() {
    set.close();
  }
}
