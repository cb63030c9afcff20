package io.dcmix.training.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dcmix.core.cli.CliException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class SplitTest {
  private static final List<String> CLASSES = List.of("negative", "positive");

  /** Plates of an experiment, wells of both classes, sites: as many as asked for. */
  private static List<Sample> samples(int plates, int wells, int sites) {
    List<Sample> samples = new ArrayList<>();
    for (int plate = 0; plate < plates; plate++) {
      for (int well = 0; well < wells; well++) {
        for (int site = 1; site <= sites; site++) {
          samples.add(new Sample(samples.size(), "E" + plate / 2 + "-" + plate, "A" + well, site, well % 2, List.of()));
        }
      }
    }
    return samples;
  }

  @Property
  void noWellIsOnBothSidesAndNoSampleIsLost(
      @ForAll @IntRange(min = 1, max = 4) int plates,
      @ForAll @IntRange(min = 2, max = 12) int wells,
      @ForAll @IntRange(min = 1, max = 4) int sites,
      @ForAll @DoubleRange(min = 0, max = 0.9) double share,
      @ForAll long seed) {
    List<Sample> samples = samples(plates, wells, sites);
    List<Split> splits = new ArrayList<>(List.of(Split.byWells(samples, CLASSES, share, seed)));
    if (plates > 1) {
      splits.add(Split.byGroups(samples, CLASSES, Sample::plate, "plates", share, seed));
    }
    if (plates > 2) {
      splits.add(Split.byGroups(samples, CLASSES, s -> s.plate().substring(0, 2), "experiments", share, seed));
    }
    for (Split split : splits) {
      Set<String> both = keys(split.training(), Sample::wellKey);
      both.retainAll(keys(split.validation(), Sample::wellKey));
      assertThat(both).isEmpty();
      List<Sample> all = new ArrayList<>(split.training());
      all.addAll(split.validation());
      assertThat(all).containsExactlyInAnyOrderElementsOf(samples);
    }
  }

  private static Set<String> keys(List<Sample> samples, Function<Sample, String> key) {
    return samples.stream().map(key).collect(Collectors.toCollection(HashSet::new));
  }

  @Test
  void holdsBackAShareOfTheWellsOfEachClass() {
    List<Sample> samples = new ArrayList<>();
    for (int well = 0; well < 20; well++) {
      for (int site = 1; site <= 3; site++) {
        samples.add(new Sample(samples.size(), "P1", "A" + well, site, well % 4 == 0 ? 1 : 0, List.of()));
      }
    }
    // 15 negative and 5 positive wells: a fifth of each.
    assertThat(Split.byWells(samples, CLASSES, 0.2, 5).validation()).hasSize(12).filteredOn(s -> s.label() == 1).hasSize(3);
  }

  @Test
  void smallClassesKeepTwoWellsForTraining() {
    List<Sample> samples = new ArrayList<>();
    for (int well = 0; well < 5; well++) {
      samples.add(new Sample(well, "P1", "A" + well, 1, well < 3 ? 0 : 1, List.of()));
    }
    Split split = Split.byWells(samples, CLASSES, 0.9, 5);
    assertThat(split.training()).filteredOn(s -> s.label() == 0).hasSize(2);
    assertThat(split.training()).filteredOn(s -> s.label() == 1).hasSize(2);
  }

  @Test
  void wholePlatesAndWholeExperimentsAreHeldBack() {
    List<Sample> samples = samples(6, 4, 2);
    Split plates = Split.byGroups(samples, CLASSES, Sample::plate, "plates", 0.3, 1);
    assertThat(keys(plates.validation(), Sample::plate)).hasSize(2);
    Split experiments = Split.byGroups(samples, CLASSES, s -> s.plate().substring(0, 2), "experiments", 0.3, 1);
    assertThat(keys(experiments.validation(), s -> s.plate().substring(0, 2))).hasSize(1);
    assertThat(keys(experiments.validation(), Sample::plate)).hasSize(2);
  }

  @Test
  void saysWhatCannotBeSplit() {
    List<Sample> negatives = samples(1, 4, 1).stream().filter(s -> s.label() == 0).toList();
    assertThatThrownBy(() -> Split.byWells(negatives, CLASSES, 0.2, 1))
        .isInstanceOf(CliException.class).hasMessageContaining("No well of class 'positive'");
    assertThatThrownBy(() -> Split.byGroups(samples(1, 4, 1), CLASSES, Sample::plate, "plates", 0.2, 1))
        .isInstanceOf(CliException.class).hasMessageContaining("Holding back whole plates needs two or more");
    assertThatThrownBy(() -> Split.named(samples(1, 4, 1), CLASSES, s -> s.label() == 1))
        .isInstanceOf(CliException.class).hasMessageContaining("All wells of class 'positive' would be held back");
    List<Sample> one = samples(1, 4, 2);
    assertThatThrownBy(() -> new Split(one.subList(0, 1), one.subList(1, 8)))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("both sides");
  }
}
