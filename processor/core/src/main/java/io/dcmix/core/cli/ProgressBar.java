package io.dcmix.core.cli;

import java.io.Console;
import java.io.PrintStream;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * One line on stderr that shows how far a long task is: a bar with rate and remaining time on a terminal, a plain line now
 * and then in a log file.
 *
 * <p>Threading: safe to share; whoever works may report.
 */
public final class ProgressBar implements AutoCloseable {
  private static final int CELLS = 28;
  private static final long REDRAW_NANOS = 100_000_000L;
  private static final long PLAIN_NANOS = 5_000_000_000L;
  private static final int LINE = 118;

  private final String label;
  private final long total;
  private final PrintStream out;
  private final boolean terminal;
  private final LongSupplier nanos;
  private final long startedAt;
  private long drawnAt;
  private long done;
  private long drawnDone = -1;
  private String suffix = "";
  private String drawnSuffix = "";
  private boolean closed;

  private ProgressBar(String label, long total, PrintStream out, boolean terminal, LongSupplier nanos) {
    this.label = label;
    this.total = total;
    this.out = out;
    this.terminal = terminal;
    this.nanos = nanos;
    this.startedAt = nanos.getAsLong();
    this.drawnAt = startedAt;
    draw();
  }

  /**
   * Starts a bar on stderr.
   *
   * @param label what is being done: "Scoring wells"
   * @param total number of steps; 0 or less where nobody knows, then only the count is shown
   */
  public static ProgressBar start(String label, long total) {
    return start(label, total, System.err, stderrIsTerminal(), System::nanoTime);
  }

  /** For tests: a stream, whether it is a terminal, and a clock in nanoseconds. */
  static ProgressBar start(String label, long total, PrintStream out, boolean terminal, LongSupplier nanos) {
    return new ProgressBar(label, total, out, terminal, nanos);
  }

  /**
   * Says where the task is now; cheap enough to be called for every step.
   *
   * @param done steps done since the start, not since the last call
   * @param suffix what else is worth seeing, such as "2 failures"; may be empty
   */
  public synchronized void update(long done, String suffix) {
    if (closed) {
      return;
    }
    this.done = done;
    this.suffix = suffix;
    long interval = terminal ? REDRAW_NANOS : PLAIN_NANOS;
    if (nanos.getAsLong() - drawnAt >= interval) {
      draw();
    }
  }

  /** Draws the last state and ends the line. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (terminal || done != drawnDone || !suffix.equals(drawnSuffix)) {
      draw();
    }
    if (terminal) {
      out.println();
    }
    out.flush();
  }

  private void draw() {
    long now = nanos.getAsLong();
    drawnAt = now;
    drawnDone = done;
    drawnSuffix = suffix;
    double seconds = (now - startedAt) / 1e9;
    if (terminal) {
      String line = fit(label + "  " + (total > 0 ? bar(done, total) + "  " : "") + state(seconds));
      out.print("\r" + line + "\u001b[K");
    } else {
      out.println(label + ": " + state(seconds));
    }
    out.flush();
  }

  private String state(double seconds) {
    StringBuilder text = new StringBuilder();
    if (total > 0) {
      text.append(String.format(Locale.ROOT, "%3d %%  %,d/%,d", percent(), done, total));
    } else {
      text.append(String.format(Locale.ROOT, "%,d", done));
    }
    if (done > 0 && seconds >= 0.5) {
      double rate = done / seconds;
      text.append(String.format(Locale.ROOT, rate < 10 ? "  %.1f/s" : "  %,.0f/s", rate));
      if (total > done && !closed) {
        text.append("  ").append(duration((total - done) / rate)).append(" left");
      }
    }
    if (closed) {
      text.append("  in ").append(duration(seconds));
    }
    if (!suffix.isEmpty()) {
      text.append("  ").append(suffix);
    }
    return text.toString();
  }

  private long percent() {
    return Math.clamp(done, 0, total) * 100 / total;
  }

  /** A bar of fixed width whose last cell fills in eighths. */
  private static String bar(long done, long total) {
    int eighths = (int) (Math.clamp(done, 0, total) * (double) (CELLS * 8) / total);
    StringBuilder bar = new StringBuilder("▕");
    for (int cell = 0; cell < CELLS; cell++) {
      int filled = Math.clamp(eighths - cell * 8L, 0, 8);
      bar.append(filled == 0 ? ' ' : (char) ('█' + 8 - filled));
    }
    return bar.append('▏').toString();
  }

  /** {@code 7 s}, {@code 2:05 min}, {@code 1:02:30 h}. */
  static String duration(double seconds) {
    long s = Math.round(Math.min(seconds, 359_999));
    if (s < 60) {
      return s + " s";
    }
    return s < 3600 ? "%d:%02d min".formatted(s / 60, s % 60) : "%d:%02d:%02d h".formatted(s / 3600, s / 60 % 60, s % 60);
  }

  /** A line that wraps cannot be overwritten. */
  private static String fit(String line) {
    return line.length() <= LINE ? line : line.substring(0, LINE - 1) + "…";
  }

  /** A null console is checked for because it is back in JDK 25, whose default console is the plain one again. */
  @SuppressWarnings("SystemConsoleNull")
  private static boolean stderrIsTerminal() {
    Console console = System.console();
    return console != null && console.isTerminal() && !"dumb".equals(System.getenv("TERM"));
  }
}
