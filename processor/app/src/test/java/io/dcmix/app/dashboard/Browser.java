package io.dcmix.app.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.openqa.selenium.By;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import org.openqa.selenium.support.ui.WebDriverWait;

/** A headless Chromium of this machine, with a profile of its own; nothing is downloaded. */
final class Browser implements AutoCloseable {
  private static final List<String> CHROMIUM = List.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome");
  private static final List<String> DRIVER = List.of("/usr/bin/chromedriver", "/usr/lib/chromium/chromedriver");

  /** Selenium warns of every Chromium that is newer than itself; held here, as loggers are kept weakly. */
  private static final Logger SELENIUM = Logger.getLogger("org.openqa.selenium");

  static {
    SELENIUM.setLevel(Level.SEVERE);
  }

  private final ChromeDriver driver;
  private final Path profile;

  private Browser(ChromeDriver driver, Path profile) {
    this.driver = driver;
    this.profile = profile;
  }

  /** Starts the browser, or skips the test where there is none. */
  static Browser start() throws IOException {
    Optional<String> chromium = first(CHROMIUM);
    Optional<String> chromedriver = first(DRIVER);
    Assumptions.assumeTrue(
        chromium.isPresent() && chromedriver.isPresent(),
        "Skipped: this machine lacks Chromium (" + CHROMIUM + ") or its driver (" + DRIVER + "); on Debian: apt-get install chromium-driver");
    Path profile = Files.createTempDirectory("dcmix-browser");
    ChromeOptions options = new ChromeOptions();
    options.setBinary(chromium.orElseThrow());
    options.addArguments(
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--hide-scrollbars",
        "--force-device-scale-factor=1",
        "--user-data-dir=" + profile);
    LoggingPreferences logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
    options.setCapability("goog:loggingPrefs", logs);
    ChromeDriverService service =
        new ChromeDriverService.Builder().usingDriverExecutable(new File(chromedriver.orElseThrow())).usingAnyFreePort().withSilent(true).build();
    return new Browser(new ChromeDriver(service, options), profile);
  }

  /** Opens a page in a window of a size and a theme, {@code light} or {@code dark}. */
  void open(String url, int width, int height, String theme) {
    driver.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride", Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
    driver.executeCdpCommand(
        "Emulation.setEmulatedMedia", Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", theme))));
    // What an earlier page complained of, such as a server that a test stopped, is none of this one's.
    driver.manage().logs().get(LogType.BROWSER);
    driver.get(url);
  }

  ChromeDriver driver() {
    return driver;
  }

  List<WebElement> all(String css) {
    return driver.findElements(By.cssSelector(css));
  }

  String text(String css) {
    return driver.findElement(By.cssSelector(css)).getText();
  }

  /** Waits until a selector finds that many elements. */
  void await(String css, int count) {
    new WebDriverWait(driver, Duration.ofSeconds(20))
        .withMessage(() -> count + " of " + css + ", there are " + all(css).size())
        .until(d -> all(css).size() == count);
  }

  void awaitText(String css, String text) {
    new WebDriverWait(driver, Duration.ofSeconds(20))
        .withMessage(() -> css + " to say '" + text + "', it says '" + text(css) + "'")
        .until(d -> text(css).contains(text));
  }

  Object script(String code, Object... arguments) {
    return driver.executeScript(code, arguments);
  }

  /** Clicks by the page's own event, as SVG groups have no box of their own. */
  void click(String css) {
    script("document.querySelector(arguments[0]).dispatchEvent(new MouseEvent('click', {bubbles: true}))", css);
  }

  /** Keeps a picture of the whole page beside the build's output. */
  Path screenshot(String name) throws IOException {
    Path folder = Files.createDirectories(Path.of("target", "screenshots"));
    Map<String, Object> shot =
        driver.executeCdpCommand("Page.captureScreenshot", Map.of("format", "png", "captureBeyondViewport", true));
    byte[] png = OutputType.BYTES.convertFromBase64Png(String.valueOf(shot.get("data")));
    return Files.write(folder.resolve(name + ".png"), png);
  }

  /** Fails if the page logged a warning or an error, the browser's own (a blocked or failed request) included. */
  void assertQuiet() {
    List<String> complaints = new ArrayList<>();
    driver.manage().logs().get(LogType.BROWSER).forEach(entry -> {
      if (entry.getLevel().intValue() >= Level.WARNING.intValue()) {
        complaints.add(entry.getMessage());
      }
    });
    assertThat(complaints).isEmpty();
  }

  @Override
  public void close() throws IOException {
    driver.quit();
    try (Stream<Path> files = Files.walk(profile)) {
      files.sorted(java.util.Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
    }
  }

  private static Optional<String> first(List<String> paths) {
    return paths.stream().filter(path -> Files.isExecutable(Path.of(path))).findFirst();
  }
}
