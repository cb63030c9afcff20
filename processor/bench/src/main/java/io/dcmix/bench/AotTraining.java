package io.dcmix.bench;

import io.dcmix.app.run.Shutdown;
import io.dcmix.core.cli.CliException;
import io.dcmix.core.cli.ProgressBar;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A processor that does all that processors do, so that the JVM sees it; and how long one takes to be ready. */
final class AotTraining {
  private static final Pattern PAGE = Pattern.compile("the page is at (http://\\S+)");
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** The JVM writes the cache when it ends, which takes a second process of it and many seconds. */
  private static final Duration WRITING = Duration.ofMinutes(5);

  /** As many plates as make the JVM compile what is used often. */
  static final int PLATES = 4;

  static final int WELLS = 384;

  /** What browsers and monitors ask for. */
  private static final List<String> PATHS = List.of("/", "/health/readiness", "/prometheus", "/api/plates", "/api/alerts", "/api/importance");

  private final Settings settings;
  private final BenchFolder folder;
  private final Broker broker;
  private final Path model;
  private final ImagePool pool;
  private final String classPath;
  private final HttpClient http = HttpClient.newHttpClient();

  private AotTraining(Settings settings, BenchFolder folder, Broker broker, Path model, ImagePool pool, String classPath) {
    this.settings = settings;
    this.folder = folder;
    this.broker = broker;
    this.model = model;
    this.pool = pool;
    this.classPath = classPath;
  }

  /**
   * Seconds from the start of the process to its being ready, in the order of the starts.
   *
   * @param without the cache
   * @param with it
   */
  record Starts(List<Double> without, List<Double> with) {}

  /**
   * Prepares images and model.
   *
   * @param plates to score
   * @param wells of each
   * @param classPath of the processors
   */
  static AotTraining prepare(int plates, int wells, BenchFolder folder, Broker broker, String classPath) {
    Settings settings = new Settings("cpu", 1, plates, wells, 1, 0, 8, List.of(), List.of(), null);
    Workload workload = Workload.RXRX1;
    ImagePool pool = folder.images(workload, wells, settings.seed());
    return new AotTraining(settings, folder, broker, folder.model(workload, settings.seed()), pool, classPath);
  }

  /** Scores plates in a processor that writes its cache when it ends. */
  void record(Path cache) throws InterruptedException, IOException {
    Files.deleteIfExists(cache);
    int wells = settings.wells(Workload.RXRX1);
    int plates = settings.plates(Workload.RXRX1);
    try (Lane lane = Lane.create(broker, "aot", pool, settings)) {
      List<BenchPlate> content = new ArrayList<>();
      for (int plate = 0; plate < plates; plate++) {
        content.add(new BenchPlate("AOT-" + plate, pool, wells, plate, Duration.ZERO));
      }
      lane.publish(content, images -> {});
      try (Child processor = start(lane, "aot-record", List.of("-XX:AOTCacheOutput=" + cache), WRITING); ResultTail results = lane.results();
          ProgressBar bar = ProgressBar.start("Scoring, so that the JVM sees it", (long) plates * wells)) {
        var _ = results.await(plates * wells, Duration.ofSeconds(1), processor, done -> bar.update(done, ""));
        URI page = page(processor);
        for (String path : PATHS) {
          var _ = get(page.resolve(path));
        }
      }
    }
    if (!Files.exists(cache)) {
      throw new CliException("The JVM wrote no cache; what it says is in " + folder.log("aot-record"));
    }
  }

  /** Starts processors without and with the cache, in turns, with nothing to do. */
  Starts starts(Path cache, int count) throws InterruptedException, IOException {
    Starts starts = new Starts(new ArrayList<>(), new ArrayList<>());
    try (Lane lane = Lane.create(broker, "aot-starts", pool, settings); ProgressBar bar = ProgressBar.start("Starting processors", count * 2L)) {
      for (int i = 0; i < count; i++) {
        starts.without.add(seconds(lane, List.of("-XX:AOTMode=off")));
        bar.update(i * 2L + 1, "");
        starts.with.add(seconds(lane, List.of("-XX:AOTMode=auto", "-XX:AOTCache=" + cache)));
        bar.update(i * 2L + 2, "");
      }
    }
    return starts;
  }

  private double seconds(Lane lane, List<String> jvmOptions) throws InterruptedException, IOException {
    long start = System.nanoTime();
    try (Child processor = start(lane, "aot-start", jvmOptions, PATIENCE)) {
      URI ready = page(processor).resolve("/health/readiness");
      while (get(ready) != 200) {
        processor.checkAlive();
        if (System.nanoTime() - start > PATIENCE.toNanos()) {
          throw new CliException("The processor is not ready after %d s; what it says is in %s".formatted(PATIENCE.toSeconds(), folder.log("aot-start")));
        }
        TimeUnit.MILLISECONDS.sleep(10);
      }
      return (System.nanoTime() - start) / 1e9;
    }
  }

  private Child start(Lane lane, String log, List<String> jvmOptions, Duration patience) {
    return lane.startProcessor(model, folder.work().resolve("state-" + log), folder.log(log), classPath, patience, jvmOptions);
  }

  private static URI page(Child processor) throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      Matcher said = PAGE.matcher(processor.output());
      if (said.find()) {
        return URI.create(said.group(1));
      }
      processor.checkAlive();
      if (System.nanoTime() > end) {
        throw new CliException("The processor does not start within %d s: %s".formatted(PATIENCE.toSeconds(), processor.output()));
      }
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  /** The status. */
  private int get(URI uri) throws IOException, InterruptedException {
    return http.send(HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(10)).build(), BodyHandlers.discarding()).statusCode();
  }
}
