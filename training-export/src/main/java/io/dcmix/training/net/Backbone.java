package io.dcmix.training.net;

import io.dcmix.training.net.Layer.Convolution;
import io.dcmix.training.net.Layer.MaxPool;
import io.dcmix.training.net.Layer.Residual;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The layers between the blended image and the linear layer, as a value: what trains them and what exports them walk the same
 * list.
 *
 * @param layers first to last
 * @param summary what becomes of the last layer's images
 */
public record Backbone(List<Layer> layers, Summary summary) {
  public Backbone {
    layers = List.copyOf(layers);
    if (layers.isEmpty()) {
      throw new IllegalArgumentException("A backbone has layers");
    }
  }

  /** How the last layer's images become one number each. Both are blind to place. */
  public enum Summary {
    /** Mean over the image. */
    MEAN("mean"),
    /**
     * log(mean + {@value Backbone#FLOOR}): a linear layer then weighs ratios of features, which stay when all of an image gets brighter.
     */
    LOG_MEAN("log-mean");

    private final String text;

    Summary(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /** Keeps the logarithm of a feature that is nowhere. */
  public static final float FLOOR = 0.02f;

  /** The backbones that a person can choose. */
  public enum Kind {
    /** About 12,800 numbers: enough for textures of cells, small enough for a plate in seconds on a CPU. */
    SMALL,
    /** About 30,000 numbers: wider, so that less of what it learns depends on the seed. */
    MEDIUM,
    /** About 11 million numbers, as published; for many plates and a GPU. */
    RESNET18;

    /** The layers for images of so many channels; 1 behind a blend. */
    public Backbone layers(int inputs, Summary summary) {
      return switch (this) {
        case SMALL -> new Backbone(List.of(
            new Convolution(inputs, 12, 5, 2), new Convolution(12, 16, 3, 1), new Convolution(16, 24, 3, 2), new Convolution(24, 32, 3, 1)), summary);
        case MEDIUM -> new Backbone(List.of(
            new Convolution(inputs, 16, 5, 2), new Convolution(16, 24, 3, 1), new Convolution(24, 32, 3, 2), new Convolution(32, 64, 3, 1)), summary);
        case RESNET18 -> resnet18(inputs, summary);
      };
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static Backbone resnet18(int inputs, Summary summary) {
    List<Layer> layers = new ArrayList<>();
    layers.add(new Convolution(inputs, 64, 7, 2));
    layers.add(new MaxPool(64, 3, 2));
    int before = 64;
    for (int outputs : new int[] {64, 128, 256, 512}) {
      layers.add(new Residual(before, outputs, outputs == 64 ? 1 : 2));
      layers.add(new Residual(outputs, outputs, 1));
      before = outputs;
    }
    return new Backbone(layers, summary);
  }

  /** Numbers that the linear layer gets. */
  public int features() {
    return layers.getLast().outputs();
  }
}
