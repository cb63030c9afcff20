package io.dcmix.training.report.page;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Room that text needs. The reader's font is not known, so widths are estimates on the safe side. */
final class TextFit {
  private TextFit() {}

  /** A label that wants to stand at a height. */
  record Label(int index, double at) {}

  /** Estimated width in the units of the font size. */
  static double width(String text, double size) {
    return size * text.codePoints().mapToDouble(TextFit::em).sum();
  }

  /** The text, or its beginning and an ellipsis if it is wider than the room. */
  static String fit(String text, double room, double size) {
    if (width(text, size) <= room) {
      return text;
    }
    StringBuilder kept = new StringBuilder();
    double left = room - size;
    for (int c : text.codePoints().toArray()) {
      left -= size * em(c);
      if (left < 0) {
        break;
      }
      kept.appendCodePoint(c);
    }
    return kept.toString().stripTrailing() + "…";
  }

  /** Moves labels apart that would lie on each other, keeping their order; sorted from top to bottom. */
  static List<Label> spread(List<Label> labels, double gap, double top, double bottom) {
    List<Label> sorted = new ArrayList<>(labels);
    sorted.sort(Comparator.comparingDouble(Label::at));
    double[] at = sorted.stream().mapToDouble(Label::at).toArray();
    for (int i = 0; i < at.length; i++) {
      at[i] = Math.max(at[i], i > 0 ? at[i - 1] + gap : top);
    }
    for (int i = at.length - 1; i >= 0; i--) {
      at[i] = Math.min(at[i], i < at.length - 1 ? at[i + 1] - gap : bottom);
    }
    List<Label> placed = new ArrayList<>();
    for (int i = 0; i < at.length; i++) {
      placed.add(new Label(sorted.get(i).index(), at[i]));
    }
    return placed;
  }

  private static double em(int c) {
    if (c >= 0x1100) {
      return c >= 0x2000 && c < 0x2E80 ? 0.7 : 1.05; // East Asian and other wide scripts
    }
    if ("iljtfrI.,:;'|!()[] ".indexOf(c) >= 0) {
      return 0.34;
    }
    return "mwMW@%".indexOf(c) >= 0 ? 0.92 : Character.isUpperCase(c) ? 0.72 : 0.57;
  }
}
