package io.dcmix.core.archive.simulation;

/** The light of one channel before the camera, 1 being a bright structure. */
final class Canvas {
  final int width;
  final int height;
  final float[] light;

  Canvas(int width, int height) {
    this.width = width;
    this.height = height;
    light = new float[width * height];
  }

  /** Adds a round spot that falls off smoothly to 0 at twice its size and stays inside the cell. */
  void spot(Scene scene, int cell, double x, double y, double size, double amplitude) {
    double reach = 2 * size;
    for (int py = Math.max(0, (int) Math.ceil(y - reach)); py < Math.min(height, y + reach); py++) {
      for (int px = Math.max(0, (int) Math.ceil(x - reach)); px < Math.min(width, x + reach); px++) {
        int pixel = py * width + px;
        double fall = 1 - ((px - x) * (px - x) + (py - y) * (py - y)) / (reach * reach);
        if (fall > 0 && scene.owner(pixel) == cell) {
          light[pixel] += (float) (amplitude * fall * fall);
        }
      }
    }
  }
}
