package io.dcmix.core.archive.simulation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The cells of one site, the same for all channels: cells grow until they touch, so every pixel belongs to the cell whose
 * outline it is deepest in.
 */
final class Scene {
  /** Cells per pixel of area at full density: about 24 in 128 × 128. */
  private static final double DENSITY = 24.0 / (128 * 128);

  private static final double MIN_DISTANCE = 17;
  private static final int MARGIN = 8;

  private final int width;
  private final List<Cell> cells;
  private final short[] owner;
  private final float[] depth;

  private Scene(int width, int height, List<Cell> cells) {
    this.width = width;
    this.cells = cells;
    owner = new short[width * height];
    depth = new float[width * height];
    Arrays.fill(owner, (short) -1);
    Arrays.fill(depth, 1);
    for (int k = 0; k < cells.size(); k++) {
      grow((short) k, cells.get(k), height);
    }
  }

  /** Draws the cells of a site; their number varies from site to site by about a third. */
  static Scene draw(Rng rng, int width, int height) {
    int wanted = (int) Math.round(DENSITY * width * height * rng.uniform(0.7, 1.2));
    List<Cell> cells = new ArrayList<>();
    for (int attempt = 0; cells.size() < wanted && attempt < 12 * wanted; attempt++) {
      double x = rng.uniform(-MARGIN, width + MARGIN);
      double y = rng.uniform(-MARGIN, height + MARGIN);
      if (cells.stream().allMatch(c -> square(c.x() - x) + square(c.y() - y) >= square(MIN_DISTANCE))) {
        cells.add(Cell.draw(rng, x, y));
      }
    }
    return new Scene(width, height, cells);
  }

  private void grow(short index, Cell cell, int height) {
    double reach = cell.radius() * Cell.REACH;
    for (int y = Math.max(0, (int) (cell.y() - reach)); y < Math.min(height, cell.y() + reach); y++) {
      for (int x = Math.max(0, (int) (cell.x() - reach)); x < Math.min(width, cell.x() + reach); x++) {
        float d = (float) cell.depth(x - cell.x(), y - cell.y());
        if (d < depth[y * width + x]) {
          depth[y * width + x] = d;
          owner[y * width + x] = index;
        }
      }
    }
  }

  List<Cell> cells() {
    return cells;
  }

  /** Index of the cell that holds the pixel; -1 for background. */
  int owner(int pixel) {
    return owner[pixel];
  }

  /** See {@link Cell#depth}. */
  double depth(int pixel) {
    return depth[pixel];
  }

  private static double square(double x) {
    return x * x;
  }
}
