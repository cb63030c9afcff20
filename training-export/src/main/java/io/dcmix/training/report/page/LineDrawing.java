package io.dcmix.training.report.page;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Lines with their names at their ends. Of many lines those that end highest are named and coloured; the others stay in the background. */
record LineDrawing(Block.LineChart chart, Palette palette) implements Drawing {
  private static final int NAMED = 8;
  private static final int POINTED = 60;
  private static final int DRAWN = 2000;
  private static final int FINE = 500;
  private static final int LISTED = 200;
  private static final double GAP = 16;

  @Override
  public String title() {
    return chart.title();
  }

  @Override
  public boolean hasValues() {
    return chart.lines().stream().anyMatch(l -> IntStream.range(0, l.x().length).anyMatch(i -> shown(l, i)));
  }

  @Override
  public boolean wantsWidth() {
    return false;
  }

  @Override
  public String note() {
    return chart.lines().size() > NAMED ? "The " + NAMED + " lines that end highest are named, of " + chart.lines().size() + "." : "";
  }

  @Override
  public void draw(Markup out, int width) {
    List<Block.Line> lines = chart.lines();
    List<Integer> named = named();
    List<String> hues = palette.classes(named.stream().map(i -> lines.get(i).name()).toList());
    Map<Integer, String> classes = new HashMap<>();
    named.forEach(i -> classes.put(i, hues.get(named.indexOf(i))));
    List<Block.Mark> marks = chart.references();
    DoubleStream widths = DoubleStream.concat(named.stream().mapToDouble(i -> TextFit.width(lines.get(i).name(), NAME)),
        marks.stream().mapToDouble(m -> TextFit.width(m.label(), TICK)));
    double nameRoom = Math.min(width * 0.32, 18 + widths.max().orElse(0));
    double height = width < 400 ? 270 : 310;
    double bottom = height - 44;
    Scale y = vertical(bottom);
    double left = Axes.room(y);
    double right = width - nameRoom;
    double[] allX = lines.stream().flatMapToDouble(l -> DoubleStream.of(l.x())).filter(Numbers::known).toArray();
    Scale x = Scale.exact(DoubleStream.of(allX), (int) ((right - left) / 64), left + 4, right);
    boolean whole = DoubleStream.of(allX).allMatch(v -> v == Math.rint(v));
    List<Double> ticks = x.ticks().stream().filter(t -> !whole || t == Math.rint(t)).toList();

    openSvg(out, width, height);
    Axes.vertical(out, y, left, right, chart.yLabel());
    Axes.horizontal(out, whole ? new Scale(x.low(), x.high(), x.from(), x.to(), ticks, 0, false) : x, ticks, bottom, chart.xLabel());
    for (Block.Mark mark : marks) {
      out.leaf("line", "class", "mark", "x1", left, "x2", right, "y1", y.at(mark.at()), "y2", y.at(mark.at()));
    }
    for (int i = lines.size() - 1; i >= 0; i--) { // the first line lies on top
      line(out, lines.get(i), classes.getOrDefault(i, "faint"), x, y);
    }
    List<TextFit.Label> ends = new ArrayList<>(named.stream().map(i -> new TextFit.Label(i, y.at(lines.get(i).y()[last(lines.get(i))]))).toList());
    for (int k = 0; k < marks.size(); k++) {
      ends.add(new TextFit.Label(lines.size() + k, y.at(marks.get(k).at())));
    }
    for (TextFit.Label end : TextFit.spread(ends, GAP, 26, bottom)) {
      if (end.index() >= lines.size()) {
        String label = marks.get(end.index() - lines.size()).label();
        out.text("text", TextFit.fit(label, nameRoom - 14, TICK), "class", "tick on", "x", right + 13, "y", end.at() + 4);
        continue;
      }
      Block.Line line = lines.get(end.index());
      int last = last(line);
      double endX = x.at(line.x()[last]);
      double endY = y.at(line.y()[last]);
      String color = classes.getOrDefault(end.index(), "faint");
      out.leaf("circle", "class", "end-dot " + color, "cx", endX, "cy", endY, "r", 3.2);
      if (!line.name().isBlank()) {
        if (Math.abs(end.at() - endY) > 3 || endX < right - 1) {
          out.leaf("path", "class", "leader", "d", "M" + point(endX + 5, endY) + "L" + point(right + 10, end.at()));
        }
        out.text("text", TextFit.fit(line.name(), nameRoom - 14, NAME), "class", "name " + color, "x", right + 13, "y", end.at() + 4);
      }
    }
    out.close();
  }

  private Scale vertical(double bottom) {
    DoubleStream values = chart.lines().stream()
        .flatMapToDouble(l -> DoubleStream.concat(DoubleStream.of(l.y()), DoubleStream.concat(values(l.lower()), values(l.upper()))));
    DoubleStream marks = chart.references().stream().mapToDouble(Block.Mark::at);
    DoubleStream all = DoubleStream.concat(DoubleStream.concat(values, marks), DoubleStream.of(chart.axis().low(), chart.axis().high()));
    return chart.axis().log() ? Scale.logarithmic(all, 6, bottom, 26) : Scale.nice(all, 5, bottom, 26);
  }

  private void line(Markup out, Block.Line line, String color, Scale x, Scale y) {
    StringBuilder path = new StringBuilder();
    for (List<Integer> run : runs(line, i -> shown(line, i))) {
      for (int i : thin(run, line.y())) {
        path.append(i == run.getFirst() ? 'M' : 'L').append(point(x.at(line.x()[i]), y.at(line.y()[i])));
      }
      if (run.size() == 1) {
        out.leaf("circle", "class", "end-dot " + color, "cx", x.at(line.x()[run.getFirst()]), "cy", y.at(line.y()[run.getFirst()]), "r", 2.4);
      }
    }
    double[] lower = line.lower();
    double[] upper = line.upper();
    if (lower != null && upper != null && !"faint".equals(color)) {
      for (List<Integer> run : runs(line, i -> shown(line, i) && y.shows(lower[i]) && y.shows(upper[i]))) {
        List<Integer> kept = thin(run, line.y());
        String edges = kept.stream().map(i -> point(x.at(line.x()[i]), y.at(upper[i]))).collect(Collectors.joining("L"))
            + kept.reversed().stream().map(i -> "L" + point(x.at(line.x()[i]), y.at(lower[i]))).collect(Collectors.joining());
        out.leaf("path", "class", "band " + color, "d", "M" + edges + "Z");
      }
    }
    if (path.isEmpty()) {
      return;
    }
    out.open("path", "class", (line.x().length > FINE ? "line fine " : "line ") + color, "d", path).text("title", line.name()).close();
    if (line.x().length <= POINTED && !"faint".equals(color)) {
      for (int i = 0; i < line.x().length; i++) {
        if (shown(line, i)) {
          String said = line.name() + ", " + chart.xLabel() + " " + Numbers.text(line.x()[i]) + ": " + said(line, i);
          out.open("circle", "class", "point " + color, "cx", x.at(line.x()[i]), "cy", y.at(line.y()[i]), "r", 4.0);
          out.text("title", said).close();
        }
      }
    }
  }

  private static String point(double x, double y) {
    return Numbers.coordinate(x) + " " + Numbers.coordinate(y);
  }

  private boolean shown(Block.Line line, int i) {
    return Numbers.known(line.x()[i]) && (chart.axis().log() ? Numbers.positive(line.y()[i]) : Numbers.known(line.y()[i]));
  }

  /** Index of the last point that is shown, or -1. */
  private int last(Block.Line line) {
    int i = line.x().length - 1;
    while (i >= 0 && !shown(line, i)) {
      i--;
    }
    return i;
  }

  private List<Integer> named() {
    return IntStream.range(0, chart.lines().size()).boxed()
        .filter(i -> last(chart.lines().get(i)) >= 0)
        .sorted(Comparator.comparingDouble(i -> -chart.lines().get(i).y()[last(chart.lines().get(i))]))
        .limit(NAMED).toList();
  }

  /** Stretches without a gap. */
  private static List<List<Integer>> runs(Block.Line line, IntPredicate shown) {
    List<List<Integer>> runs = new ArrayList<>();
    boolean open = false;
    for (int i = 0; i < line.x().length; i++) {
      if (shown.test(i)) {
        if (!open) {
          runs.add(new ArrayList<>());
        }
        runs.getLast().add(i);
      }
      open = shown.test(i);
    }
    return runs;
  }

  /** Of a long stretch the least and the greatest of each piece, so that no peak is lost, and both ends. */
  static List<Integer> thin(List<Integer> run, double[] y) {
    if (run.size() <= DRAWN) {
      return run;
    }
    int pieces = DRAWN / 4;
    List<Integer> kept = new ArrayList<>(List.of(run.getFirst()));
    for (int p = 0; p < pieces; p++) {
      List<Integer> piece = run.subList((int) ((long) run.size() * p / pieces), (int) ((long) run.size() * (p + 1) / pieces));
      int least = piece.stream().min(Comparator.comparingDouble(i -> y[i])).orElseThrow();
      int greatest = piece.stream().max(Comparator.comparingDouble(i -> y[i])).orElseThrow();
      kept.add(Math.min(least, greatest));
      kept.add(Math.max(least, greatest));
    }
    kept.add(run.getLast());
    return kept.stream().distinct().toList();
  }

  @Override
  public Block.Table numbers() {
    TreeMap<Double, String[]> rows = new TreeMap<>();
    for (int k = 0; k < chart.lines().size(); k++) {
      Block.Line line = chart.lines().get(k);
      for (int i = 0; i < line.x().length; i++) {
        if (Numbers.known(line.x()[i])) {
          rows.computeIfAbsent(line.x()[i], v -> blank(chart.lines().size()))[k] = said(line, i);
        }
      }
    }
    int stride = Math.ceilDiv(Math.max(1, rows.size()), LISTED);
    List<String> columns = new ArrayList<>(List.of(chart.xLabel() + (stride > 1 ? " (one in " + stride + ")" : "")));
    chart.lines().forEach(l -> columns.add(l.name()));
    List<List<String>> listed = new ArrayList<>();
    int n = 0;
    for (var row : rows.entrySet()) {
      if (n++ % stride == 0) {
        List<String> cells = new ArrayList<>(List.of(Numbers.text(row.getKey())));
        cells.addAll(List.of(row.getValue()));
        listed.add(cells);
      }
    }
    return new Block.Table(columns, listed, columns.stream().map(c -> Block.Align.RIGHT).toList());
  }

  private static String[] blank(int size) {
    return IntStream.range(0, size).mapToObj(i -> Numbers.MISSING).toArray(String[]::new);
  }

  private static String said(Block.Line line, int i) {
    double[] lower = line.lower();
    double[] upper = line.upper();
    String value = Numbers.text(line.y()[i]);
    return lower == null || upper == null ? value : value + " (" + Numbers.text(lower[i]) + " to " + Numbers.text(upper[i]) + ")";
  }

  private static DoubleStream values(double @Nullable [] values) {
    return values == null ? DoubleStream.empty() : DoubleStream.of(values);
  }
}
