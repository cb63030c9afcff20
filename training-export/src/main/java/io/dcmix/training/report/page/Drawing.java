package io.dcmix.training.report.page;

import java.util.Map;

/** A chart that can be drawn at any width, and told as a table. */
interface Drawing {
  /** Font size of ticks, and of names beside them. */
  double TICK = 11.5;
  double NAME = 12.5;

  String title();

  /** What the rows and columns are where the axes do not say it, or empty. */
  default String note() {
    return "";
  }

  /** Names and their style classes, where the drawing does not name its parts itself. */
  default Map<String, String> legend() {
    return Map.of();
  }

  /** Whether there is any value to draw. */
  boolean hasValues();

  /** Whether it needs the whole width of a page. */
  boolean wantsWidth();

  /** Adds one {@code svg} element. */
  void draw(Markup out, int width);

  /** The same values as a table. */
  Block.Table numbers();

  default Markup openSvg(Markup out, double width, double height) {
    return out.open("svg", "viewBox", "0 0 " + Numbers.coordinate(width) + " " + Numbers.coordinate(height),
        "width", width, "height", height, "role", "img", "aria-label", title());
  }
}
