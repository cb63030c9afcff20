package io.dcmix.core.archive.simulation;

/** Paints one channel of one site. Everything it draws has its own generator, so a phenotype moves no other channel. */
final class Painter {
  private static final int GRAIN = 2;
  private static final int WAVE = 9;

  private final Scene scene;
  private final Canvas canvas;
  private int index;
  private Cell cell;
  private Rng rng;

  private Painter(Scene scene, Canvas canvas, Rng rng) {
    this.scene = scene;
    this.canvas = canvas;
    this.rng = rng;
    this.cell = scene.cells().getFirst();
  }

  /**
   * Paints a channel.
   *
   * @param seed of this channel at this site
   * @param effect how far an average cell shows the phenotype, 0 to 1; cells vary, and some do not respond
   */
  static Canvas paint(Scene scene, Stain stain, int width, int height, long seed, double effect) {
    Canvas canvas = new Canvas(width, height);
    if (scene.cells().isEmpty()) {
      return canvas;
    }
    int n = scene.cells().size();
    double[] brightness = new double[n];
    double[] response = new double[n];
    Painter painter = new Painter(scene, canvas, new Rng(seed));
    for (int k = 0; k < n; k++) {
      Rng own = new Rng(Rng.seed(seed, 'k', k));
      brightness[k] = own.uniform(0.7, 1.3);
      response[k] = own.uniform() < 0.12 ? 0 : effect * own.uniform(0.75, 1);
      painter.at(k, own);
      stain.structures(painter, response[k]);
    }
    painter.fields(stain, new Rng(Rng.seed(seed, 't')), response);
    for (int i = 0; i < canvas.light.length; i++) {
      if (scene.owner(i) >= 0) {
        canvas.light[i] *= (float) brightness[scene.owner(i)];
      }
    }
    return canvas;
  }

  private void at(int newIndex, Rng own) {
    index = newIndex;
    cell = scene.cells().get(newIndex);
    rng = own;
  }

  private void fields(Stain stain, Rng textures, double[] response) {
    Texture grains = new Texture(textures, canvas.width, canvas.height, GRAIN);
    Texture waves = new Texture(textures, canvas.width, canvas.height, WAVE);
    Stain.Spot at = new Stain.Spot();
    for (int i = 0; i < canvas.light.length; i++) {
      int owner = scene.owner(i);
      if (owner >= 0) {
        Cell c = scene.cells().get(owner);
        int x = i % canvas.width;
        int y = i / canvas.width;
        at.depth = scene.depth(i);
        at.nucleus = c.nuclearDepth(x - c.x(), y - c.y());
        at.across = (y - c.y()) * c.cos() - (x - c.x()) * c.sin();
        at.texture = grains.at(x, y);
        at.waves = waves.at(x, y);
        canvas.light[i] += (float) stain.field(at, response[owner]);
      }
    }
  }

  /** Clumps inside the nucleus. */
  void clumps(int count, double size, double amplitude) {
    for (int i = 0; i < count; i++) {
      double angle = rng.uniform(0, 2 * Math.PI);
      double reach = Math.sqrt(rng.uniform()) * 0.7;
      double along = reach * cell.nucleusLong() * StrictMath.cos(angle);
      double across = reach * cell.nucleusShort() * StrictMath.sin(angle);
      canvas.spot(
          scene,
          index,
          cell.x() + cell.nucleusX() + along * cell.cos() - across * cell.sin(),
          cell.y() + cell.nucleusY() + along * cell.sin() + across * cell.cos(),
          size * rng.uniform(0.8, 1.2),
          amplitude * rng.uniform(0.8, 1.2));
    }
  }

  /**
   * Granules in the cytoplasm.
   *
   * @param gathered 0: spread over the cytoplasm, denser near the nucleus; 1: a cap on one side of the nucleus
   */
  void granules(int count, double size, double amplitude, double gathered) {
    double side = rng.uniform(0, 2 * Math.PI);
    double capX = cell.nucleusX() + 1.15 * cell.nucleusLong() * StrictMath.cos(side);
    double capY = cell.nucleusY() + 1.15 * cell.nucleusLong() * StrictMath.sin(side);
    for (int i = 0; i < count; i++) {
      double angle = rng.uniform(0, 2 * Math.PI);
      double reach = cell.radius() * rng.uniform(0.42, 0.95) * rng.uniform(0.8, 1);
      double x = reach * StrictMath.cos(angle);
      double y = reach * StrictMath.sin(angle);
      canvas.spot(
          scene,
          index,
          cell.x() + x + gathered * (capX + 0.22 * x - x),
          cell.y() + y + gathered * (capY + 0.22 * y - y),
          size * rng.uniform(0.8, 1.3),
          amplitude * rng.uniform(0.6, 1.2));
    }
  }
}
