package io.dcmix.training.data;

import io.dcmix.core.cli.CliException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Samples to learn from, and samples that are held back to check what was learnt. Whole groups are held back, and no group is
 * smaller than a well: sites of one well look alike, so a model that saw one knows the others.
 *
 * @param training to learn from
 * @param validation held back
 */
public record Split(List<Sample> training, List<Sample> validation) {
  public Split {
    training = List.copyOf(training);
    validation = List.copyOf(validation);
    Set<String> wells = new HashSet<>();
    training.forEach(s -> wells.add(s.wellKey()));
    validation.stream().filter(s -> wells.contains(s.wellKey())).findFirst().ifPresent(s -> {
      throw new IllegalArgumentException("Well " + s.wellKey() + " is on both sides of the split");
    });
  }

  /**
   * Holds back a share of the wells of each class: at least one where a class has three or more, and never so many that fewer
   * than two are left.
   *
   * @param share 0 to below 1
   * @throws CliException if a class has no well at all
   */
  public static Split byWells(List<Sample> samples, List<String> classes, double share, long seed) {
    List<Sample> training = new ArrayList<>();
    List<Sample> validation = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(seed);
    for (int label = 0; label < classes.size(); label++) {
      int wanted = label;
      List<List<Sample>> wells = groups(samples.stream().filter(s -> s.label() == wanted).toList(), Sample::wellKey);
      shuffle(wells, random);
      int held = wells.size() < 3 || share == 0 ? 0 : Math.clamp(Math.round(share * wells.size()), 1, wells.size() - 2);
      for (int i = 0; i < wells.size(); i++) {
        (i < held ? validation : training).addAll(wells.get(i));
      }
    }
    return new Split(training, validation).checked(classes);
  }

  /**
   * Holds back a share of the groups, at least one, and never all.
   *
   * @param group of a sample: its plate, its experiment; all sites of a well must be in one
   * @param kind for messages: "plates"
   * @throws CliException if there are fewer than two groups, or a class is in the held-back ones alone
   */
  public static Split byGroups(
      List<Sample> samples, List<String> classes, Function<Sample, String> group, String kind, double share, long seed) {
    List<List<Sample>> groups = groups(samples, group);
    if (groups.size() < 2) {
      throw new CliException("Holding back whole %s needs two or more of them, not %d".formatted(kind, groups.size()));
    }
    shuffle(groups, new SplittableRandom(seed));
    int held = share == 0 ? 0 : Math.clamp(Math.round(share * groups.size()), 1, groups.size() - 1);
    List<Sample> training = new ArrayList<>();
    List<Sample> validation = new ArrayList<>();
    for (int i = 0; i < groups.size(); i++) {
      (i < held ? validation : training).addAll(groups.get(i));
    }
    return new Split(training, validation).checked(classes);
  }

  /**
   * Holds back the samples that are named.
   *
   * @throws CliException if a class is among the held-back ones alone
   */
  public static Split named(List<Sample> samples, List<String> classes, Predicate<Sample> held) {
    return new Split(samples.stream().filter(held.negate()).toList(), samples.stream().filter(held).toList()).checked(classes);
  }

  private Split checked(List<String> classes) {
    for (int label = 0; label < classes.size(); label++) {
      int wanted = label;
      if (training.stream().noneMatch(s -> s.label() == wanted)) {
        boolean held = validation.stream().anyMatch(s -> s.label() == wanted);
        throw new CliException(held
            ? "All wells of class '%s' would be held back; hold back fewer".formatted(classes.get(label))
            : "No well of class '%s' is among the selected wells; a model needs wells of every class. Check the plate map and --rows"
                .formatted(classes.get(label)));
      }
    }
    return this;
  }

  private static List<List<Sample>> groups(List<Sample> samples, Function<Sample, String> key) {
    Map<String, List<Sample>> groups = new LinkedHashMap<>();
    for (Sample sample : samples) {
      groups.computeIfAbsent(key.apply(sample), k -> new ArrayList<>()).add(sample);
    }
    return new ArrayList<>(groups.values());
  }

  private static <T> void shuffle(List<T> list, SplittableRandom random) {
    for (int i = list.size() - 1; i > 0; i--) {
      list.set(i, list.set(random.nextInt(i + 1), list.get(i)));
    }
  }
}
