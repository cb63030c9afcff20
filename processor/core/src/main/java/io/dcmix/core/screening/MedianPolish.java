package io.dcmix.core.screening;

import java.util.Arrays;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * Tukey's two-way median polish (Exploratory Data Analysis, 1977): y_ij = overall + row_i + column_j + residual_ij, by sweeping
 * out medians of rows and columns in turn until nothing changes. Missing cells are NaN and stay so.
 *
 * @param overall what all cells have in common
 * @param rows effect of each row; 0 for a row without cells
 * @param columns effect of each column; 0 for a column without cells
 * @param residuals what is left, [row][column]
 * @param sweeps times that rows and columns were swept
 * @param converged whether the last sweep changed the sum of absolute residuals by at most {@link #TOLERANCE} of
 *     what it was after the first
 */
@SuppressWarnings("ArrayRecordComponent") // A matrix of numbers, made once and read.
public record MedianPolish(double overall, double[] rows, double[] columns, double[][] residuals, int sweeps, boolean converged) {
  /**
   * Change of the sum of absolute residuals, relative to that after the first sweep, at which polishing ends. The sum never grows,
   * but it may approach its limit by halves for ever.
   */
  public static final double TOLERANCE = 1e-7;

  /** Most plates take some ten sweeps, some take hundreds; one that takes more than this is reported as not converged. */
  public static final int MAX_SWEEPS = 1000;

  /**
   * Polishes a matrix.
   *
   * @param values [row][column], all rows of one length; NaN where a cell is missing
   * @throws IllegalArgumentException if a row has another length or a value is infinite
   */
  public static MedianPolish of(double[][] values) {
    int columnCount = values.length == 0 ? 0 : values[0].length;
    double[][] r = new double[values.length][];
    for (int i = 0; i < values.length; i++) {
      if (values[i].length != columnCount || Arrays.stream(values[i]).anyMatch(Double::isInfinite)) {
        throw new IllegalArgumentException("Row %d is not %d finite or missing values: %s".formatted(i, columnCount, Arrays.toString(values[i])));
      }
      r[i] = values[i].clone();
    }
    double overall = 0;
    double[] rows = new double[r.length];
    double[] columns = new double[columnCount];
    double first = 0;
    double before = Double.POSITIVE_INFINITY;
    for (int sweep = 1; ; sweep++) {
      for (int i = 0; i < r.length; i++) {
        int row = i;
        double median = median(Arrays.stream(r[row]));
        rows[row] += median;
        IntStream.range(0, columnCount).forEach(j -> r[row][j] -= median);
      }
      overall += centre(rows, occupied(r, true));
      for (int j = 0; j < columnCount; j++) {
        int column = j;
        double median = median(Arrays.stream(r).mapToDouble(row -> row[column]));
        columns[column] += median;
        for (double[] row : r) {
          row[column] -= median;
        }
      }
      overall += centre(columns, occupied(r, false));
      double left = Arrays.stream(r).flatMapToDouble(Arrays::stream).filter(v -> !Double.isNaN(v)).map(Math::abs).sum();
      first = sweep == 1 ? left : first;
      boolean converged = left == 0 || before - left <= TOLERANCE * first;
      if (converged || sweep == MAX_SWEEPS) {
        return new MedianPolish(overall, rows, columns, r, sweep, converged);
      }
      before = left;
    }
  }

  /** Median of the values that are there; 0 of none. */
  private static double median(DoubleStream values) {
    double[] there = values.filter(v -> !Double.isNaN(v)).toArray();
    return there.length == 0 ? 0 : SampleStatistics.median(there);
  }

  /** Moves the median of the effects out of them, and returns it. */
  private static double centre(double[] effects, boolean[] occupied) {
    double median = median(IntStream.range(0, effects.length).filter(i -> occupied[i]).mapToDouble(i -> effects[i]));
    for (int i = 0; i < effects.length; i++) {
      effects[i] -= occupied[i] ? median : 0;
    }
    return median;
  }

  private static boolean[] occupied(double[][] r, boolean byRow) {
    boolean[] occupied = new boolean[byRow ? r.length : r.length == 0 ? 0 : r[0].length];
    for (int i = 0; i < r.length; i++) {
      for (int j = 0; j < r[i].length; j++) {
        occupied[byRow ? i : j] |= !Double.isNaN(r[i][j]);
      }
    }
    return occupied;
  }
}
