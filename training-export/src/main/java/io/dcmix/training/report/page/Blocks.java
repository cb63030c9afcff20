package io.dcmix.training.report.page;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Writes the blocks of a section. Each chart is drawn once for wide pages and once for phones; the style sheet shows one of them. */
record Blocks(Markup out, Palette palette) {
  private static final int FULL = 920;
  private static final int HALF = 440;
  private static final int PHONE = 350;
  private static final int SMALL_PICTURE = 96; // up to here pixels are shown as squares rather than blurred
  private static final int MOST_ABREAST = 7;

  void write(List<Block> blocks) {
    List<Drawing> charts = new ArrayList<>();
    for (Block block : blocks) {
      Drawing drawing = drawing(block);
      if (drawing != null) {
        charts.add(drawing);
      } else {
        charts(charts);
        charts.clear();
        plain(block);
      }
    }
    charts(charts);
  }

  private @Nullable Drawing drawing(Block block) {
    return switch (block) {
      case Block.LineChart chart -> new LineDrawing(chart, palette);
      case Block.BarChart chart -> new BarDrawing(chart, palette);
      case Block.StripPlot chart -> new StripDrawing(chart, palette);
      case Block.Heatmap chart -> new HeatDrawing(chart);
      case Block.Prose _, Block.Facts _, Block.Table _, Block.Gallery _ -> null;
    };
  }

  private void plain(Block block) {
    switch (block) {
      case Block.Prose prose -> Pattern.compile("\\R\\s*\\R").splitAsStream(prose.text().strip()).forEach(p -> out.text("p", p));
      case Block.Facts facts -> {
        out.open("dl", "class", "facts");
        facts.facts().forEach(f -> out.text("dt", f.name()).text("dd", f.value()));
        out.close();
      }
      case Block.Table table -> table(table, "Table");
      case Block.Gallery gallery -> gallery(gallery);
      case Block.LineChart _, Block.BarChart _, Block.StripPlot _, Block.Heatmap _ ->
          throw new IllegalStateException("a chart is no plain block");
    }
  }

  /** Charts in a row, two abreast where both are narrow enough. */
  private void charts(List<Drawing> charts) {
    for (int i = 0; i < charts.size(); i++) {
      boolean pair = i + 1 < charts.size() && !charts.get(i).wantsWidth() && !charts.get(i + 1).wantsWidth();
      out.open("div", "class", pair ? "pair" : "alone");
      chart(charts.get(i), pair ? HALF : FULL);
      if (pair) {
        chart(charts.get(++i), HALF);
      }
      out.close();
    }
  }

  private void chart(Drawing drawing, int width) {
    out.open("figure").open("figcaption").text("h3", drawing.title());
    if (!drawing.note().isBlank()) {
      out.text("p", drawing.note());
    }
    out.close();
    if (!drawing.hasValues()) {
      out.text("p", "No values.", "class", "none").close();
      return;
    }
    if (!drawing.legend().isEmpty()) {
      out.open("ul", "class", "legend");
      drawing.legend().forEach((name, color) -> out.open("li").leaf("i", "class", color).say(name).close());
      out.close();
    }
    out.open("div", "class", "wide");
    drawing.draw(out, width);
    out.close().open("div", "class", "narrow");
    drawing.draw(out, PHONE);
    out.close().open("details").text("summary", "Numbers");
    table(drawing.numbers(), "Numbers: " + drawing.title());
    out.close().close();
  }

  private void table(Block.Table table, String label) {
    out.open("div", "class", "scroll", "tabindex", 0, "role", "region", "aria-label", label).open("table").open("thead").open("tr");
    for (int c = 0; c < table.columns().size(); c++) {
      out.text("th", table.columns().get(c), "scope", "col", "class", side(table, c));
    }
    out.close().close().open("tbody");
    for (List<String> row : table.rows()) {
      out.open("tr");
      for (int c = 0; c < row.size(); c++) {
        out.text("td", row.get(c), "class", side(table, c));
      }
      out.close();
    }
    out.close().close().close();
  }

  private static @Nullable String side(Block.Table table, int column) {
    return column < table.alignment().size() && table.alignment().get(column) == Block.Align.RIGHT ? "n" : null;
  }

  private void gallery(Block.Gallery gallery) {
    List<String> colors = palette.classes(gallery.columns().stream().filter(palette::isChannel).toList());
    boolean abreast = gallery.columns().size() <= MOST_ABREAST;
    out.open("div", "class", "gallery").text("h3", gallery.title());
    for (Block.GalleryRow row : gallery.rows()) {
      out.open("div", "class", "row").open("p", "class", "row-head").text("b", row.label()).say(" " + row.caption()).close();
      out.open("div", "class", abreast ? "tiles" : "tiles many", "style", abreast ? abreast(gallery.columns().size()) : null);
      int channel = 0;
      for (int c = 0; c < row.pictures().size(); c++) {
        String name = gallery.columns().get(c);
        boolean known = palette.isChannel(name);
        picture(row.pictures().get(c), name, known ? colors.get(channel++) : null, !known && !colors.isEmpty());
      }
      out.close().close();
    }
    out.close();
  }

  /** How many pictures stand side by side on wide pages and on phones; without one left over where that can be. */
  private static String abreast(int columns) {
    return "--n:" + Math.max(3, columns) + ";--m:" + (columns == 2 || columns == 4 ? 2 : 3);
  }

  private void picture(Block.Picture picture, String column, @Nullable String color, boolean result) {
    byte[] png = picture.png();
    // A PNG file begins with its signature and its header, which holds width and height.
    boolean known = png.length >= 24;
    int width = known ? ByteBuffer.wrap(png).getInt(16) : 0;
    int height = known ? ByteBuffer.wrap(png).getInt(20) : 0;
    out.open("figure", "class", result ? "result" : null);
    out.leaf("img", "src", "data:image/png;base64," + Base64.getEncoder().encodeToString(png), "alt", picture.alt(),
        "width", known ? width : null, "height", known ? height : null, "class", width <= SMALL_PICTURE ? "small" : null);
    out.open("figcaption");
    if (color != null) {
      out.leaf("i", "class", color);
    }
    out.text("b", column).say(picture.caption().isBlank() ? "" : " " + picture.caption()).close().close();
  }
}
