package io.dcmix.core.model;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import io.dcmix.core.model.OnnxSession.Output;
import io.dcmix.core.model.OnnxSession.Outputs;
import io.dcmix.schema.event.PixelType;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Runs a freshly opened model on a blank site and on a site of fixed noise, and holds what comes out against what the
 * contract promises and against what the metadata says.
 */
final class StartupCheck {
  /** Relative to the size of the values; float32 sums over a large image differ by less. */
  private static final double TOLERANCE = 1e-3;

  private static final long SEED = 20260101;

  private final OnnxSession session;
  private final ModelCard card;
  private final OnnxTensor plain;
  private final OnnxTensor leaveOneOut;
  private final int slabSites;
  private final List<String> problems;

  StartupCheck(
      OnnxSession session, ModelCard card, OnnxTensor plain, OnnxTensor leaveOneOut, int slabSites, List<String> problems) {
    this.session = session;
    this.card = card;
    this.plain = plain;
    this.leaveOneOut = leaveOneOut;
    this.slabSites = slabSites;
    this.problems = problems;
  }

  /**
   * Runs the checks.
   *
   * @return whether the same site gave the same bits before and after other sites, and in the first and the last slot of a slab
   */
  boolean run() throws OrtException {
    try (Arena arena = Arena.ofConfined()) {
      ByteBuffer noise = arena.allocate(card.siteBytes(), 64).asByteBuffer().order(ByteOrder.nativeOrder());
      ByteBuffer blank = arena.allocate(card.siteBytes(), 64).asByteBuffer().order(ByteOrder.nativeOrder());
      fillWithNoise(noise, SEED);

      Outputs first = session.run(card, noise, 1, plain);
      Outputs firstExplained = session.run(card, noise, 1, leaveOneOut);
      Outputs ofBlank = session.run(card, blank, 1, plain);
      Outputs blankExplained = session.run(card, blank, 1, leaveOneOut);
      Outputs again = session.run(card, noise, 1, plain);
      Outputs againExplained = session.run(card, noise, 1, leaveOneOut);

      int passes = card.channels().size() + 1;
      shapes(first, 1, "a site of noise");
      shapes(ofBlank, 1, "a blank site");
      shapes(firstExplained, passes, "a site of noise");
      shapes(blankExplained, passes, "a blank site");
      if (!problems.isEmpty()) {
        return false;
      }
      softmax(first, "a site of noise");
      softmax(ofBlank, "a blank site");
      plainRow(first, firstExplained);
      contribution(noise, first.contribution());
      masksDropChannels(noise, blank);
      return sameBits(first, again) && sameBits(firstExplained, againExplained)
          && sameBitsInEverySlot(noise, plain, slabSites)
          && sameBitsInEverySlot(noise, leaveOneOut, SiteModel.explainedSites(card, slabSites));
    }
  }

  /** The site in the first slot of a padded slab, and in the last slot of a full one: whatever lies beside it must not matter. */
  private boolean sameBitsInEverySlot(ByteBuffer site, OnnxTensor masks, int sites) throws OrtException {
    if (sites == 1) {
      return true;
    }
    int bytes = card.siteBytes();
    int last = sites - 1;
    try (Arena arena = Arena.ofConfined()) {
      ByteBuffer slab = arena.allocate((long) sites * bytes, 64).asByteBuffer().order(ByteOrder.nativeOrder());
      slab.put(0, site, 0, bytes);
      Outputs inFirst = session.run(card, slab, sites, masks);
      fillWithNoise(slab, SEED + 1);
      slab.put(last * bytes, site, 0, bytes);
      Outputs inLast = session.run(card, slab, sites, masks);
      for (int i = 0; i < inFirst.all().size(); i++) {
        float[] a = inFirst.all().get(i).values();
        float[] b = inLast.all().get(i).values();
        int size = a.length / sites;
        if (a.length != b.length || !Arrays.equals(a, 0, size, b, last * size, sites * size)) {
          return false;
        }
      }
      return true;
    }
  }

  private static void fillWithNoise(ByteBuffer site, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < site.capacity(); i++) {
      site.put(i, (byte) random.nextInt());
    }
  }

  private void shapes(Outputs outputs, int passes, String site) {
    long k = card.classes().size();
    long c = card.channels().size();
    shape(outputs.logits(), 1, passes, k);
    shape(outputs.probabilities(), 1, passes, k);
    shape(outputs.contribution(), 1, c);
    for (Output output : outputs.all()) {
      if (!output.finite()) {
        report("output '%s' holds NaN or infinity for %s".formatted(output.name(), site));
      }
    }
  }

  private void shape(Output output, long... expected) {
    if (!Arrays.equals(output.shape(), expected)) {
      report("output '%s' comes out as %s; it must be %s"
          .formatted(output.name(), Arrays.toString(output.shape()), Arrays.toString(expected)));
    }
  }

  /** Several runs may show the same fault; it is told once. */
  private void report(String problem) {
    if (!problems.contains(problem)) {
      problems.add(problem);
    }
  }

  /** Holds the probabilities against a softmax of the logits in double. */
  private void softmax(Outputs outputs, String site) {
    float[] logits = outputs.logits().values();
    double top = Double.NEGATIVE_INFINITY;
    for (float z : logits) {
      top = Math.max(top, z);
    }
    double sum = 0;
    for (float z : logits) {
      sum += Math.exp(z - top);
    }
    for (int k = 0; k < logits.length; k++) {
      double expected = Math.exp(logits[k] - top) / sum;
      double found = outputs.probabilities().values()[k];
      if (Math.abs(found - expected) > TOLERANCE) {
        problems.add("output '%s' is not the softmax of the logits: class '%s' of %s has %.5f instead of %.5f"
            .formatted(ModelContract.PROBABILITIES, card.classes().get(k), site, found, expected));
        return;
      }
    }
  }

  private void plainRow(Outputs single, Outputs explained) {
    for (int k = 0; k < card.classes().size(); k++) {
      if (differ(single.logits().values()[k], explained.logits().values()[k])) {
        problems.add("the row of ones gives other logits alone (%s) than beside other rows (%s): passes must not mix"
            .formatted(single.logits().values()[k], explained.logits().values()[k]));
        return;
      }
    }
  }

  /** Weights and SDs of the metadata must give the contribution that the graph gives. */
  private void contribution(ByteBuffer site, Output found) {
    int channels = card.channels().size();
    int pixels = card.height() * card.width();
    double[] parts = new double[channels];
    for (int c = 0; c < channels; c++) {
      double mean = 0;
      for (int i = 0; i < pixels; i++) {
        mean += pixel(site, c * pixels + i);
      }
      mean /= pixels;
      double squares = 0;
      for (int i = 0; i < pixels; i++) {
        double d = pixel(site, c * pixels + i) - mean;
        squares += d * d;
      }
      parts[c] = card.weights().get(c) * Math.sqrt(squares / pixels) / card.standardDeviations().get(c);
    }
    double sum = Arrays.stream(parts).sum();
    for (int c = 0; c < channels; c++) {
      double expected = sum == 0 ? 0 : parts[c] / sum;
      if (Math.abs(found.values()[c] - expected) > TOLERANCE) {
        problems.add("output '%s' of channel '%s' is %.5f for a site of noise; weights and standard deviations of the metadata give %.5f"
            .formatted(ModelContract.CONTRIBUTION, card.channels().get(c), found.values()[c], expected));
        return;
      }
    }
  }

  private double pixel(ByteBuffer site, int index) {
    return card.pixelType() == PixelType.UINT16 ? site.getShort(2 * index) & 0xFFFF : site.get(index) & 0xFF;
  }

  /** Without any channel, no pixel may reach the logits. */
  private void masksDropChannels(ByteBuffer noise, ByteBuffer blank) throws OrtException {
    try (OnnxTensor none = session.masks(new float[1][card.channels().size()])) {
      Output one = session.run(card, noise, 1, none).logits();
      Output other = session.run(card, blank, 1, none).logits();
      for (int k = 0; k < card.classes().size(); k++) {
        if (differ(one.values()[k], other.values()[k])) {
          problems.add("input '%s' does not drop channels: with all of them masked the logits still depend on the pixels"
              .formatted(ModelContract.MASKS));
          return;
        }
      }
    }
  }

  /** NaN differs from everything. */
  private static boolean differ(double a, double b) {
    return !(Math.abs(a - b) <= TOLERANCE * Math.max(1, Math.max(Math.abs(a), Math.abs(b))));
  }

  private static boolean sameBits(Outputs a, Outputs b) {
    for (int i = 0; i < a.all().size(); i++) {
      if (!Arrays.equals(a.all().get(i).values(), b.all().get(i).values())) {
        return false;
      }
    }
    return true;
  }
}
