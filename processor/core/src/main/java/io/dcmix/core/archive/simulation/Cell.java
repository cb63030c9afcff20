package io.dcmix.core.archive.simulation;

/**
 * One cell: where it lies and what shape it has. Distances in pixels.
 *
 * @param x centre of the cell
 * @param y centre of the cell
 * @param radius mean radius of the cell's body
 * @param bend2Cos weight of cos 2θ in the outline
 * @param bend2Sin weight of sin 2θ in the outline
 * @param bend3Cos weight of cos 3θ in the outline
 * @param bend3Sin weight of sin 3θ in the outline
 * @param nucleusX centre of the nucleus, relative to the cell
 * @param nucleusY centre of the nucleus, relative to the cell
 * @param nucleusLong half of the nucleus' long axis
 * @param nucleusShort half of its short axis
 * @param cos cosine of the angle of nucleus and fibres
 * @param sin sine of that angle
 */
record Cell(
    double x,
    double y,
    double radius,
    double bend2Cos,
    double bend2Sin,
    double bend3Cos,
    double bend3Sin,
    double nucleusX,
    double nucleusY,
    double nucleusLong,
    double nucleusShort,
    double cos,
    double sin) {

  /** No part of the outline is further from the centre than this many radii. */
  static final double REACH = 1.4;

  static Cell draw(Rng rng, double x, double y) {
    double radius = rng.uniform(12, 17);
    double angle = rng.uniform(0, 2 * Math.PI);
    double phase = rng.uniform(0, 2 * Math.PI);
    double bend2 = rng.uniform(0.05, 0.24);
    double bend3 = rng.uniform(0, 0.12);
    double nucleus = rng.uniform(5, 7);
    return new Cell(
        x,
        y,
        radius,
        bend2 * StrictMath.cos(2 * angle),
        bend2 * StrictMath.sin(2 * angle),
        bend3 * StrictMath.cos(phase),
        bend3 * StrictMath.sin(phase),
        rng.uniform(-1.5, 1.5),
        rng.uniform(-1.5, 1.5),
        nucleus,
        nucleus * rng.uniform(0.68, 0.95),
        StrictMath.cos(angle),
        StrictMath.sin(angle));
  }

  /** Distance from the centre over the outline's radius in that direction: 0 in the centre, 1 on the outline. */
  double depth(double dx, double dy) {
    double r2 = dx * dx + dy * dy;
    if (r2 == 0) {
      return 0;
    }
    double r = Math.sqrt(r2);
    double cos2 = (dx * dx - dy * dy) / r2;
    double sin2 = 2 * dx * dy / r2;
    double cos3 = dx * (dx * dx - 3 * dy * dy) / (r2 * r);
    double sin3 = dy * (3 * dx * dx - dy * dy) / (r2 * r);
    return r / (radius * (1 + bend2Cos * cos2 + bend2Sin * sin2 + bend3Cos * cos3 + bend3Sin * sin3));
  }

  /** The same for the nucleus: 0 in its centre, 1 on its border. */
  double nuclearDepth(double dx, double dy) {
    double along = ((dx - nucleusX) * cos + (dy - nucleusY) * sin) / nucleusLong;
    double across = ((dy - nucleusY) * cos - (dx - nucleusX) * sin) / nucleusShort;
    return Math.sqrt(along * along + across * across);
  }
}
