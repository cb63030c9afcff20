package io.dcmix.core.archive.simulation;

/** Smooth random texture between 0 and 1: random values on a grid, interpolated in between (value noise). */
final class Texture {
  private final int columns;
  private final double scale;
  private final float[] grid;

  /**
   * @param scale pixels between two values of the grid
   */
  Texture(Rng rng, int width, int height, double scale) {
    this.scale = scale;
    columns = (int) (width / scale) + 2;
    grid = new float[columns * ((int) (height / scale) + 2)];
    for (int i = 0; i < grid.length; i++) {
      grid[i] = (float) rng.uniform();
    }
  }

  double at(int x, int y) {
    double gx = x / scale;
    double gy = y / scale;
    int left = (int) gx;
    int top = (int) gy;
    double u = smooth(gx - left);
    double v = smooth(gy - top);
    int i = top * columns + left;
    double upper = grid[i] + u * (grid[i + 1] - grid[i]);
    double lower = grid[i + columns] + u * (grid[i + columns + 1] - grid[i + columns]);
    return upper + v * (lower - upper);
  }

  private static double smooth(double t) {
    return t * t * (3 - 2 * t);
  }
}
