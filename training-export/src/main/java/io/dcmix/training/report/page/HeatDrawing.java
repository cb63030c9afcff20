package io.dcmix.training.report.page;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;

/** A matrix of cells in one hue, or in two around zero; with their values where there is room. */
record HeatDrawing(Block.Heatmap chart) implements Drawing {
  private static final double LARGEST = 60;
  private static final double DARK = 0.66; // from here on text is light

  @Override
  public String title() {
    return chart.title();
  }

  @Override
  public String note() {
    String rows = chart.rowTitle().isBlank() ? "" : "Rows: " + chart.rowTitle() + ". ";
    return (rows + (chart.columnTitle().isBlank() ? "" : "Columns: " + chart.columnTitle() + ".")).strip();
  }

  @Override
  public boolean hasValues() {
    return values().anyMatch(Numbers::known);
  }

  @Override
  public boolean wantsWidth() {
    return chart.columnLabels().size() > 12;
  }

  @Override
  public void draw(Markup out, int width) {
    int columns = chart.columnLabels().size();
    double names = Math.min(width * 0.34, 12 + chart.rowLabels().stream().mapToDouble(l -> TextFit.width(l, NAME)).max().orElse(0));
    double cell = Math.min(LARGEST, (width - names - 2) / columns);
    double tall = Math.max(14, Math.min(cell, 44));
    double longest = chart.columnLabels().stream().mapToDouble(l -> TextFit.width(l, TICK)).max().orElse(0);
    boolean slanted = longest > cell - 2;
    // Slanted labels rise to the right; the last ones need room there.
    double over = slanted ? Math.min(longest, 90) * 0.71 : 0;
    if (slanted) {
      cell = Math.min(cell, (width - names - over) / columns);
    }
    double top = slanted ? over + 14 : 20;
    double widest = values().map(v -> TextFit.width(Numbers.format(chart.format(), v), TICK)).max().orElse(0);
    boolean written = widest <= cell - 2;
    double[] ends = ends();
    double bottom = top + tall * chart.rowLabels().size();

    openSvg(out, Math.max(names + cell * columns + over, 200), bottom + (written ? 4 : 40));
    int stride = (int) Math.ceil(16 / cell);
    for (int c = 0; c < columns; c += slanted ? stride : 1) {
      columnLabel(out, chart.columnLabels().get(c), names + cell * (c + 0.5), top - 7, slanted);
    }
    for (int r = 0; r < chart.rowLabels().size(); r++) {
      double y = top + tall * r;
      Axes.rowName(out, chart.rowLabels().get(r), names - 8, y + tall / 2);
      for (int c = 0; c < columns; c++) {
        cell(out, r, c, names + cell * c, y, cell, tall, written, ends);
      }
    }
    if (!written) {
      key(out, names, bottom + 12, ends);
    }
    out.close();
  }

  private static void columnLabel(Markup out, String label, double x, double y, boolean slanted) {
    String turn = "rotate(-45 " + Numbers.coordinate(x) + " " + Numbers.coordinate(y) + ")";
    out.open("text", "class", slanted ? "tick" : "tick mid", "x", x, "y", y, "transform", slanted ? turn : null);
    out.text("title", label).say(TextFit.fit(label, slanted ? 90 : LARGEST, TICK)).close();
  }

  private void cell(Markup out, int r, int c, double x, double y, double width, double height, boolean written, double[] ends) {
    double v = chart.values()[r][c];
    double share = share(v, ends);
    double gap = width > 14 ? 1 : 0.25;
    String said = Numbers.format(chart.format(), v);
    out.open("rect", "class", Numbers.known(v) ? chart.diverging() && v < 0 ? "heat below" : "heat" : "hollow",
        "x", x + gap, "y", y + gap, "width", width - 2 * gap, "height", height - 2 * gap, "rx", width > 14 ? 3.0 : 0.0,
        "fill-opacity", Numbers.known(v) ? opacity(share) : null);
    out.text("title", chart.rowLabels().get(r) + ", " + chart.columnLabels().get(c) + ": " + said).close();
    if (written) {
      out.text("text", said, "class", share > DARK ? "tick mid in" : "tick mid on", "x", x + width / 2, "y", y + height / 2 + 4);
    }
  }

  private void key(Markup out, double x, double y, double[] ends) {
    for (int i = 0; i < 20; i++) {
      double v = ends[0] + (ends[1] - ends[0]) * i / 19;
      out.leaf("rect", "class", chart.diverging() && v < 0 ? "heat below" : "heat",
          "x", x + i * 6.0, "y", y, "width", 6.0, "height", 8.0, "fill-opacity", opacity(share(v, ends)));
    }
    out.text("text", Numbers.format(chart.format(), ends[0]), "class", "tick", "x", x, "y", y + 22);
    out.text("text", Numbers.format(chart.format(), ends[1]), "class", "tick end", "x", x + 120, "y", y + 22);
  }

  private static String opacity(double share) {
    return String.format(Locale.ROOT, "%.3f", 0.05 + 0.95 * share); // a cell of 0 is still a cell
  }

  /** Values of the two ends of the colours. */
  private double[] ends() {
    double low = values().filter(Numbers::known).min().orElse(0);
    double high = values().filter(Numbers::known).max().orElse(0);
    double far = Math.max(Math.abs(low), Math.abs(high));
    return chart.diverging() ? new double[] {-far, far} : new double[] {Math.min(0, low), Math.max(high, Math.min(0, low))};
  }

  private double share(double v, double[] ends) {
    if (!Numbers.known(v) || ends[0] == ends[1]) {
      return 0;
    }
    return chart.diverging() ? Math.abs(v) / ends[1] : (v - ends[0]) / (ends[1] - ends[0]);
  }

  private DoubleStream values() {
    return Arrays.stream(chart.values()).flatMapToDouble(DoubleStream::of);
  }

  @Override
  public Block.Table numbers() {
    List<String> columns = new ArrayList<>(List.of(""));
    columns.addAll(chart.columnLabels());
    List<List<String>> rows = new ArrayList<>();
    for (int r = 0; r < chart.rowLabels().size(); r++) {
      List<String> row = new ArrayList<>(List.of(chart.rowLabels().get(r)));
      for (double v : chart.values()[r]) {
        row.add(Numbers.format(chart.format(), v));
      }
      rows.add(row);
    }
    return Block.Table.numbers(columns, rows);
  }
}
