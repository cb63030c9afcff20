package io.dcmix.training.report;

import io.dcmix.training.fit.Epoch;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Progress of a training: one line that is redrawn on a terminal, a line now and then elsewhere. */
public final class ProgressLine {
  private static final int WIDTH = 20;
  private static final int LINES_WITHOUT_TERMINAL = 10;
  private static final int SHOWN_CHANNELS = 6;

  private final PrintStream out;
  private final boolean redraw;
  private final int epochs;
  private final List<String> channels;
  private final long start = System.nanoTime();

  public ProgressLine(PrintStream out, boolean redraw, int epochs, List<String> channels) {
    this.out = out;
    this.redraw = redraw;
    this.epochs = epochs;
    this.channels = List.copyOf(channels);
  }

  /** Shows an epoch. */
  public void show(Epoch epoch) {
    String line = text(epoch, Duration.ofNanos(System.nanoTime() - start));
    boolean last = epoch.number() == epochs;
    if (redraw) {
      out.print("\r\u001b[2K" + line + (last ? System.lineSeparator() : ""));
      out.flush();
    } else if (last || epoch.number() % Math.max(1, epochs / LINES_WITHOUT_TERMINAL) == 0) {
      out.println(line);
    }
  }

  String text(Epoch epoch, Duration elapsed) {
    int done = WIDTH * epoch.number() / epochs;
    float[] weights = epoch.weights();
    return String.format(Locale.ROOT, "%s%s epoch %d/%d  loss %.3f  accuracy %3.0f %%%s%s  %d:%02d",
        "█".repeat(done), "░".repeat(WIDTH - done), epoch.number(), epochs, epoch.loss(), 100 * epoch.accuracy(),
        Double.isNaN(epoch.validationAccuracy()) ? "" : String.format(Locale.ROOT, ", held back %3.0f %%", 100 * epoch.validationAccuracy()),
        weights == null ? "" : "  weights " + weights(channels, weights), elapsed.toMinutes(), elapsed.toSecondsPart());
  }

  /** Shares of the weights, largest first: {@code Mito 0.48 Actin 0.29}. */
  public static String weights(List<String> channels, float[] weights) {
    double sum = 0;
    for (float w : weights) {
      sum += w;
    }
    double total = sum;
    List<Integer> order = new ArrayList<>(IntStream.range(0, weights.length).boxed().toList());
    order.sort(Comparator.comparingDouble(i -> -weights[i]));
    return order.stream().limit(SHOWN_CHANNELS)
        .map(i -> String.format(Locale.ROOT, "%s %.2f", channels.get(i), weights[i] / total))
        .collect(Collectors.joining(" ")) + (weights.length > SHOWN_CHANNELS ? " …" : "");
  }
}
