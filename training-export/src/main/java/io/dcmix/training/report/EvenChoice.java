package io.dcmix.training.report;

import java.util.ArrayList;
import java.util.List;

/** Picks a few of many, as many of each class as there are, without a random number. */
final class EvenChoice {
  private EvenChoice() {}

  /** Of each class as many as possible, and of all classes at most {@code most}; in the order of the classes. */
  static List<WellCall> perClass(List<WellCall> wells, int classes, int most) {
    List<List<WellCall>> groups = new ArrayList<>();
    for (int label = 0; label < classes; label++) {
      int wanted = label;
      groups.add(wells.stream().filter(w -> w.label() == wanted).toList());
    }
    int[] counts = counts(groups.stream().mapToInt(List::size).toArray(), most);
    List<WellCall> chosen = new ArrayList<>();
    for (int label = 0; label < classes; label++) {
      chosen.addAll(spread(groups.get(label), counts[label]));
    }
    return chosen;
  }

  /** One for each in turn until all are given or nobody can take more. */
  static int[] counts(int[] available, int most) {
    int[] counts = new int[available.length];
    int left = most;
    boolean given = true;
    while (left > 0 && given) {
      given = false;
      for (int i = 0; i < counts.length && left > 0; i++) {
        if (counts[i] < available[i]) {
          counts[i]++;
          left--;
          given = true;
        }
      }
    }
    return counts;
  }

  /** {@code n} of a list at even distances, in its order; all of it if it has no more. */
  static <T> List<T> spread(List<T> list, int n) {
    List<T> chosen = new ArrayList<>();
    int taken = Math.min(n, list.size());
    for (int i = 0; i < taken; i++) {
      // The middle of the i-th of n equal parts.
      chosen.add(list.get((int) ((2L * i + 1) * list.size() / (2L * taken))));
    }
    return chosen;
  }
}
