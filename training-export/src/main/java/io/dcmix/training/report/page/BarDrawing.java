package io.dcmix.training.report.page;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Horizontal bars with their values at their ends. Bars of one series take the colours of channels where the categories are channels. */
record BarDrawing(Block.BarChart chart, Palette palette, int digits) implements Drawing {
  private static final int TALL = 26;

  BarDrawing(Block.BarChart chart, Palette palette) {
    this(chart, palette, Numbers.digits(chart.series().stream().flatMapToDouble(s -> IntStream.range(0, s.values().length)
        .mapToObj(c -> DoubleStream.of(s.values()[c], error(s, c))).flatMapToDouble(v -> v))));
  }

  @Override
  public String title() {
    return chart.title();
  }

  @Override
  public boolean hasValues() {
    return chart.series().stream().flatMapToDouble(s -> DoubleStream.of(s.values())).anyMatch(Numbers::known);
  }

  @Override
  public boolean wantsWidth() {
    return chart.categories().size() * chart.series().size() > TALL;
  }

  @Override
  public Map<String, String> legend() {
    Map<String, String> legend = new LinkedHashMap<>();
    if (chart.series().size() > 1) {
      List<String> names = chart.series().stream().map(Block.Bars::name).toList();
      List<String> classes = palette.classes(names);
      IntStream.range(0, names.size()).forEach(i -> legend.put(names.get(i), classes.get(i)));
    }
    return legend;
  }

  /** Style class of a bar. */
  private String color(int series, int category, Map<String, String> legend) {
    String name = chart.categories().get(category);
    String own = palette.isChannel(name) ? palette.classes(List.of(name)).getFirst() : "own";
    return legend.getOrDefault(chart.series().get(series).name(), own);
  }

  @Override
  public void draw(Markup out, int width) {
    Map<String, String> legend = legend();
    int many = Math.max(1, chart.series().size());
    double thick = many == 1 ? 16 : 11;
    double pitch = many == 1 ? 28 : many * (thick + 3) + 14;
    double names = Math.min(width * 0.36, 12 + chart.categories().stream().mapToDouble(c -> TextFit.width(c, NAME)).max().orElse(0));
    double values = 10 + labels().mapToDouble(l -> TextFit.width(l, TICK)).max().orElse(0);
    boolean negative = chart.series().stream().flatMapToDouble(s -> DoubleStream.of(s.values())).anyMatch(v -> v < 0);
    double left = names + (negative ? values : 4);
    double top = Axes.markRoom(chart.references()) + 6;
    double bottom = top + pitch * chart.categories().size();
    Scale x = Scale.exact(ends(), (int) Math.max(2, (width - values - left) / 72), left, Math.max(left + 20, width - values));

    openSvg(out, width, bottom + 44);
    for (double tick : x.ticks()) {
      out.leaf("line", "class", tick == 0 ? "zero" : "grid", "x1", x.at(tick), "x2", x.at(tick), "y1", top, "y2", bottom);
    }
    Axes.horizontal(out, x, x.ticks(), bottom, chart.valueLabel());
    for (int c = 0; c < chart.categories().size(); c++) {
      Axes.rowName(out, chart.categories().get(c), names - 8, top + pitch * (c + 0.5));
    }
    for (int s = 0; s < chart.series().size(); s++) {
      for (int c = 0; c < chart.categories().size(); c++) {
        bar(out, chart.series().get(s), c, color(s, c, legend), x, y(top, pitch, thick, s, c), thick);
      }
    }
    Axes.marks(out, x, chart.references(), bottom, width);
    for (int s = 0; s < chart.series().size(); s++) { // last, so that no mark crosses a value
      for (int c = 0; c < chart.categories().size(); c++) {
        value(out, chart.series().get(s), c, x, y(top, pitch, thick, s, c) + thick / 2 + 4);
      }
    }
    out.close();
  }

  private void bar(Markup out, Block.Bars bars, int c, String color, Scale x, double y, double thick) {
    double v = bars.values()[c];
    if (!Numbers.known(v)) {
      return;
    }
    double error = error(bars, c);
    double from = x.at(Math.min(0, v));
    out.open("rect", "class", "fill " + color, "x", from, "y", y, "width", x.at(Math.max(0, v)) - from, "height", thick, "rx", 2.0);
    out.text("title", bars.name() + ", " + chart.categories().get(c) + ": " + said(bars, c)).close();
    if (error > 0) {
      double middle = y + thick / 2;
      out.leaf("line", "class", "whisker", "x1", x.at(v - error), "x2", x.at(v + error), "y1", middle, "y2", middle);
    }
  }

  private void value(Markup out, Block.Bars bars, int c, Scale x, double y) {
    double v = Numbers.known(bars.values()[c]) ? bars.values()[c] : 0;
    boolean back = v < 0;
    double end = back ? v - error(bars, c) : v + error(bars, c);
    out.text("text", said(bars, c), "class", back ? "tick end on" : "tick on", "x", x.at(end) + (back ? -6 : 6), "y", y);
  }

  /** Upper edge of a bar. */
  private double y(double top, double pitch, double thick, int series, int category) {
    return top + pitch * (category + 0.5) + (series - chart.series().size() / 2.0) * (thick + 3) + 1.5;
  }

  private static double error(Block.Bars bars, int c) {
    double[] errors = bars.errors();
    return errors != null && Numbers.known(errors[c]) && Numbers.known(bars.values()[c]) ? Math.abs(errors[c]) : 0;
  }

  private String said(Block.Bars bars, int c) {
    String value = Numbers.common(bars.values()[c], digits);
    return error(bars, c) > 0 ? value + " ± " + Numbers.common(error(bars, c), digits) : value;
  }

  private Stream<String> labels() {
    return chart.series().stream().flatMap(s -> IntStream.range(0, s.values().length).mapToObj(c -> said(s, c)));
  }

  private DoubleStream ends() {
    DoubleStream bars = chart.series().stream().flatMapToDouble(s -> IntStream.range(0, s.values().length)
        .mapToObj(c -> DoubleStream.of(s.values()[c] - error(s, c), s.values()[c] + error(s, c))).flatMapToDouble(v -> v));
    return DoubleStream.concat(DoubleStream.concat(bars, DoubleStream.of(0)), chart.references().stream().mapToDouble(Block.Mark::at));
  }

  @Override
  public Block.Table numbers() {
    List<String> columns = new ArrayList<>(List.of(""));
    chart.series().forEach(s -> columns.add(s.name()));
    List<List<String>> rows = new ArrayList<>();
    for (int c = 0; c < chart.categories().size(); c++) {
      List<String> row = new ArrayList<>(List.of(chart.categories().get(c)));
      for (Block.Bars bars : chart.series()) {
        row.add(said(bars, c));
      }
      rows.add(row);
    }
    return Block.Table.numbers(columns, rows);
  }
}
