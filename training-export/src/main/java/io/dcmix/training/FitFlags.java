package io.dcmix.training;

import io.dcmix.training.data.Augmentation;
import io.dcmix.training.data.TrainingSet;
import io.dcmix.training.fit.FitOptions;
import io.dcmix.training.fit.Objective;
import io.dcmix.training.fit.Schedule;
import io.dcmix.training.net.Backbone;
import io.dcmix.training.net.Blend;
import io.dcmix.training.net.PyTorch.Compute;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The part of {@code ./dcmix train} that says what to train and how. */
final class FitFlags {
  @Option(names = "--blend", paramLabel = "softplus|relu|softmax|over", defaultValue = "softplus",
      description = "How the channel weights are kept at 0 or more (default: ${DEFAULT-VALUE}). softplus: freely; relu: may reach exactly 0, for good; "
          + "softmax: channels compete; over: Porter and Duff's \"over\", first channel on top.")
  private Blend blend = Blend.SOFTPLUS;

  @Option(names = "--network", paramLabel = "small|medium|resnet18", defaultValue = "small",
      description = "What looks at the mixed image (default: ${DEFAULT-VALUE}). small: 12,800 numbers, a plate in seconds; medium: 30,000; resnet18: 11 million, for many plates and a GPU.")
  private Backbone.Kind network = Backbone.Kind.SMALL;

  @Option(names = "--features", paramLabel = "mean|log-mean", defaultValue = "mean",
      description = "What the decision weighs (default: ${DEFAULT-VALUE}). log-mean weighs ratios of features, which stay when a whole image gets brighter.")
  private Backbone.Summary features = Backbone.Summary.MEAN;

  @Option(names = "--epochs", defaultValue = "30", paramLabel = "N", description = "Rounds of training (default: ${DEFAULT-VALUE}).")
  private int epochs = 30;

  @Option(names = "--steps", defaultValue = "25", paramLabel = "N", description = "Gradient steps in a round (default: ${DEFAULT-VALUE}).")
  private int steps = 25;

  @Option(names = "--batch", defaultValue = "32", paramLabel = "N", description = "Cut-outs in a step (default: ${DEFAULT-VALUE}).")
  private int batch = 32;

  @Option(names = "--patience", defaultValue = "0", paramLabel = "N",
      description = "Stop when the held-back wells have not become better for N rounds, and keep the best round. 0 never stops (default: ${DEFAULT-VALUE}).")
  private int patience;

  @Option(names = "--loss", paramLabel = "cross-entropy|margin", defaultValue = "cross-entropy",
      description = "What is minimised (default: ${DEFAULT-VALUE}). margin: controls are drawn towards margins of -1 and 1, so that what lies between them is a matter of degree.")
  private Objective.Loss loss = Objective.Loss.CROSS_ENTROPY;

  @Option(names = "--balance", paramLabel = "batches|weights|none", defaultValue = "batches",
      description = "Rare classes: as many of each in every batch, or weights in the loss, or nothing (default: ${DEFAULT-VALUE}).")
  private Objective.Balance balance = Objective.Balance.BATCHES;

  @Option(names = "--sparsity", defaultValue = "0", paramLabel = "F",
      description = "Penalty on weights that are spread over many channels (default: ${DEFAULT-VALUE}; 0.1 is strong).")
  private double sparsity;

  @Option(names = "--crop", defaultValue = "0", paramLabel = "PIXELS",
      description = "Side of the random cut-outs that are trained on, after averaging down (default: half of the image).")
  private int crop;

  @Option(names = "--staining", defaultValue = "0.2", paramLabel = "S",
      description = "How much the brightness of each channel is varied: SD of the logarithm of its gain (default: ${DEFAULT-VALUE}).")
  private double staining = 0.2;

  @Option(names = "--learning-rate", defaultValue = "0.003", paramLabel = "R", description = "Highest learning rate (default: ${DEFAULT-VALUE}).")
  private double learningRate = 0.003;

  @Option(names = "--blend-rate", defaultValue = "3", paramLabel = "F",
      description = "The channel weights learn so many times faster than the network (default: ${DEFAULT-VALUE}).")
  private double blendRate = 3;

  @Option(names = "--drop", defaultValue = "0.3", paramLabel = "P",
      description = "Chance that a cut-out lacks one channel, as it will when importance is computed (default: ${DEFAULT-VALUE}).")
  private double drop = 0.3;

  @Option(names = "--dropped", paramLabel = "any|weaker", defaultValue = "any",
      description = "Which channel --drop takes (default: ${DEFAULT-VALUE}). any: also the strongest, so that another one that shows the same is used too; "
          + "weaker: never the one that weighs most, for few wells.")
  private Augmentation.Dropped dropped = Augmentation.Dropped.ANY;

  @Option(names = "--weight-decay", defaultValue = "0.01", paramLabel = "D",
      description = "The network shrinks by this share of the learning rate at every step (default: ${DEFAULT-VALUE}); more for few wells, such as 0.3.")
  private double weightDecay = 0.01;

  @Option(names = "--seed", defaultValue = "1", paramLabel = "S",
      description = "Seed of everything random (default: ${DEFAULT-VALUE}). With one thread on the CPU, equal seeds give equal files.")
  private long seed = 1;

  @Option(names = "--threads", defaultValue = "1", paramLabel = "N",
      description = "Threads of PyTorch (default: ${DEFAULT-VALUE}). More are faster, but files differ from run to run.")
  private int threads = 1;

  @Option(names = "--device", paramLabel = "auto|cpu|gpu", defaultValue = "auto",
      description = "Where to train (default: ${DEFAULT-VALUE}: a GPU where PyTorch finds one).")
  private Compute device = Compute.AUTO;

  long seed() {
    return seed;
  }

  int epochs() {
    return epochs;
  }

  int patience() {
    return patience;
  }

  /** What is wrong with the options, or null. */
  @Nullable String problem() {
    if (epochs < 1 || steps < 1 || threads < 1) {
      return "--epochs, --steps and --threads must be 1 or more";
    }
    if (batch < 2 || batch > 65_536) {
      return "--batch must be 2 or more";
    }
    if (patience < 0 || !(sparsity >= 0) || !(staining >= 0 && staining <= 2)) {
      return "--patience and --sparsity must be 0 or more, --staining 0 to 2";
    }
    if (crop != 0 && crop < 16) {
      return "--crop must be 16 or more";
    }
    if (!(learningRate > 0 && learningRate < 1 && blendRate > 0)) {
      return "--learning-rate must lie between 0 and 1, --blend-rate above 0";
    }
    if (!(weightDecay >= 0 && weightDecay <= 10)) {
      return "--weight-decay must be 0 to 10";
    }
    if (!(drop >= 0 && drop < 1)) {
      return "--drop must be 0 to below 1";
    }
    return null;
  }

  Recipe recipe(TrainingSet.Shape shape) {
    int side = Math.min(shape.smallHeight(), shape.smallWidth());
    return new Recipe(blend, network, features, new FitOptions(
        new Schedule(epochs, steps, batch, learningRate, blendRate, weightDecay, patience),
        new Objective(loss, balance, sparsity),
        new Augmentation(crop > 0 ? crop : Math.max(1, side / 2), true, staining, 0.1, drop, dropped),
        seed), threads, device);
  }
}
