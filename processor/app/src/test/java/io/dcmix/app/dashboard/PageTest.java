package io.dcmix.app.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import io.dcmix.schema.PlateFormat;
import io.dcmix.schema.PlateKey;
import io.dcmix.schema.WellAddress;
import io.dcmix.schema.event.AcquisitionStatus;
import io.dcmix.schema.event.AlertSeverity;
import io.dcmix.schema.event.AlertState;
import io.dcmix.schema.event.CallStage;
import io.dcmix.schema.event.HitCall;
import io.dcmix.schema.event.LayoutWell;
import io.dcmix.schema.event.PlateLayout;
import io.dcmix.schema.event.WellRole;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
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

  // ---- decisions

  @Test
  void shouldShowPredictedClassesUntilThereAreCallsAndThenTheCalls() {
    screen.run(view, 192);
    open("light");
    browser.await(".well.scored", 189);
    browser.await(".well.is-hit[data-well=A06]", 1);
    assertThat(browser.text("#hits-sub")).startsWith("No hit calls yet: samples whose predicted class is the hit class");
    assertThat(browser.all("#by-score[disabled]")).hasSize(1);
    List<HitCall> calls = screen.calls(192, CallStage.PROVISIONAL);
    HitCall overruled = calls.stream().filter(call -> call.getWell().equals("A06")).findFirst().orElseThrow();
    overruled.setHit(false);
    calls.forEach(call -> view.apply(call, Screen.START));
    server.publishChanges();
    browser.await(".well.is-hit[data-well=A06]", 0);
    long hits = calls.stream().filter(call -> call.getHit() && call.getRole() == WellRole.SAMPLE).count();
    long called = calls.stream().filter(call -> call.getRole() == WellRole.SAMPLE).count();
    browser.await(".hits tbody tr", (int) hits);
    assertThat(browser.text("#hits")).isEqualTo(Long.toString(hits));
    assertThat(browser.text("#hits-note")).isEqualTo("robust z vs negative controls ≥ 3, provisional");
    assertThat(browser.text("#hits-sub"))
        .isEqualTo("%d hits of %d called samples · robust z vs negative controls ≥ 3 (method version 1, rules cell-painting)".formatted(hits, called));
    assertThat(browser.all(".hits th")).extracting(WebElement::getText).startsWith("Rank", "Well", "Treatment", "Score", "Threshold").contains("NPI", "SSMD", "B-score");
    HitCall first = calls.stream().filter(call -> Integer.valueOf(1).equals(call.getRank())).findFirst().orElseThrow();
    assertThat(browser.text(".hits tbody tr:first-child")).startsWith("1 " + first.getWell() + " " + first.getTreatment() + ", 2.5 µM");
    browser.assertQuiet();
  }

  @Test
  void shouldTellAProvisionalCallFromAFinalOne() {
    screen.run(view, 192);
    screen.decide(view, 192);
    open("light");
    browser.await(".well.scored", 189);
    browser.awaitText("#hits-stage", "Provisional");
    int hits = browser.all(".well.is-hit[data-well]").size();
    assertThat(browser.all(".well.is-hit.provisional")).hasSize(hits);
    assertThat(browser.text("#legend")).contains("Provisional hit");
    browser.click("[data-well=B20] .body");
    browser.awaitText("#well-body", "Hit, provisional");
    screen.calls(192, CallStage.FINAL).forEach(call -> view.apply(call, Screen.START));
    server.publishChanges();
    browser.awaitText("#hits-stage", "Final");
    browser.await(".well.is-hit.provisional", 0);
    assertThat(browser.all(".well.is-hit[data-well]")).hasSize(hits);
    assertThat(browser.text("#legend")).doesNotContain("Provisional hit");
    assertThat(browser.text("#well-body")).doesNotContain("provisional").contains("Hit", "robust z", "NPI", "rules cell-painting");
    browser.assertQuiet();
  }

  @Test
  void shouldColourByTheScoreAroundZeroAndMarkTheThreshold() {
    screen.run(view, 192);
    screen.decide(view, 192);
    open("light");
    browser.await(".well.scored", 189);
    browser.click("#by-score");
    browser.awaitText("#colorbar-label", "Score: robust z vs negative controls ≥ 3");
    assertThat(browser.all("#colorbar-svg .threshold")).hasSize(1);
    // The threshold is 3 and scores go beyond it, so the scale ends at four times 3.
    assertThat(browser.text("#colorbar-svg")).startsWith("−12").endsWith("12");
    assertThat(browser.all("#by-score[aria-pressed=true]")).hasSize(1);
    assertThat(browser.all("#by-probability[aria-pressed=false]")).hasSize(1);
    browser.assertQuiet();
  }

  @Test
  void shouldTellOfPlateQualityAsItDevelops() {
    screen.run(view, 20);
    open("light");
    browser.await(".well.scored", 20);
    assertThat(browser.text("#quality-label")).isEqualTo("Controls right");
    view.apply(screen.quality(20), Screen.START);
    server.publishChanges();
    browser.awaitText("#quality-value", "Undefined");
    assertThat(browser.text("#quality-why")).isEqualTo("Z′, robust Z′, SSMD: fewer than 2 positive controls have a result (0)");
    assertThat(browser.text("#quality-wells")).startsWith("20 of 384 wells seen");
    for (int wells = 24; wells <= 192; wells += 24) {
      view.apply(screen.quality(wells), Screen.START);
      server.publishChanges();
    }
    // The fixture's Z' with 8 controls of each kind: 0.64 - 0.9 / 8 = 0.5275.
    browser.awaitText("#quality-value", "0.53");
    assertThat(browser.text("#quality-value .verdict")).isEqualTo("Excellent");
    assertThat(browser.text("#quality-statistics")).contains("robust Z′ 0.49", "SSMD 9.3", "hit rate 5.2 %");
    assertThat(browser.all("#quality-spark path")).hasSize(1);
    assertThat(browser.all("#quality-spark svg").getFirst().getDomAttribute("aria-label"))
        .isEqualTo("Z′ over wells seen: 0.19 after 48 wells, 0.53 after 192");
    browser.assertQuiet();
  }

  @Test
  void shouldShowWhatNeedsSomebodyAndCloseWhatIsResolved() {
    screen.run(view, 20);
    Screen other = Screen.of("P8", PlateFormat.WELLS_96);
    other.run(view, 4);
    open("light");
    browser.awaitText("#plate-title", "P/7 left"); // its images are newer
    assertThat(browser.text("#alerts")).as("nobody may be watching").isEqualTo("No alerts so far");
    view.apply(other.alert("drift", AlertSeverity.WARNING, AlertState.RAISED, 1), Screen.START);
    view.apply(other.alert("lost", AlertSeverity.CRITICAL, AlertState.RAISED, 0), Screen.START);
    server.publishChanges();
    browser.awaitText("#alert-top", "Critical Channel Mito");
    assertThat(browser.text("#alert-top")).contains("Check the staining", "P8", "1 of 2");
    browser.click("#alerts-toggle");
    browser.await("#alerts-list > ul > li", 2);
    assertThat(browser.text("#alert-top")).isEqualTo("2 things need you");
    assertThat(browser.text("#alerts-list")).contains("Warning", "What to do: Check the staining", "wells C03, C04");
    browser.click("#alerts-list .link");
    browser.awaitText("#plate-title", "Plate P8");
    view.apply(other.alert("lost", AlertSeverity.CRITICAL, AlertState.RESOLVED, 5), Screen.START);
    view.apply(other.alert("drift", AlertSeverity.WARNING, AlertState.RESOLVED, 5), Screen.START);
    server.publishChanges();
    browser.awaitText("#alert-top", "Nothing needs you");
    browser.awaitText("#alerts-list summary", "2 resolved");
    browser.assertQuiet();
  }

  @Test
  void shouldShowFewAlertsOfAFloodAndCountTheRest() {
    screen.run(view, 20);
    for (int i = 0; i < 70; i++) {
      view.apply(screen.alert("a" + i, AlertSeverity.WARNING, AlertState.RAISED, i), Screen.START);
    }
    open("light");
    browser.awaitText("#alerts-toggle", "All 70");
    browser.click("#alerts-toggle");
    browser.await("#alerts-list > ul > li", 50);
    assertThat(browser.text("#alerts-list")).contains("and 20 more alerts");
  }

  @Test
  void shouldMoveNothingWhenDecisionsCome() {
    screen.run(view, 192);
    open("light");
    browser.await(".well.scored", 189);
    String place = "const r = document.querySelector('#heatmap svg').getBoundingClientRect(); return [r.x, r.y, r.width, r.height].join()";
    Object before = browser.script(place);
    screen.decide(view, 192);
    view.apply(screen.alert("drift", AlertSeverity.WARNING, AlertState.RAISED, 1), Screen.START);
    server.publishChanges();
    browser.awaitText("#alert-top", "Warning");
    browser.awaitText("#quality-value", "0.53");
    assertThat(browser.script(place)).isEqualTo(before);
  }

  @Test
  void shouldTellUntreatedAndUnmappedWellsFromSamples() {
    screen.run(view, 192);
    PlateLayout layout = screen.layout();
    List<LayoutWell> wells = new ArrayList<>(layout.getWells());
    wells.removeIf(well -> well.getWell().equals("C10"));
    wells.stream().filter(well -> well.getWell().endsWith("02")).forEach(well -> well.setRole(WellRole.EMPTY));
    layout.setWells(wells);
    view.apply(layout, Screen.START);
    open("light");
    browser.await(".well.vacant", 16);
    assertThat(browser.all(".well.unmapped")).extracting(well -> well.getDomAttribute("data-well")).containsExactly("C10");
    assertThat(browser.text("#legend")).contains("Untreated", "Not in the layout", "Negative control");
    assertThat(browser.all("[data-well=C10]").getFirst().getDomAttribute("aria-label")).contains("not in the layout");
    browser.click("[data-well=C10] .body");
    browser.awaitText("#well-sub", "The layout does not describe this well");
    browser.assertQuiet();
  }

  @Test
  void shouldLinkTheHitListAsAFile() {
    screen.run(view, 192);
    open("light");
    browser.await(".well.scored", 189);
    browser.await("#download[href]", 1);
    Object csv =
        browser.driver().executeAsyncScript(
            """
            const done = arguments[arguments.length - 1];
            fetch(document.getElementById('download').href).then((r) => r.text()).then((text) => done(encodeURIComponent(text)));
            """);
    // Escaped on the way, since the driver turns CR LF into LF.
    String text = URLDecoder.decode(String.valueOf(csv), StandardCharsets.UTF_8);
    assertThat(HitListTest.read(text)).hasSize(browser.all(".hits tbody tr").size()).extracting(row -> row.get("Metadata_Well")).contains("A06");
    assertThat(browser.all("#download-all").getFirst().getDomAttribute("href")).isEqualTo("/api/plates/P%2F7%20left/run-1/hits.csv?all=true");
  }

  @Test
  void shouldSpellScopesForPeopleAndSayInAWordHowFarAChannelDrifted() {
    screen.run(view, 192);
    view.apply(screen.importance("role/NEGATIVE_CONTROL", 9), Screen.START);
    view.apply(screen.importance("instrument/Scope%201", 9), Screen.START);
    open("light");
    browser.await(".well.scored", 189);
    browser.await("#scopes optgroup", 4);
    assertThat(browser.all("#scopes option")).extracting(WebElement::getText)
        .containsExactly("All plates", "This plate", "Class active", "Class inactive", "Scope 1", "Negative controls");
    // The fixture's drift of the fourth and sixth channel: 3 * 0.75 - 0.4 and 5 * 0.75 - 0.4.
    assertThat(browser.text("[data-channel=AGP] .drift")).isEqualTo("steady +1.9 from training");
    assertThat(browser.text("[data-channel=Actin] .drift")).isEqualTo("drifted +3.4 from training");
    browser.assertQuiet();
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
    screen.decide(view, 192);
    view.apply(screen.alert("drift", AlertSeverity.WARNING, AlertState.RAISED, 1), Screen.START);
    browser.open(server.url().toString(), 390, 844, "light");
    browser.await(".well.scored", 189);
    assertThat(browser.script("return document.documentElement.scrollWidth <= document.documentElement.clientWidth")).isEqualTo(true);
  }

  @Test
  void shouldKeepPicturesOfThePage() throws IOException {
    screen.run(view, 250);
    screen.decide(view, 250);
    view.apply(screen.alert("drift", AlertSeverity.WARNING, AlertState.RAISED, 1), Screen.START);
    Screen small = new Screen("BBBC013", "1049", PlateFormat.WELLS_96, List.of("GFP", "DNA"));
    ScreeningView other = new ScreeningView();
    for (String theme : new String[] {"light", "dark"}) {
      open(theme);
      browser.await(".well.scored", 246);
      browser.click("[data-well=C03] .body");
      browser.awaitText("#well-title", "Well C03");
      browser.script("return Promise.all(document.getAnimations().filter(a => a.effect.getTiming().iterations === 1).map(a => a.finished))");
      assertThat(Files.size(browser.screenshot("384-" + theme))).isGreaterThan(20_000);
    }
    browser.click("#by-score");
    browser.click("[data-well=B17] .body");
    browser.awaitText("#well-title", "Well B17");
    browser.screenshot("384-score-dark");
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
    small.decide(other, 96);
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
