package io.dcmix.training.report.page;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Objects;

/** Writes a {@link Report} as one HTML file that needs nothing else: style, drawings and pictures are inside, and there is no script. */
public final class HtmlPage {
  // The page may load nothing and run nothing, whatever its text says.
  private static final String POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

  private HtmlPage() {}

  /** The page. Equal reports give equal pages; all text is escaped. */
  public static String render(Report report) {
    Markup out = new Markup().raw("<!DOCTYPE html>\n");
    out.open("html", "lang", "en").open("head");
    out.leaf("meta", "charset", "utf-8");
    out.leaf("meta", "http-equiv", "Content-Security-Policy", "content", POLICY);
    out.leaf("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
    out.leaf("meta", "name", "color-scheme", "content", "light dark");
    out.text("title", report.title());
    out.open("style").raw(style()).close().close();
    out.open("body");
    head(out, report);
    out.open("main");
    Blocks blocks = new Blocks(out, new Palette(report.channels()));
    for (int i = 0; i < report.sections().size(); i++) {
      Section section = report.sections().get(i);
      out.open("section", "id", "s" + (i + 1)).text("h2", section.title());
      if (!section.lead().isBlank()) {
        out.text("p", section.lead(), "class", "lead");
      }
      blocks.write(section.blocks());
      out.close();
    }
    out.close();
    foot(out, report);
    return out.close().close().toString() + "\n";
  }

  /**
   * Writes the page; the file appears only when it is complete, and replaces an older one at once.
   *
   * @throws IOException if the folder cannot be made or written
   */
  public static void write(Report report, Path file) throws IOException {
    Path target = file.toAbsolutePath();
    Path folder = Objects.requireNonNull(target.getParent(), "a page needs a file name");
    Files.createDirectories(folder);
    Path draft = folder.resolve(target.getFileName() + ".part");
    try {
      Files.writeString(draft, render(report));
      Files.move(draft, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(draft);
    }
  }

  private static void head(Markup out, Report report) {
    out.open("header");
    out.open("p", "class", "brand").open("svg", "viewBox", "0 0 24 24", "aria-hidden", "true");
    out.leaf("circle", "cx", 9, "cy", 9, "r", 6).leaf("circle", "cx", 15, "cy", 9, "r", 6).leaf("circle", "cx", 12, "cy", 15, "r", 6);
    out.close().say("DCMIX").close();
    out.text("h1", report.title());
    if (!report.subtitle().isBlank()) {
      out.text("p", report.subtitle(), "class", "subtitle");
    }
    if (!report.verdicts().isEmpty()) {
      out.open("ul", "class", "verdicts", "aria-label", "Results");
      report.verdicts().forEach(v -> verdict(out, v));
      out.close();
    }
    if (report.sections().size() > 2) {
      out.open("nav", "aria-label", "Sections");
      for (int i = 0; i < report.sections().size(); i++) {
        out.text("a", report.sections().get(i).title(), "href", "#s" + (i + 1));
      }
      out.close();
    }
    out.close();
  }

  private static void verdict(Markup out, Verdict verdict) {
    String outcome = switch (verdict.outcome()) {
      case MET -> "met";
      case MISSED -> "missed";
      case NEUTRAL -> "";
    };
    out.open("li", "class", outcome).text("span", verdict.label(), "class", "label");
    int of = verdict.value().indexOf(" of "); // 24 of 24: the first number is the result
    out.open("span", "class", "value").text("b", of < 0 ? verdict.value() : verdict.value().substring(0, of));
    if (of >= 0) {
      out.text("span", verdict.value().substring(of));
    }
    out.close();
    String bar = verdict.bar();
    if (bar != null || !outcome.isEmpty()) {
      out.open("span", "class", "bar").say(bar == null ? "" : "bar " + bar);
      if (!outcome.isEmpty()) {
        out.text("em", (outcome.equals("met") ? "✓ " : "✕ ") + outcome);
      }
      out.close();
    }
    out.close();
  }

  private static void foot(Markup out, Report report) {
    out.open("footer");
    if (!report.provenance().isEmpty()) {
      out.text("h2", "Where this comes from").open("dl", "class", "facts");
      report.provenance().forEach((name, value) -> out.text("dt", name).text("dd", value));
      out.close();
    }
    out.close();
  }

  private static String style() {
    try (InputStream css = Objects.requireNonNull(HtmlPage.class.getResourceAsStream("page.css"), "page.css is missing from the jar")) {
      return new String(css.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // from our own jar
    }
  }
}
