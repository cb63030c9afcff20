package io.dcmix.demo;

import io.dcmix.core.archive.AbsentPlane;
import io.dcmix.schema.event.WellFailure;
import java.io.PrintStream;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The summary at the end of a demo run, for people. Pure text. */
final class DemoSummary {
  private static final int BAR = 24;
  private static final int LISTED = 8;

  private final PrintStream out;

  DemoSummary(PrintStream out) {
    this.out = out;
  }

  /**
   * Prints it.
   *
   * @param hits how many wells are called hits, in words
   * @param page where the page is; null when it will be gone
   */
  void print(String title, DemoReport report, Truth.Comparison truth, Truth basis, String hits,
      List<WellFailure> failures, List<AbsentPlane> absent, @Nullable URI page) {
    out.println();
    out.println("  " + title);
    out.println("  " + "─".repeat(Math.max(40, title.length())));
    line("Wells", String.format(Locale.ROOT, "%,d of %,d predicted in %.1f s, %d duplicates, %d failures, %d dead letters",
          report.predictions(), report.wellsPublished(), report.seconds(), report.duplicates(), report.failures(), report.deadLetters()));
    line("Hits", hits);
    if (!basis.positive().isEmpty()) {
      line("Truth", String.format(Locale.ROOT, "%d of %d %s found (recall %s), %d false (precision %s)",
          truth.truePositives(), basis.positive().size(), basis.plantedChannels().isEmpty() ? "positive controls" : basis.what(),
          share(report.recall()), truth.falsePositives(), share(report.precision())));
    }
    decisions(report.decisions());
    if (!absent.isEmpty()) {
      line("Missing", String.format(Locale.ROOT, "%,d planes are not in the archive:",
          absent.size()));
      absent.stream().limit(LISTED).forEach(plane -> out.println("              " + plane.id() + ": " + plane.reason()));
      more(absent.size());
    }
    if (!failures.isEmpty()) {
      line("Failed", String.format(Locale.ROOT, "%,d wells or sites could not be scored:",
          failures.size()));
      Map<String, String> byWell = new TreeMap<>();
      failures.forEach(f -> byWell.putIfAbsent(
          f.getWell() + (f.getSite() == null ? "" : " site " + f.getSite()), f.getMessage().replaceFirst("^Site \\d+: ", "")));
      byWell.entrySet().stream().limit(LISTED).forEach(e -> out.println("              " + e.getKey() + ": " + e.getValue()));
      more(byWell.size());
    }
    out.println();
    channels(report);
    if (page != null) {
      out.println();
      line("Page", String.format(Locale.ROOT, "%s",
          page));
      line("Broker", String.format(Locale.ROOT, "%s",
          report.bootstrap()));
    }
    out.println();
    out.flush();
  }

  private void decisions(Decisions decisions) {
    Decisions.Calls calls = decisions.calls();
    if (calls != null) {
      line("Calls", String.format(Locale.ROOT, "%,d hits of %,d samples%s: %s (version %s, rules %s)",
          calls.hits(), calls.called(), calls.stage().equals("FINAL") ? "" : ", provisional", calls.method(), calls.methodVersion(), calls.rules()));
      if (calls.recall() != null) {
        line("", String.format(Locale.ROOT, "recall %s, precision %s", share(calls.recall()), share(calls.precision())));
      }
    }
    Decisions.Quality quality = decisions.quality();
    if (quality != null) {
      line("Quality", String.format(Locale.ROOT, "Z' %s (%s), robust Z' %s, SSMD %s, hit rate %s; the plate is %s",
          figure(quality.zPrime()), quality.verdict().toLowerCase(Locale.ROOT), figure(quality.robustZPrime()), figure(quality.ssmd()),
          quality.hitRate() == null ? "–" : String.format(Locale.ROOT, "%.1f %%", 100 * quality.hitRate()),
          quality.status().toLowerCase(Locale.ROOT)));
      quality.undefined().forEach((name, why) -> out.println("              " + name + ": " + why));
      line("Alerts", decisions.alerts().isEmpty() ? "none" : String.format(Locale.ROOT, "%,d:", decisions.alerts().size()));
      decisions.alerts().stream().limit(LISTED).forEach(alert ->
          out.println("              " + alert.severity().toLowerCase(Locale.ROOT) + ": " + alert.message() + ". " + alert.remedy()));
      more(decisions.alerts().size());
    }
  }

  private static String figure(@Nullable Double value) {
    return value == null ? "–" : String.format(Locale.ROOT, "%.2f", value);
  }

  private void channels(DemoReport report) {
    if (report.channels().isEmpty()) {
      return;
    }
    out.println("  Which channels carry the hits (importance: what the hit score loses without the channel)");
    double most = report.channels().stream().mapToDouble(c -> Math.abs(value(c))).max().orElse(1);
    int width = report.channels().stream().mapToInt(c -> c.name().length()).max().orElse(1);
    for (DemoReport.Channel c : report.channels()) {
      int cells = most == 0 ? 0 : (int) Math.round(Math.max(0, value(c)) / most * BAR);
      out.printf(Locale.ROOT, "    %-" + width + "s  %-" + BAR + "s  importance %7s   weight %4.1f %%   contribution %4.1f %%%s%n",
          c.name(), "█".repeat(cells), c.importance() == null ? "–" : String.format(Locale.ROOT, "%.2f", c.importance()),
          100 * c.weight(), 100 * c.contribution(), report.plantedChannels().contains(c.name()) ? "   ← planted" : "");
    }
  }

  private static double value(DemoReport.Channel channel) {
    return channel.importance() == null ? channel.weight() : channel.importance();
  }

  private static String share(@Nullable Double value) {
    return value == null ? "–" : String.format(Locale.ROOT, "%.3f", value);
  }

  private void line(String label, String text) {
    out.println("  " + String.format(Locale.ROOT, "%-9s", label) + text);
  }

  private void more(int count) {
    if (count > LISTED) {
      out.printf(Locale.ROOT, "              … and %,d more%n", count - LISTED);
    }
  }
}
