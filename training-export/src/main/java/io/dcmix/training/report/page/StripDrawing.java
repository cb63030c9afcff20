package io.dcmix.training.report.page;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** A column of dots for each group, moved aside where they would hide each other, and a bar at the mean. */
record StripDrawing(Block.StripPlot chart, Palette palette) implements Drawing {
  private static final double RADIUS = 3.6;
  private static final int SWARM = 400;
  private static final double LEGIBLE = 76; // a column this wide shows enough of any label
  private static final double GAP = 16;

  @Override
  public String title() {
    return chart.title();
  }

  @Override
  public String note() {
    return "A dot for each value; the bar is the mean.";
  }

  @Override
  public boolean hasValues() {
    return values().anyMatch(Numbers::known);
  }

  @Override
  public boolean wantsWidth() {
    return chart.groups().size() > 7;
  }

  @Override
  public Map<String, String> legend() {
    List<String> kinds = chart.groups().stream().map(Block.Group::kind).distinct().toList();
    Map<String, String> legend = new LinkedHashMap<>();
    if (kinds.size() > 1) {
      List<String> classes = palette.classes(kinds);
      IntStream.range(0, kinds.size()).forEach(i -> legend.put(kinds.get(i), classes.get(i)));
    }
    return legend;
  }

  @Override
  public void draw(Markup out, int width) {
    Map<String, String> colors = legend();
    List<Block.Mark> marks = chart.thresholds().stream().filter(m -> Numbers.known(m.at())).toList();
    double right = width - Math.min(width * 0.28, marks.stream().mapToDouble(m -> 12 + TextFit.width(m.label(), TICK)).max().orElse(4));
    double height = width < 400 ? 280 : 330;
    int groups = chart.groups().size();
    double longest = chart.groups().stream().mapToDouble(g -> TextFit.width(g.label(), TICK)).max().orElse(0);
    double column = (right - 40) / groups;
    boolean slanted = longest > column - 6 && column < LEGIBLE;
    double bottom = height - 44 - (slanted ? Math.min(70, longest * 0.7) : 0);
    Scale y = Scale.nice(DoubleStream.concat(values(), marks.stream().mapToDouble(Block.Mark::at)), 5, bottom, 26);
    double left = Axes.room(y);
    double pitch = (right - left) / groups;

    openSvg(out, width, height);
    Axes.vertical(out, y, left, right, chart.yLabel());
    out.text("text", TextFit.fit(chart.xLabel(), right, TICK), "class", "tick end", "x", right, "y", height - 6);
    int stride = (int) Math.ceil(slanted ? 16 / pitch : 1);
    for (int g = 0; g < groups; g++) {
      Block.Group group = chart.groups().get(g);
      double middle = left + pitch * (g + 0.5);
      if (g % stride == 0) {
        label(out, group.label(), middle, bottom + 18, slanted, slanted ? 100 : pitch - 4);
      }
      group(out, group, colors.getOrDefault(group.kind(), "own"), middle, pitch, y);
    }
    List<TextFit.Label> ends = IntStream.range(0, marks.size()).mapToObj(i -> new TextFit.Label(i, y.at(marks.get(i).at()))).toList();
    for (TextFit.Label end : TextFit.spread(ends, GAP, 26, bottom)) {
      Block.Mark mark = marks.get(end.index());
      out.leaf("line", "class", "mark", "x1", left, "x2", right, "y1", y.at(mark.at()), "y2", y.at(mark.at()));
      out.text("text", TextFit.fit(mark.label(), width - right - 6, TICK), "class", "tick on", "x", right + 6, "y", end.at() + 4);
    }
    out.close();
  }

  private static void label(Markup out, String label, double x, double y, boolean slanted, double room) {
    String turn = "rotate(-42 " + Numbers.coordinate(x) + " " + Numbers.coordinate(y) + ")";
    out.open("text", "class", slanted ? "tick end" : "tick mid", "x", x, "y", slanted ? y - 4 : y, "transform", slanted ? turn : null);
    out.text("title", label).say(TextFit.fit(label, room, TICK)).close();
  }

  private static void group(Markup out, Block.Group group, String color, double middle, double pitch, Scale y) {
    List<Block.Dot> dots = group.dots().stream()
        .filter(d -> Numbers.known(d.value()))
        .sorted(Comparator.comparingDouble(Block.Dot::value))
        .toList();
    double[] aside = aside(dots.stream().mapToDouble(d -> y.at(d.value())).toArray(), Math.max(0, pitch / 2 - RADIUS - 1));
    boolean crowd = dots.size() > SWARM;
    for (int i = 0; i < dots.size(); i++) {
      Block.Dot dot = dots.get(i);
      out.open("circle", "class", (crowd ? "dot crowd " : "dot ") + color,
          "cx", middle + aside[i], "cy", y.at(dot.value()), "r", crowd ? 2.0 : RADIUS);
      out.text("title", dot.name() + ": " + Numbers.text(dot.value())).close();
    }
    if (dots.size() > 1) {
      double mean = mean(group);
      double half = Math.min(pitch * 0.4, 22);
      out.open("line", "class", "mean", "x1", middle - half, "x2", middle + half, "y1", y.at(mean), "y2", y.at(mean));
      out.text("title", "mean " + Numbers.text(mean) + " of " + dots.size()).close();
    }
  }

  /** For dots at heights in order, how far each moves aside so that it touches none before it; never further than {@code most}. */
  private static double[] aside(double[] heights, double most) {
    double[] aside = new double[heights.length];
    for (int i = 0; i < heights.length; i++) {
      if (heights.length > SWARM) {
        aside[i] = most * (2 * (i * 0.6180339887 % 1) - 1); // too many to look for room: golden steps spread evenly
        continue;
      }
      double step = RADIUS * 0.7;
      for (int k = 0; k * step <= 2 * most; k++) {
        double wanted = (k % 2 == 0 ? -1 : 1) * Math.ceilDiv(k, 2) * step;
        boolean free = true;
        for (int j = i - 1; j >= 0 && free && Math.abs(heights[j] - heights[i]) < 2 * RADIUS; j--) {
          free = Math.hypot(heights[j] - heights[i], aside[j] - wanted) >= 2 * RADIUS;
        }
        if (free && Math.abs(wanted) <= most) {
          aside[i] = wanted;
          break;
        }
      }
    }
    return aside;
  }

  private static double mean(Block.Group group) {
    return group.dots().stream().mapToDouble(Block.Dot::value).filter(Numbers::known).average().orElse(Double.NaN);
  }

  private DoubleStream values() {
    return chart.groups().stream().flatMap(g -> g.dots().stream()).mapToDouble(Block.Dot::value);
  }

  @Override
  public Block.Table numbers() {
    List<List<String>> rows = new ArrayList<>();
    for (Block.Group group : chart.groups()) {
      for (Block.Dot dot : group.dots()) {
        rows.add(List.of(group.label(), dot.name(), Numbers.text(dot.value())));
      }
      rows.add(List.of(group.label(), "mean", Numbers.text(mean(group))));
    }
    return new Block.Table(List.of(chart.xLabel(), "", chart.yLabel()), rows,
        List.of(Block.Align.LEFT, Block.Align.LEFT, Block.Align.RIGHT));
  }
}
