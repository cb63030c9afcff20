package io.dcmix.core.archive;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** What was noticed while an archive was read. Counts everything and keeps a few examples, so that it stays small. */
public final class Findings {
  /** Examples that are kept of each kind. */
  public static final int EXAMPLES = 5;

  private static final int MAX_WARNINGS = 1_000;

  /** Things of one kind: how many, and the first few. */
  public record Group(int count, List<String> examples) {}

  /**
   * One of several possible readings.
   *
   * @param what what was found and how it is read
   * @param otherwise the option that reads it the other way
   */
  public record Choice(String what, String otherwise) {}

  private static final class Counted {
    int count;
    final List<String> examples = new ArrayList<>();

    void add(String example) {
      if (count++ < EXAMPLES) {
        examples.add(Shown.of(example));
      }
    }

    Group group() {
      return new Group(count, List.copyOf(examples));
    }
  }

  private final SortedMap<String, Counted> ignored = new TreeMap<>();
  private final Counted unknown = new Counted();
  private final List<Choice> choices = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();

  /** A file that is no plane, and why: {@code thumbnail}, {@code projection}. */
  public void ignored(String why, String file) {
    ignored.computeIfAbsent(why, w -> new Counted()).add(file);
  }

  /** A file that looks like an image and that the index does not know. */
  public void unknown(String file) {
    unknown.add(file);
  }

  public void choice(String what, String otherwise) {
    choices.add(new Choice(what, otherwise));
  }

  /** Anything else; names the place. */
  public void warning(String text) {
    if (warnings.size() < MAX_WARNINGS) {
      warnings.add(text);
    } else if (warnings.size() == MAX_WARNINGS) {
      warnings.add("and more");
    }
  }

  /** By reason. */
  public SortedMap<String, Group> ignored() {
    SortedMap<String, Group> groups = new TreeMap<>();
    ignored.forEach((why, counted) -> groups.put(why, counted.group()));
    return groups;
  }

  public Group unknown() {
    return unknown.group();
  }

  public List<Choice> choices() {
    return List.copyOf(choices);
  }

  public List<String> warnings() {
    return List.copyOf(warnings);
  }
}
