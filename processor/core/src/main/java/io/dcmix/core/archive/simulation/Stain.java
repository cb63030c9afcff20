package io.dcmix.core.archive.simulation;

import java.util.Arrays;
import java.util.Optional;

/**
 * The dyes of a Cell Painting assay, and what each shows of a cell. Every stain has a phenotype of its own that moves its
 * light to other places in the cell: {@code effect} 0 is an untreated cell, 1 the full phenotype, and total light stays
 * about the same, so that brightness alone does not give it away.
 */
enum Stain {
  /** Nuclei. Phenotype: chromatin condenses to clumps. */
  DNA("DNA") {
    @Override
    double field(Spot at, double effect) {
      return inside(at.nucleus) * (0.75 + 0.6 * at.texture) * (1 - 0.6 * effect);
    }

    @Override
    void structures(Painter p, double effect) {
      p.clumps(5, 1.3, 0.7 * effect);
    }
  },

  /** Endoplasmic reticulum: a net through the cytoplasm. Phenotype: it gathers in vesicles. */
  ER("ER") {
    @Override
    double field(Spot at, double effect) {
      double net = 0.15 + 0.85 * at.texture;
      return inside(at.depth) * (1 - 0.75 * inside(at.nucleus)) * (1.05 - 0.75 * at.depth) * net * (1 - 0.5 * effect);
    }

    @Override
    void structures(Painter p, double effect) {
      p.granules(9, 1.5, 0.9 * effect, 0);
    }
  },

  /** Cytoplasmic RNA and nucleoli. Phenotype: the nucleoli dissolve into the nucleus. */
  RNA("RNA") {
    @Override
    double field(Spot at, double effect) {
      return inside(at.depth) * (0.62 - 0.42 * at.depth) * (0.75 + 0.5 * at.texture) + 0.3 * effect * inside(at.nucleus);
    }

    @Override
    void structures(Painter p, double effect) {
      p.clumps(3, 1.1, 0.7 * (1 - effect));
    }
  },

  /** Plasma membrane and Golgi. Phenotype: the Golgi scatters. */
  AGP("AGP") {
    @Override
    double field(Spot at, double effect) {
      return inside(at.depth) * (0.14 + 0.1 * at.texture + 0.55 * rim(at.depth));
    }

    @Override
    void structures(Painter p, double effect) {
      p.granules(8, 1.2, 0.55, 1 - effect);
    }
  },

  /** Mitochondria: granules all through the cytoplasm. Phenotype: they collapse to a cap on one side of the nucleus. */
  MITO("Mito") {
    @Override
    double field(Spot at, double effect) {
      return inside(at.depth) * (1 - 0.8 * inside(at.nucleus)) * (0.22 - 0.16 * at.depth) * (0.7 + 0.6 * at.texture);
    }

    @Override
    void structures(Painter p, double effect) {
      p.granules(30, 0.95, 0.62 * (1 - 0.4 * effect), 0.85 * effect);
    }
  },

  /** Actin: fibres across the cell and a thin rim. Phenotype: the fibres are lost to a thick rim and bright dots. */
  ACTIN("Actin") {
    @Override
    double field(Spot at, double effect) {
      double fibres = 1.05 * ridge(at.across / 4.2 + 1.5 * at.waves) * (0.15 + 0.85 * at.texture);
      return inside(at.depth) * (0.1 + (1 - effect) * fibres + (0.25 + 0.45 * effect) * rim(at.depth));
    }

    @Override
    void structures(Painter p, double effect) {
      p.granules(10, 1.3, 0.9 * effect, 0);
    }
  };

  private final String label;

  Stain(String label) {
    this.label = label;
  }

  /** Name of the channel. */
  String label() {
    return label;
  }

  static Optional<Stain> named(String label) {
    return Arrays.stream(values()).filter(s -> s.label.equals(label)).findFirst();
  }

  /** Light of the continuous part at one place of a cell. */
  abstract double field(Spot at, double effect);

  /** Paints what stands out of it, cell by cell. */
  abstract void structures(Painter painter, double effect);

  /** A place in a cell. Reused from pixel to pixel; a site has 16,000 of them. */
  static final class Spot {
    /** See {@link Cell#depth}. */
    double depth;

    /** See {@link Cell#nuclearDepth}. */
    double nucleus;

    /** Distance from the cell's long axis, pixels. */
    double across;

    /** Random texture, 0 to 1: grains of 2 pixels. */
    double texture;

    /** Random texture, 0 to 1: waves of 9 pixels. */
    double waves;
  }

  /** 1 inside, 0 outside, soft at the border. */
  private static double inside(double depth) {
    return Math.clamp((1 - depth) * 5, 0, 1);
  }

  /** 1 just inside the outline. */
  private static double rim(double depth) {
    double t = Math.clamp(1 - Math.abs(depth - 0.87) * 7, 0, 1);
    return t * t;
  }

  /** Narrow ridges, one for each whole number. */
  private static double ridge(double x) {
    double t = 1 - 2 * Math.abs(x - Math.floor(x) - 0.5);
    return t * t;
  }
}
