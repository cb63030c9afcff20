package io.dcmix.app.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import io.dcmix.schema.PlateFormat;
import io.dcmix.schema.PlateKey;
import io.dcmix.schema.WellAddress;
import io.dcmix.schema.event.AcquisitionStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/** The page in a real browser, over a view that the test fills. */
@Timeout(120)
class PageTest {
  private static Browser browser;

  private final ScreeningView view = new ScreeningView();
  private final Screen screen = Screen.of("P/7 left", PlateFormat.WELLS_384);
  private DashboardServer server;

  @BeforeAll
  static void startBrowser() throws IOException {
    browser = Browser.start();
  }

  @AfterAll
  static void stopBrowser() throws IOException {
    if (browser != null) {
      browser.close();
    }
  }

  @BeforeEach
  void start() {
    server = serve(0);
  }

  @AfterEach
  void stop() {
    browser.driver().get("about:blank");
    server.close();
  }

  private DashboardServer serve(int port) {
    return DashboardServer.over(new DashboardConfig("127.0.0.1", port, "127.0.0.1:1", "screening", Map.of()), view);
  }

  private void open(String theme) {
    browser.open(server.url().toString(), 1440, 900, theme);
    browser.await("#connection[data-state=live]", 1);
  }

  @Test
  void shouldDrawAHalfRunPlateWithEveryKindOfWell() throws IOException {
    screen.run(view, 192);
    open("light");
    browser.await(".well[data-well]", 384);
    // 192 wells ran, those at places 40 and 107 and 174 failed; the fixture's rule makes hits.
    browser.await(".well.scored", 189);
    browser.await("#heatmap .well.failed", 3);
    assertThat(browser.all(".well[data-well].pending")).hasSize(192);
    assertThat(browser.all(".well.negative")).hasSize(16);
    assertThat(browser.all(".well.positive")).hasSize(16);
    long hits = PlateFormat.WELLS_384.wells().subList(0, 192).stream().filter(screen::isHit).count();
    assertThat(browser.all(".well.is-hit")).hasSize((int) hits);
    assertThat(browser.text("#scored")).isEqualTo("189");
    assertThat(browser.text("#failures")).isEqualTo("3");
    assertThat(browser.text("#plate-title")).isEqualTo("Plate P/7 left");
    assertThat(browser.all(".readings tbody tr").getFirst().getDomAttribute("data-channel")).isEqualTo("Mito");
    assertThat(browser.all("#importance-series path")).hasSize(6);
    browser.assertQuiet();
  }

  @Test
  void shouldFillAWellWhenItsEventComesWithoutReload() {
    screen.run(view, 100); // place 40 failed
    open("light");
    browser.await(".well.scored", 99);
    browser.script("window.sameDocument = true");
    view.apply(screen.prediction("P24"), Screen.START);
    server.publishChanges();
    browser.await(".well.scored[data-well=P24]", 1);
    browser.awaitText("#scored", "100");
    assertThat(browser.script("return window.sameDocument")).isEqualTo(true);
    assertThat(String.valueOf(browser.script("return document.querySelector('[data-well=P24] .body').style.fill"))).startsWith("rgb(");
    browser.assertQuiet();
  }

  @Test
  void shouldShowTheDetailsOfTheWellThatIsClicked() {
    screen.run(view, 192);
    open("light");
    browser.await(".well.scored", 189);
    browser.click("[data-well=A06] .body");
    browser.awaitText("#well-title", "Well A06");
    assertThat(browser.text("#well-sub")).isEqualTo("Sample: CMP-0005, 2.5 µM");
    assertThat(browser.text("#well-body")).contains("Hit: active", "Importance per channel", "Mito", "4 sites", "cell-painting-small 3", "cpu");
    assertThat(browser.all(".well.selected")).hasSize(1);
    browser.click("[data-well=B17] .body"); // place 40: failed
    browser.awaitText("#well-title", "Well B17");
    assertThat(browser.text("#well-body")).contains("Corrupt plane", "channel Mito", "What to do: Publish the image again");
    browser.click("[data-well=P24] .body");
    browser.awaitText("#well-body", "No result yet");
    browser.assertQuiet();
  }

  @Test
  void shouldBeUsableByKeyboard() {
    screen.run(view, 192);
    open("light");
    browser.await(".well.scored", 189);
    assertThat(browser.all(".well[tabindex='0']")).hasSize(1);
    WebElement first = browser.all(".well[tabindex='0']").getFirst();
    browser.script("arguments[0].focus()", first);
    browser.driver().switchTo().activeElement().sendKeys(Keys.ARROW_DOWN);
    browser.driver().switchTo().activeElement().sendKeys(Keys.ARROW_RIGHT);
    browser.driver().switchTo().activeElement().sendKeys(Keys.END);
    assertThat(browser.text("#tooltip")).startsWith("B24").contains("positive control");
    browser.driver().switchTo().activeElement().sendKeys(Keys.ENTER);
    browser.awaitText("#well-title", "Well B24");
    assertThat(browser.driver().switchTo().activeElement().getDomAttribute("data-well")).isEqualTo("B24");
    browser.driver().switchTo().activeElement().sendKeys(Keys.ESCAPE);
    browser.await(".well.selected", 0);
    browser.assertQuiet();
  }

  @Test
  void shouldListHitsAndFollowTheMeasureAndTheScope() {
    screen.run(view, 384);
    open("light");
    browser.await(".well.scored", 378);
    int listed = browser.all(".hits tbody tr").size();
    assertThat(browser.text("#hits")).isEqualTo(Integer.toString(listed));
    assertThat(listed).isEqualTo(view.plate(new PlateKey("P/7 left", "run-1")).orElseThrow().hits().size());
    assertThat(browser.text("#colorbar-label")).startsWith("Hit probability");
    browser.click("#by-logit");
    browser.awaitText("#colorbar-label", "Hit logit");
    browser.script("const s = document.getElementById('scopes'); s.value = 'class/active'; s.dispatchEvent(new Event('change'))");
    browser.awaitText("#importance-sub", "26 wells"); // 1 + 383 / 15
    browser.assertQuiet();
  }

  @Test
  void shouldWriteHitsAsCsvThatASpreadsheetTakesForTextAndNumbers() {
    open("light");
    Object csv =
        browser.driver().executeAsyncScript(
            """
            const done = arguments[arguments.length - 1];
            import('/hits.js').then(({ csv }) => done(encodeURIComponent(csv({ plate: 'P,7', acquisition: '1' },
              [{ well: 'B02', timepoint: 0, hitLogit: -1.5, hitProbability: 0.18, predictedClass: 'active', topChannel: null, revision: 2, flags: ['INCOMPLETE'] }],
              new Map([['B02', { treatment: '=1+1 "x"', concentration: 2.5, unit: 'uM' }]])))));
            """);
    // Escaped on the way, since the driver turns CR LF into LF.
    assertThat(java.net.URLDecoder.decode(String.valueOf(csv), java.nio.charset.StandardCharsets.UTF_8))
        .isEqualTo(
            "rank,plate,acquisition,well,timepoint,treatment,concentration,concentration_unit,"
                + "hit_logit,hit_probability,predicted_class,top_channel,revision,flags\r\n"
                + "1,\"P,7\",1,B02,0,\"'=1+1 \"\"x\"\"\",2.5,uM,-1.5,0.18,active,,2,INCOMPLETE\r\n");
  }

  @Test
  void shouldWaitForTheFirstPlateAndShowItWhenItComes() throws IOException {
    open("light");
    browser.awaitText("#empty-title", "Waiting for the first plate");
    browser.screenshot("empty-light");
    screen.run(view, 10);
    server.publishChanges();
    browser.await(".well[data-well]", 384);
    browser.await(".well.scored", 10);
    assertThat(browser.all("#plate-empty").getFirst().isDisplayed()).isFalse();
    browser.assertQuiet();
  }

  @Test
  void shouldTakeALayoutAndAnnouncementThatComeAfterTheWells() {
    view.apply(screen.prediction("A01"), Screen.START);
    open("light");
    browser.await(".well.scored", 1);
    view.apply(screen.layout(), Screen.START);
    view.apply(screen.acquisition(AcquisitionStatus.STARTED), Screen.START);
    server.publishChanges();
    browser.await(".well[data-well]", 384);
    browser.await(".well.negative", 16);
  }

  @Test
  void shouldSayThatItReconnectsAndCatchUpWhenTheServerIsBack() {
    screen.run(view, 20);
    open("light");
    browser.await(".well.scored", 20);
    int port = server.url().getPort();
    server.close();
    browser.await("#connection[data-state=lost]", 1);
    view.apply(screen.prediction("P24"), Screen.START);
    server = serve(port);
    browser.await("#connection[data-state=live]", 1);
    browser.await(".well.scored", 21);
  }

  @Test
  void shouldFitSmallWindows() {
    screen.run(view, 192);
    browser.open(server.url().toString(), 390, 844, "light");
    browser.await(".well.scored", 189);
    assertThat(browser.script("return document.documentElement.scrollWidth <= document.documentElement.clientWidth")).isEqualTo(true);
  }

  @Test
  void shouldKeepPicturesOfThePage() throws IOException {
    screen.run(view, 250);
    Screen small = new Screen("BBBC013", "1049", PlateFormat.WELLS_96, java.util.List.of("GFP", "DNA"));
    ScreeningView other = new ScreeningView();
    for (String theme : new String[] {"light", "dark"}) {
      open(theme);
      browser.await(".well.scored", 246);
      browser.click("[data-well=C03] .body");
      browser.awaitText("#well-title", "Well C03");
      browser.script("return Promise.all(document.getAnimations().filter(a => a.effect.getTiming().iterations === 1).map(a => a.finished))");
      assertThat(Files.size(browser.screenshot("384-" + theme))).isGreaterThan(20_000);
    }
    browser.click("#by-logit");
    browser.click("[data-well=B17] .body");
    browser.awaitText("#well-title", "Well B17");
    browser.screenshot("384-logit-dark");
    browser.open(server.url().toString(), 390, 844, "light");
    browser.await(".well.scored", 246);
    browser.screenshot("384-phone");
    Screen large = Screen.of("HTS-1536-0007", PlateFormat.WELLS_1536);
    ScreeningView largest = new ScreeningView();
    large.run(largest, 1100);
    try (DashboardServer second =
        DashboardServer.over(new DashboardConfig("127.0.0.1", 0, "127.0.0.1:1", "screening", Map.of()), largest)) {
      browser.open(second.url().toString(), 1440, 900, "light");
      browser.await("#heatmap .well", 1536);
      browser.await(".well.scored", 1084); // 16 of the first 1100 failed
      browser.screenshot("1536-light");
      browser.driver().get("about:blank");
    }
    small.run(other, 96);
    try (DashboardServer second =
        DashboardServer.over(new DashboardConfig("127.0.0.1", 0, "127.0.0.1:1", "screening", Map.of()), other)) {
      browser.open(second.url().toString(), 1440, 900, "light");
      browser.await(".well.scored", 95);
      browser.click("[data-well=" + WellAddress.parse("B06") + "] .body");
      browser.awaitText("#well-title", "Well B06");
      browser.screenshot("96-light");
      browser.driver().get("about:blank");
    }
    browser.assertQuiet();
  }
}
