package io.dcmix.demo;

import io.dcmix.app.archive.ArchiveOptionsMixin;
import io.dcmix.app.dashboard.DashboardConfig;
import io.dcmix.app.dashboard.DashboardServer;
import io.dcmix.app.run.DeviceOptions;
import io.dcmix.app.run.Options;
import io.dcmix.app.run.Processor;
import io.dcmix.app.run.QualityOptions;
import io.dcmix.app.run.Shutdown;
import io.dcmix.app.run.Sizes;
import io.dcmix.core.archive.AbsentPlane;
import io.dcmix.core.cli.CliCommand;
import io.dcmix.core.cli.CliException;
import io.dcmix.core.cli.ProgressBar;
import io.dcmix.core.model.DevicePolicy;
import io.dcmix.core.model.Devices;
import io.dcmix.core.model.ModelCard;
import io.dcmix.core.scoring.ScorerConfig;
import io.dcmix.schema.PlateKey;
import io.dcmix.schema.WellAddress;
import io.dcmix.schema.event.ChannelImportance;
import io.dcmix.schema.event.WellPrediction;
import io.dcmix.streams.LaneTopics;
import io.dcmix.streams.ProcessorConfig;
import io.dcmix.streams.ScreeningConfig;
import io.dcmix.streams.Topics;
import io.dcmix.streams.plate.DecisionConfig;
import io.dcmix.streams.publish.ArchivePublisher;
import io.dcmix.streams.publish.ArchivePublisher.Published;
import io.dcmix.streams.publish.Referral;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code dcmix demo}: the whole system on one plate, in one process. */
@Command(
    name = "demo",
    description = {
      "Run the whole system in this process: a Kafka broker, the processor, the page, and a plate published to it.",
      "Without options the plate is simulated: 384 wells, 6 channels, hits planted in two of them."
    },
    footer = {
      "",
      "Examples:",
      "  dcmix demo                          A simulated plate; the page stays up until Ctrl-C.",
      "  dcmix demo --seed 7 --exit --report report.json",
      "  dcmix demo --archive PLATE --model model.onnx",
      "  dcmix demo --archive FOLDER --spec plate.properties --model model.onnx",
      "",
      "Each run is a new acquisition; what earlier runs left in the data folder stays readable."
    })
public final class DemoCommand implements CliCommand {
  private static final Duration READY_WITHIN = Duration.ofMinutes(1);
  private static final Duration QUIET_LIMIT = Duration.ofMinutes(2);
  private static final Duration WELL_DEADLINE = Duration.ofSeconds(60);
  private static final Duration DECIDED_WITHIN = Duration.ofSeconds(20);
  private static final DateTimeFormatter RUN_ID = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss-SSS").withZone(ZoneOffset.UTC);

  @Option(names = "--seed", defaultValue = "1", description = "Seed of the simulated plate. Default: ${DEFAULT-VALUE}.")
  private long seed = 1;

  @Option(names = "--exit", description = "End when the plate is done instead of keeping the page up.")
  private boolean exit;

  @Option(names = "--report", paramLabel = "FILE", description = "Write the counts as JSON.")
  private @Nullable Path report;

  @Option(names = "--archive", paramLabel = "DIR", description = "Score this plate instead of a simulated one.")
  private @Nullable Path archive;

  @Mixin private ArchiveOptionsMixin how = new ArchiveOptionsMixin();

  @Option(names = "--plate-map", paramLabel = "FILE", description = "What is in the wells: CSV or TSV. Default: what the archive says.")
  private @Nullable Path plateMap;

  @Option(names = "--barcode-aliases", paramLabel = "FILE",
      description = "Table of alias and barcode: the archive's plate goes by the barcode if its name is an alias. Default: none.")
  private @Nullable Path barcodeAliases;

  @Option(names = "--reference-above", defaultValue = "4MiB", paramLabel = "SIZE", converter = Sizes.class,
      description = "Larger images of an archive go by reference, as files of its folder; the others inline. Default: ${DEFAULT-VALUE}.")
  private long referenceAbove = Referral.ABOVE;

  @Option(names = "--model", paramLabel = "FILE", description = "The ONNX model. Default: the one for the simulated plate.")
  private @Nullable Path model;

  @Option(names = "--hit-rules", defaultValue = "npi-50", paramLabel = "NAME|FILE",
      description = "How wells are called: controls, samples, npi-50, ssmd-3, b-score, or a file; see docs/hit-calls.md. Default: ${DEFAULT-VALUE}.")
  private String hitRules = "npi-50";

  @Mixin private DeviceOptions device = new DeviceOptions();

  @Mixin private QualityOptions quality = new QualityOptions();

  @Option(names = "--lane", defaultValue = "screening", description = "Prefix of the topics. Default: ${DEFAULT-VALUE}.")
  private String lane = "screening";

  @Option(names = "--port", defaultValue = "8080", description = "Port of the page; 0: any free one. Default: ${DEFAULT-VALUE}.")
  private int port = 8080;

  @Option(names = "--broker-port", defaultValue = "19092", description = "Port of the broker; 0: any free one. Default: ${DEFAULT-VALUE}.")
  private int brokerPort = 19092;

  @Option(names = "--data", paramLabel = "DIR", description = "Where broker and processor store. Default: .dcmix/demo in your home.")
  private @Nullable Path data;

  @Override
  public Integer call() throws InterruptedException {
    Topics topics = Options.lane(lane);
    DevicePolicy policy = device.policy();
    DemoPlate plate = DemoPlate.open(archive, how, plateMap, barcodeAliases, seed);
    plate.warnings().forEach(warning -> System.err.println("Note: " + warning));
    Path folder = data != null ? data : Path.of(System.getProperty("user.home"), ".dcmix", "demo");
    try (Shutdown shutdown = new Shutdown()) {
      return run(topics, policy, plate, folder, shutdown);
    }
  }

  private int run(Topics topics, DevicePolicy policy, DemoPlate plate, Path folder, Shutdown shutdown) throws InterruptedException {
    System.err.println("Starting broker, processor and page ...");
    Devices loaded = Processor.load(model != null ? model : ownModel(folder), policy, device.runtime(ScorerConfig.DEFAULT.slabBytes()));
    plate.checkAgainst(loaded.card());
    EmbeddedBroker broker = shutdown.add(EmbeddedBroker.start(folder.resolve("kafka"), brokerPort, Map.of()));
    Map<String, Object> client = Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrapServers());
    createTopics(topics, client);
    Processor processor = shutdown.add(Processor.start(config(topics, broker, folder, plate), loaded));
    DashboardServer page = shutdown.add(DashboardServer.start(
        new DashboardConfig("127.0.0.1", port, broker.bootstrapServers(), lane, Map.of())
                  .withReadiness(processor.streams()::readiness)
                  .withMetrics(processor.metrics()::scrape)));
    if (!processor.streams().awaitReady(READY_WITHIN)) {
      throwIfEnded(processor);
      throw new CliException("The processor was not ready within " + READY_WITHIN + "; run again with -v to see why");
    }
    System.err.println("Watch it at " + page.url());

    String run = RUN_ID.format(Instant.now());
    PlateKey key = new PlateKey(plate.archive().key().plate(), run);
    DemoReport result;
    try (ResultCollector results = new ResultCollector(topics, key, client)) {
      long start = System.nanoTime();
      Published published = score(topics, client, plate, run, results, processor);
      result = summarise(plate, processor, results, published, broker.bootstrapServers(), (System.nanoTime() - start) / 1e9, exit ? null : page);
    }
    if (report != null) {
      result.write(report);
    }
    if (exit) {
      return 0;
    }
    System.err.println("The page stays up. Ctrl-C ends it.");
    var _ = processor.streams().ended().thenRun(shutdown::ask);
    shutdown.await();
    return processor.streams().ended().isDone() ? 1 : 0;
  }

  /** Publishes the plate and follows its results until every well has ended and the plate's importance counts them all. */
  private Published score(Topics topics, Map<String, Object> client, DemoPlate plate, String run, ResultCollector results, Processor processor)
      throws InterruptedException {
    AtomicLong sent = new AtomicLong();
    CompletableFuture<Published> publishing = new CompletableFuture<>();
    Thread publisher = Thread.ofPlatform().name("publisher").daemon().start(() -> {
      try (ArchivePublisher to = new ArchivePublisher(topics, client, InstantSource.system(), plate.referral(referenceAbove), ArchivePublisher.TRANSACTION_TIMEOUT)) {
        publishing.complete(to.publish(plate.archive(), run, plate.map(), sent::set));
      } catch (IOException | RuntimeException | InterruptedException e) {
        publishing.completeExceptionally(e);
      }
    });
    long wells = plate.wells();
    long planes = plate.archive().planes().size();
    try (ProgressBar bar = ProgressBar.start("Scoring wells", wells)) {
      long lastNews = System.nanoTime();
      while (!done(publishing, results)) {
        throwIfEnded(processor);
        if (publishing.isCompletedExceptionally()) {
          throw new CliException("Publishing the plate failed: " + failure(publishing));
        }
        long before = sent.get();
        boolean news = results.poll(Duration.ofMillis(100)) || sent.get() > before;
        long now = System.nanoTime();
        lastNews = news ? now : lastNews;
        if (now - lastNews > QUIET_LIMIT.plus(WELL_DEADLINE).toNanos()) {
          throw new CliException("Nothing came for %s with %d of %d wells done; run again with -v to see why"
              .formatted(QUIET_LIMIT.plus(WELL_DEADLINE), results.ended(), wells));
        }
        bar.update(results.ended(), publishing.isDone() ? "" : "%,d of %,d images published".formatted(sent.get(), planes));
      }
      bar.update(results.ended(), "");
      long until = System.nanoTime() + DECIDED_WITHIN.toNanos();
      while (!results.decided() && System.nanoTime() < until) { // without its last word the summary says "provisional"
        throwIfEnded(processor);
        results.poll(Duration.ofMillis(100));
      }
    } finally {
      publisher.interrupt();
    }
    return publishing.join();
  }

  private static void throwIfEnded(Processor processor) {
    if (processor.streams().ended().isDone()) {
      throw new CliException("The processor stopped: " + processor.streams().ended().join().getMessage());
    }
  }

  private static boolean done(CompletableFuture<Published> publishing, ResultCollector results) {
    if (!publishing.isDone() || publishing.isCompletedExceptionally() || results.ended() < publishing.join().wells()) {
      return false;
    }
    ChannelImportance importance = results.importance();
    return results.latest().isEmpty() || (importance != null && importance.getWells() == results.latest().size());
  }

  private static String failure(CompletableFuture<?> future) {
    return String.valueOf(future.exceptionNow().getMessage());
  }

  private DemoReport summarise(DemoPlate plate, Processor processor, ResultCollector results, Published published,
      String bootstrap, double seconds, @Nullable DashboardServer page) {
    List<WellPrediction> predictions = new ArrayList<>(results.latest().values());
    Truth.Comparison truth = plate.truth().compare(predictions);
    ChannelImportance importance = results.importance();
    DemoReport result = new DemoReport(
        published.wells(), predictions.size(), results.duplicates(), results.failures().size(), results.deadLetters(),
        truth.recall(), truth.precision(), plate.truth().plantedChannels(),
        importance == null ? List.of() : DemoReport.channels(importance, predictions),
        Decisions.of(results.calls(), results.quality(), results.alerts(), plate.truth()), bootstrap, seconds);
    ModelCard card = processor.card();
    String title = "Plate %s, model %s %s on %s".formatted(published.key().plate(), card.name(), card.version(), processor.device());
    List<AbsentPlane> absent = published.absent();
    new DemoSummary(new PrintStream(System.out, true, StandardCharsets.UTF_8)).print(title, result, truth, plate.truth(),
        hits(plate, predictions), results.failures(), absent, page == null ? null : page.url());
    return result;
  }

  /** Samples and controls apart: a control that is a hit is no discovery. */
  private static String hits(DemoPlate plate, List<WellPrediction> predictions) {
    Set<WellAddress> controls = plate.controls();
    long all = predictions.stream().filter(Truth::isHit).count();
    long ofControls = predictions.stream().filter(Truth::isHit).filter(p -> controls.contains(WellAddress.parse(p.getWell()))).count();
    return controls.isEmpty()
        ? "%d of %d wells".formatted(all, predictions.size())
        : "%d samples, and %d of %d controls".formatted(all - ofControls, ofControls, controls.size());
  }

  private ProcessorConfig config(Topics topics, EmbeddedBroker broker, Path folder, DemoPlate plate) {
    return ProcessorConfig.of(topics, broker.bootstrapServers(), folder.resolve("state"))
        .withReferences(plate.references())
        .withScreening(ScreeningConfig.DEFAULT.withWellDeadline(WELL_DEADLINE).withQuality(quality.policy())
            .withDecisions(DecisionConfig.DEFAULT.withRules(Options.hitRules(hitRules))))
        .withTimeouts(Duration.ofSeconds(5), EmbeddedBroker.ABORT_SWEEP, Duration.ofSeconds(10));
  }

  private static void createTopics(Topics topics, Map<String, Object> client) throws InterruptedException {
    try (Admin admin = Admin.create(new HashMap<>(client))) {
      LaneTopics.create(admin, topics, new LaneTopics.Plan(4, (short) 1, Duration.ofDays(7)));
    } catch (ExecutionException | LaneTopics.UnusableTopicsException e) {
      throw new CliException("Cannot create the topics: " + e.getMessage(), e);
    }
  }

  /** The model that fits the simulated plate lies in the jar; ONNX Runtime's loader reads files. */
  private static Path ownModel(Path folder) {
    Path file = folder.resolve("demo-dcmix.onnx");
    try (InputStream in = DemoCommand.class.getResourceAsStream("/models/demo-dcmix.onnx")) {
      if (in == null) {
        throw new IllegalStateException("The demo's model is missing from this build");
      }
      Files.createDirectories(folder);
      Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
      return file;
    } catch (IOException e) {
      throw new CliException("The folder %s cannot be written (%s): choose another with --data".formatted(folder, e), e);
    }
  }
}
