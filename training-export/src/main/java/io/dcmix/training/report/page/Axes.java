package io.dcmix.training.report.page;

import java.util.List;

/** The quiet parts of a chart: grid, ticks, titles, marks. */
final class Axes {
  private static final double MARK_ROW = 17;

  private Axes() {}

  /** Room that the labels of a vertical scale need on its left. */
  static double room(Scale y) {
    return 10 + y.ticks().stream().mapToDouble(t -> TextFit.width(y.label(t), Drawing.TICK)).max().orElse(0);
  }

  /** Horizontal grid lines with their labels on the left, and the title above them. */
  static void vertical(Markup out, Scale y, double left, double right, String title) {
    for (double tick : y.ticks()) {
      out.leaf("line", "class", tick == 0 ? "zero" : "grid", "x1", left, "x2", right, "y1", y.at(tick), "y2", y.at(tick));
      out.text("text", y.label(tick), "class", "tick end", "x", left - 8, "y", y.at(tick) + 4);
    }
    out.text("text", TextFit.fit(title, right, Drawing.TICK), "class", "tick", "x", 0.0, "y", 11.0);
  }

  /** Labels under a horizontal scale, and its title at the right. */
  static void horizontal(Markup out, Scale x, List<Double> ticks, double bottom, String title) {
    for (double tick : ticks) {
      out.text("text", x.label(tick), "class", "tick mid", "x", x.at(tick), "y", bottom + 18);
    }
    out.text("text", TextFit.fit(title, x.to(), Drawing.TICK), "class", "tick end", "x", x.to(), "y", bottom + 36);
  }

  /** The name of a row, its right end at {@code x}; in full when it is pointed at. */
  static void rowName(Markup out, String name, double x, double middle) {
    out.open("text", "class", "name end", "x", x, "y", middle + 4).text("title", name);
    out.say(TextFit.fit(name, x - 2, Drawing.NAME)).close();
  }

  /** Room that marks on a horizontal scale need above the chart. */
  static double markRoom(List<Block.Mark> marks) {
    return marks.stream().anyMatch(m -> Numbers.known(m.at())) ? MARK_ROW * marks.size() + 4 : 0;
  }

  /** Broken vertical lines, each with its label in a row of its own, so that labels never meet. */
  static void marks(Markup out, Scale x, List<Block.Mark> marks, double bottom, double width) {
    for (int i = 0; i < marks.size(); i++) {
      Block.Mark mark = marks.get(i);
      if (Numbers.known(mark.at())) {
        double at = x.at(mark.at());
        double y = MARK_ROW * i + 12;
        boolean before = at > width / 2;
        String label = TextFit.fit(mark.label(), (before ? at : width - at) - 8, Drawing.TICK);
        out.leaf("line", "class", "mark", "x1", at, "x2", at, "y1", y - 9, "y2", bottom);
        out.text("text", label, "class", before ? "tick end on" : "tick on", "x", before ? at - 6 : at + 6, "y", y);
      }
    }
  }
}
