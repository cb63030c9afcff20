package io.dcmix.app.archive;

import io.dcmix.app.archive.Inspection.Channel;
import io.dcmix.app.archive.Inspection.Image;
import io.dcmix.app.archive.Inspection.Plate;
import io.dcmix.app.archive.Inspection.Times;
import io.dcmix.core.archive.Findings.Group;
import io.dcmix.core.archive.Shown;
import io.dcmix.schema.event.Absence;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/** An inspection as text for people. Pure. */
final class InspectionText {
  private static final int SHOWN_PLATES = 50;
  private static final int SHOWN_LINES = 20;

  private final StringBuilder text = new StringBuilder();

  private InspectionText() {}

  static String of(Inspection inspection) {
    return new InspectionText().whole(inspection);
  }

  private String whole(Inspection i) {
    line("%s: %,d files, read as %s (%s)".formatted(Shown.whole(i.folder()), i.files(), i.layout().name(), i.layout().description()));
    if (!i.others().isEmpty()) {
      line("It looks like %s, too; choose with --layout NAME.".formatted(String.join(" and ", i.others())));
    }
    i.plates().stream().limit(SHOWN_PLATES).forEach(this::plate);
    if (i.plates().size() > SHOWN_PLATES) {
      line("");
      line("and %d plates more; choose one with --plate, or take --json".formatted(i.plates().size() - SHOWN_PLATES));
    }
    if (!i.checked()) {
      line("");
      line("The header of one plane a channel was read; --check reads all.");
    }
    if (i.findings().unknown().count() > 0) {
      group("On disk, and not in the index", i.findings().unknown());
    }
    i.findings().ignored().forEach((why, files) -> group("Ignored, " + Shown.whole(why), files));
    lines("Two readings are possible", i.findings().choices().stream().map(c -> Shown.whole(c.what()) + "\n    otherwise: " + Shown.whole(option(c.otherwise()))).toList());
    lines("Refused", i.refused().stream().map(Shown::whole).toList());
    lines("Warnings", i.findings().warnings().stream().map(Shown::whole).toList());
    return text.toString();
  }

  /** Layouts name what {@code --choice} takes, and other options with their dashes. */
  private static String option(String otherwise) {
    return otherwise.matches("[A-Za-z][A-Za-z-]*=\\S+") ? "--choice " + otherwise : otherwise;
  }

  private void plate(Plate p) {
    line("");
    line("Plate %s, acquisition %s".formatted(Shown.whole(p.plate()), Shown.whole(p.acquisition())));
    field("instrument", p.instrument() == null ? "not named" : Shown.whole(p.instrument()));
    field("wells", "%d of %d%s".formatted(
        p.wells().size(), p.format().size(), p.wells().isEmpty() ? "" : ", from %s to %s".formatted(p.wells().first(), p.wells().last())));
    field("sites", ranges(p.sites()));
    field("timepoints", Integer.toString(p.timepoints().size()));
    field("focal planes", Integer.toString(p.zs().size()));
    field("planes", "%,d".formatted(p.planes()));
    int width = p.channels().stream().mapToInt(c -> Shown.of(c.name()).length()).max().orElse(0);
    String label = "channels";
    for (Channel c : p.channels()) {
      field(label, ("%-" + Math.max(width, 1) + "s  %s  %,d plane%s").formatted(Shown.of(c.name()), image(c.image()), c.planes(), c.planes() == 1 ? "" : "s"));
      label = "";
    }
    times(p.times(), p.planes());
    field("plate map", p.mapped() == null ? "none in the archive" : "%d wells".formatted(p.mapped()));
    p.absent().forEach((kind, planes) -> planes(kind(kind), planes));
    planes("that cannot be read", p.unreadable());
    planes("unlike the others of their channel", p.differing());
  }

  private static String image(@Nullable Image image) {
    return image == null ? "not known" : Inspection.text(image);
  }

  private void times(Times t, int planes) {
    if (t.first() != null) {
      field("acquired", "%s to %s".formatted(t.first(), t.last()));
    }
    if (t.local() > 0) {
      field("acquired", "%s to %s, local, zone unknown: say where the clock hangs with --zone".formatted(
          Shown.of(String.valueOf(t.firstLocal())), Shown.of(String.valueOf(t.lastLocal()))));
    }
    if (t.unknown() > 0) {
      field("acquired", "%s without a time".formatted(t.unknown() == planes ? "all planes are" : "%,d planes are".formatted(t.unknown())));
    }
  }

  private static String kind(Absence kind) {
    return switch (kind) {
      case MISSING -> "in the index and not on disk";
      case NOT_RECORDED -> "not recorded by the instrument";
      case NOT_ACQUIRED -> "not to be acquired";
      case FOCUS_FAILURE -> "lost to a failure of the autofocus";
      case UNKNOWN -> "absent";
    };
  }

  private void planes(String what, Group planes) {
    if (planes.count() > 0) {
      line("  planes %s: %,d".formatted(what, planes.count()));
      examples(planes, "    ");
    }
  }

  private void group(String title, Group group) {
    line("");
    line("%s: %,d".formatted(title, group.count()));
    examples(group, "  ");
  }

  private void examples(Group group, String indent) {
    group.examples().forEach(example -> line(indent + Shown.whole(example)));
    if (group.count() > group.examples().size()) {
      line("%sand %,d more".formatted(indent, group.count() - group.examples().size()));
    }
  }

  private void lines(String title, List<String> lines) {
    if (lines.isEmpty()) {
      return;
    }
    line("");
    line(title + ":");
    lines.stream().limit(SHOWN_LINES).forEach(l -> l.lines().forEach(part -> line("  " + part)));
    if (lines.size() > SHOWN_LINES) {
      line("  and %,d more".formatted(lines.size() - SHOWN_LINES));
    }
  }

  private void field(String name, String value) {
    line(String.format(Locale.ROOT, "  %-13s %s", name, value).stripTrailing());
  }

  private void line(String line) {
    text.append(line).append(System.lineSeparator());
  }

  /** {@code 1–9, 12}. */
  static String ranges(SortedSet<Integer> numbers) {
    List<String> ranges = new ArrayList<>();
    Integer from = null;
    Integer to = null;
    for (int n : numbers) {
      if (from != null && to != null && n != to + 1) {
        ranges.add(range(from, to));
        from = null;
      }
      from = from == null ? Integer.valueOf(n) : from;
      to = n;
    }
    if (from != null && to != null) {
      ranges.add(range(from, to));
    }
    return String.join(", ", ranges);
  }

  private static String range(int from, int to) {
    return from == to ? Integer.toString(from) : from + "–" + to;
  }
}
