package io.dcmix.training.report.page;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A piece of a section. Values that are NaN or infinite are missing: a gap in a chart, a dash in a table. Arrays are not copied. */
@SuppressWarnings("ArrayRecordComponent") // plain carriers of numbers, never compared
public sealed interface Block {

  /** Plain text; an empty line parts paragraphs. */
  record Prose(String text) implements Block {}

  /** A name and its value. */
  record Fact(String name, String value) {}

  /** Facts, one a line. */
  record Facts(List<Fact> facts) implements Block {
    public Facts {
      facts = List.copyOf(facts);
    }
  }

  /** Where a column's text stands; numbers belong to the right. */
  enum Align { LEFT, RIGHT }

  /** A table; a row may be shorter than the columns, and columns without an alignment stand left. */
  record Table(List<String> columns, List<List<String>> rows, List<Align> alignment) implements Block {
    public Table {
      columns = List.copyOf(columns);
      rows = rows.stream().map(List::copyOf).toList();
      alignment = List.copyOf(alignment);
    }

    /** A table of numbers: the first column, their names, stands left, the others right. */
    public static Table numbers(List<String> columns, List<List<String>> rows) {
      return new Table(columns, rows, IntStream.range(0, columns.size()).mapToObj(i -> i == 0 ? Align.LEFT : Align.RIGHT).toList());
    }
  }

  /**
   * One line of a chart.
   *
   * @param x ascending, such as epochs
   * @param y as many values
   * @param lower lower edge of the band around it, as many, or null
   * @param upper upper edge, null exactly when {@code lower} is
   */
  record Line(String name, double[] x, double[] y, double @Nullable [] lower, double @Nullable [] upper) {
    public Line {
      sameLength(name, x.length, y.length);
      sameLength(name, x.length, lower == null ? x.length : lower.length);
      sameLength(name, x.length, upper == null ? x.length : upper.length);
      if ((lower == null) != (upper == null)) {
        throw new IllegalArgumentException("line " + name + ": a band needs both edges");
      }
    }

    /** A line without a band. */
    public Line(String name, double[] x, double[] y) {
      this(name, x, y, null, null);
    }

    /** A line over 1, 2, 3 …, such as epochs. */
    public static Line counted(String name, double... y) {
      double[] x = new double[y.length];
      Arrays.setAll(x, i -> i + 1);
      return new Line(name, x, y);
    }
  }

  /** Range of the vertical axis; NaN leaves an end to the data. On a logarithmic axis values of 0 and less are missing. */
  record YAxis(double low, double high, boolean log) {
    /** The data decide. */
    public static final YAxis AUTO = new YAxis(Double.NaN, Double.NaN, false);
    /** The data decide; powers of ten. */
    public static final YAxis LOG = new YAxis(Double.NaN, Double.NaN, true);

    /** From one value to another, wider only if the data lie outside. */
    public static YAxis between(double low, double high) {
      return new YAxis(low, high, false);
    }
  }

  /** A value that others are held against, drawn as a broken line. */
  record Mark(String label, double at) {}

  /** Lines over a common x, labelled at their ends. */
  record LineChart(String title, String xLabel, String yLabel, List<Line> lines, YAxis axis, List<Mark> references) implements Block {
    public LineChart {
      lines = List.copyOf(lines);
      references = List.copyOf(references);
    }

    /** Lines that are held against nothing. */
    public LineChart(String title, String xLabel, String yLabel, List<Line> lines, YAxis axis) {
      this(title, xLabel, yLabel, lines, axis, List.of());
    }
  }

  /**
   * One bar in each category.
   *
   * @param values a value for each category
   * @param errors half the length of the error bar for each category, or null
   */
  record Bars(String name, double[] values, double @Nullable [] errors) {
    public Bars {
      sameLength(name, values.length, errors == null ? values.length : errors.length);
    }

    /** Bars without errors. */
    public Bars(String name, double... values) {
      this(name, values, null);
    }
  }

  /** Horizontal bars from zero, grouped by category. */
  record BarChart(String title, String valueLabel, List<String> categories, List<Bars> series, List<Mark> references) implements Block {
    public BarChart {
      categories = List.copyOf(categories);
      series = List.copyOf(series);
      references = List.copyOf(references);
      for (Bars bars : series) {
        sameLength(bars.name(), categories.size(), bars.values().length);
      }
    }
  }

  /** One point of a strip; the name shows when it is pointed at. */
  record Dot(String name, double value) {}

  /**
   * One column of points.
   *
   * @param label under the column, such as a dose
   * @param kind decides the colour, such as {@code negative control}; groups of one kind share it
   */
  record Group(String label, String kind, List<Dot> dots) {
    public Group {
      dots = List.copyOf(dots);
    }

    /** A group of the only kind. */
    public Group(String label, List<Dot> dots) {
      this(label, "", dots);
    }
  }

  /** Each measured value as a dot, and the mean of each group. */
  record StripPlot(String title, String xLabel, String yLabel, List<Group> groups, List<Mark> thresholds) implements Block {
    public StripPlot {
      groups = List.copyOf(groups);
      thresholds = List.copyOf(thresholds);
    }
  }

  /** How a cell's value is written. */
  enum Format { AUTO, COUNT, TWO_DECIMALS, PERCENT }

  /**
   * A matrix in colour.
   *
   * @param rowTitle what the rows are, such as {@code truth}, or empty
   * @param columnTitle what the columns are, or empty
   * @param values rows of as many values as there are columns
   * @param diverging two hues around 0, for correlations; otherwise one hue from 0 (or the least value) up
   */
  record Heatmap(
      String title, String rowTitle, String columnTitle, List<String> rowLabels, List<String> columnLabels, double[][] values,
      Format format, boolean diverging) implements Block {
    public Heatmap {
      rowLabels = List.copyOf(rowLabels);
      columnLabels = List.copyOf(columnLabels);
      sameLength(title, rowLabels.size(), values.length);
      for (double[] row : values) {
        sameLength(title, columnLabels.size(), row.length);
      }
    }
  }

  /**
   * An image.
   *
   * @param png the bytes of a PNG file
   * @param alt what it shows, for those who cannot see it
   * @param caption a few words under it, or empty
   */
  record Picture(byte[] png, String alt, String caption) {}

  /** A row of pictures, one for each column of the gallery, such as the channels of a well and their blend. */
  record GalleryRow(String label, String caption, List<Picture> pictures) {
    public GalleryRow {
      pictures = List.copyOf(pictures);
    }
  }

  /** Pictures side by side. A column that is none of the report's channels is set off as the result. */
  record Gallery(String title, List<String> columns, List<GalleryRow> rows) implements Block {
    public Gallery {
      columns = List.copyOf(columns);
      rows = List.copyOf(rows);
      for (GalleryRow row : rows) {
        sameLength(row.label(), columns.size(), row.pictures().size());
      }
    }
  }

  private static void sameLength(String what, int expected, int found) {
    if (expected != found) {
      throw new IllegalArgumentException(what + ": expected " + expected + " values, found " + found);
    }
  }
}
