package io.dcmix.training.report.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.dcmix.training.report.page.Block.BarChart;
import io.dcmix.training.report.page.Block.Bars;
import io.dcmix.training.report.page.Block.Dot;
import io.dcmix.training.report.page.Block.Fact;
import io.dcmix.training.report.page.Block.Facts;
import io.dcmix.training.report.page.Block.Format;
import io.dcmix.training.report.page.Block.Gallery;
import io.dcmix.training.report.page.Block.GalleryRow;
import io.dcmix.training.report.page.Block.Group;
import io.dcmix.training.report.page.Block.Heatmap;
import io.dcmix.training.report.page.Block.Line;
import io.dcmix.training.report.page.Block.LineChart;
import io.dcmix.training.report.page.Block.Mark;
import io.dcmix.training.report.page.Block.Picture;
import io.dcmix.training.report.page.Block.Prose;
import io.dcmix.training.report.page.Block.StripPlot;
import io.dcmix.training.report.page.Block.Table;
import io.dcmix.training.report.page.Block.YAxis;
import io.dcmix.training.report.page.Verdict.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

class HtmlPageTest {
  // Would end an attribute, open an element, name an entity, and break XML.
  private static final String HOSTILE = "\"'><script>alert(1)</script>&lt;&nbsp;]]>\u0000\uD800";
  private static final String SHOWN = "\"'><script>alert(1)</script>&lt;&nbsp;]]>\uFFFD\uFFFD";

  @Test
  void everyPageIsWellFormedAndRefersToNothingOutside() {
    Document page = Pages.parsed(SampleReport.report());

    assertThat(Pages.elements(page, "script")).isEmpty();
    assertThat(Pages.elements(page, "link")).isEmpty();
    assertThat(Pages.elements(page, "img")).isNotEmpty().allSatisfy(i -> assertThat(i.getAttribute("src")).startsWith("data:image/png;base64,"));
    assertThat(Pages.elements(page, "a")).isNotEmpty().allSatisfy(a -> assertThat(a.getAttribute("href")).startsWith("#"));
    assertThat(Pages.elements(page, "style").getFirst().getTextContent()).doesNotContain("url(", "@import", "http");
  }

  @Test
  void everyDrawingHasANameAndItsNumbersAsATable() {
    Document page = Pages.parsed(SampleReport.report());

    assertThat(Pages.elements(page, "svg").stream().filter(s -> !s.hasAttribute("aria-hidden"))).isNotEmpty()
        .allSatisfy(s -> assertThat(s.getAttribute("aria-label")).isNotBlank());
    assertThat(Pages.elements(page, "details")).isNotEmpty()
        .allSatisfy(d -> assertThat(d.getElementsByTagName("td").getLength()).isPositive());
    assertThat(Pages.elements(page, "img")).allSatisfy(i -> assertThat(i.getAttribute("alt")).isNotBlank());
  }

  @Test
  void equalReportsGiveEqualPages() {
    assertThat(HtmlPage.render(SampleReport.report())).isEqualTo(HtmlPage.render(SampleReport.report()));
  }

  @Test
  void textIsShownAsItIsWhereverItStands() {
    byte[] png = GreyImage.png(new float[] {0, 1}, 1, 2, 0, 1, 0xffffff);
    List<Block> blocks = List.of(
        new Prose(HOSTILE), new Facts(List.of(new Fact(HOSTILE, HOSTILE))), new Table(List.of(HOSTILE), List.of(List.of(HOSTILE)), List.of()),
        new LineChart(HOSTILE, HOSTILE, HOSTILE, List.of(Line.counted(HOSTILE, 1, 2)), YAxis.AUTO),
        new BarChart(HOSTILE, HOSTILE, List.of(HOSTILE), List.of(new Bars(HOSTILE, 1), new Bars("b", 1)), List.of(new Mark(HOSTILE, 1))),
        new StripPlot(HOSTILE, HOSTILE, HOSTILE,
            List.of(new Group(HOSTILE, HOSTILE, List.of(new Dot(HOSTILE, 1))), new Group("g", List.of())), List.of(new Mark(HOSTILE, 1))),
        new Heatmap(HOSTILE, HOSTILE, HOSTILE, List.of(HOSTILE), List.of(HOSTILE), new double[][] {{1}}, Format.AUTO, false),
        new Gallery(HOSTILE, List.of(HOSTILE), List.of(new GalleryRow(HOSTILE, HOSTILE, List.of(new Picture(png, HOSTILE, HOSTILE))))));
    Document page = Pages.parsed(new Report(HOSTILE, HOSTILE, List.of(HOSTILE), List.of(new Verdict(HOSTILE, HOSTILE, HOSTILE, Outcome.MET)),
        List.of(new Section(HOSTILE, HOSTILE, blocks)), Map.of(HOSTILE, HOSTILE)));

    assertThat(Pages.elements(page, "script")).isEmpty();
    for (String tag : List.of("title", "h1", "h2", "h3", "p", "dt", "dd", "th", "td", "li")) {
      assertThat(Pages.elements(page, tag)).as(tag).anySatisfy(e -> assertThat(e.getTextContent()).contains(SHOWN));
    }
    assertThat(Pages.elements(page, "img").getFirst().getAttribute("alt")).isEqualTo(SHOWN);
  }

  @Test
  void aChannelHasOneColourOnTheWholePage() {
    Document page = Pages.parsed(Pages.of(List.of("DNA", "GFP"),
        new LineChart("lines", "x", "y", List.of(Line.counted("other", 1, 2), Line.counted("GFP", 1, 3)), YAxis.AUTO),
        new BarChart("bars", "v", List.of("GFP", "DNA"), List.of(new Bars("s", 1, 2)), List.of())));

    List<String> lines = Pages.elements(page, "path").stream().filter(p -> p.getTextContent().equals("GFP")).map(p -> p.getAttribute("class")).toList();
    List<String> bars = Pages.elements(page, "rect").stream().filter(p -> p.getTextContent().contains("GFP")).map(p -> p.getAttribute("class")).toList();
    assertThat(lines).hasSize(2).containsOnly("line h1");
    assertThat(bars).hasSize(2).containsOnly("fill h1");
  }

  @Test
  void missingValuesAreGapsInTheDrawingAndDashesInTheTable() {
    Document page = Pages.parsed(Pages.of(
        new LineChart("lines", "x", "y", List.of(Line.counted("a", 1, 2, Double.NaN, 3, 4)), YAxis.AUTO),
        new BarChart("bars", "v", List.of("p", "q"), List.of(new Bars("s", 1, Double.NaN)), List.of())));

    Element line = Pages.elements(page, "path").stream().filter(p -> p.getTextContent().equals("a")).findFirst().orElseThrow();
    assertThat(line.getAttribute("d").chars().filter(c -> c == 'M')).as("two strokes").hasSize(2);
    assertThat(Pages.elements(page, "rect")).as("one bar, for wide pages and for phones").hasSize(2);
    assertThat(Pages.elements(page, "td").stream().map(Element::getTextContent)).containsExactly(
        "1", "1", "2", "2", "3", "–", "4", "3", "5", "4", "p", "1", "q", "–");
  }

  @Test
  void aChartWithoutValuesSaysSo() {
    Document page = Pages.parsed(Pages.of(
        new LineChart("a", "x", "y", List.of(), YAxis.AUTO), new LineChart("b", "x", "y", List.of(Line.counted("l", 0, -1)), YAxis.LOG),
        new BarChart("c", "v", List.of(), List.of(), List.of()), new StripPlot("d", "x", "y", List.of(new Group("g", List.of())), List.of()),
        new Heatmap("e", "", "", List.of("r"), List.of("c"), new double[][] {{Double.NaN}}, Format.AUTO, true)));

    assertThat(Pages.elements(page, "p").stream().filter(p -> p.getTextContent().equals("No values."))).hasSize(5);
    assertThat(Pages.elements(page, "details")).isEmpty();
  }

  @Test
  void theOutcomeOfAVerdictIsSaidInWords() {
    Document page = Pages.parsed(new Report("t", "", List.of(
        new Verdict("right", "24 of 24", "24 of 24", Outcome.MET), new Verdict("rho", "0.68", "≥ 0.75", Outcome.MISSED),
        new Verdict("time", "1.4 s", null, Outcome.NEUTRAL)), List.of(), Map.of()));

    assertThat(Pages.elements(page, "li").stream().map(Element::getTextContent))
        .containsExactly("right24 of 24bar 24 of 24✓ met", "rho0.68bar ≥ 0.75✕ missed", "time1.4 s");
  }

  @Test
  void theFileAppearsCompleteAndReplacesAnOlderOne(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("new/folder/report.html");
    Report old = Pages.of(new Prose("old"));
    HtmlPage.write(old, file);
    HtmlPage.write(SampleReport.report(), file);

    assertThat(file).hasContent(HtmlPage.render(SampleReport.report()));
    try (var files = Files.list(file.resolveSibling("."))) {
      assertThat(files).as("no draft is left").hasSize(1);
    }
  }

  @Test
  void theHueOfAChannelIsNoOthersHueWhileThereAreHuesLeft() {
    Document page = Pages.parsed(Pages.of(List.of("DNA", "GFP"),
        new Block.BarChart("b", "v", List.of("x"), List.of(new Block.Bars("weight", 1), new Block.Bars("contribution", 2)), List.of()),
        new Block.BarChart("c", "v", List.of("x"), List.of(new Block.Bars("one", 1), new Block.Bars("two", 2), new Block.Bars("three", 3),
            new Block.Bars("four", 4), new Block.Bars("five", 5)), List.of())));
    List<String> hues = Pages.elements(page, "rect").stream().map(e -> e.getAttribute("class")).filter(c -> c.startsWith("fill h")).toList();
    assertThat(hues).hasSize(2 * 7).doesNotContain("fill h0", "fill h1"); // each chart is drawn twice
  }

  @Test
  void aLineChartShowsWhatItsLinesAreHeldAgainst() {
    Document page = Pages.parsed(Pages.of(new Block.LineChart("l", "epoch", "share", List.of(Block.Line.counted("DNA", 0.2, 0.3)), Block.YAxis.AUTO,
        List.of(new Block.Mark("equal start", 0.9)))));
    assertThat(Pages.elements(page, "text").stream().filter(t -> t.getTextContent().equals("equal start"))).hasSize(2);
    List<Element> marks = Pages.elements(page, "line").stream().filter(l -> l.getAttribute("class").equals("mark")).toList();
    // The mark lies above the lines and on the drawing: the axis reaches up to it.
    assertThat(marks).hasSize(2).allSatisfy(m -> assertThat(Double.parseDouble(m.getAttribute("y1"))).isBetween(20.0, 100.0));
  }
}
