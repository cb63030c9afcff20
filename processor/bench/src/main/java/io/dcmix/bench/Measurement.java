package io.dcmix.bench;

import io.dcmix.app.run.Processor;
import io.dcmix.app.run.Shutdown;
import io.dcmix.bench.BenchReport.Figures;
import io.dcmix.bench.BenchReport.Latency;
import io.dcmix.bench.ResultTail.Seen;
import io.dcmix.bench.Statistics.Window;
import io.dcmix.core.cli.CliException;
import io.dcmix.core.cli.ProgressBar;
import io.dcmix.core.model.DevicePolicy;
import io.dcmix.core.model.Devices;
import io.dcmix.core.model.RuntimeOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Measures one workload: the bare loop around each drain of a topic that was filled before the processor started, then the
 * latency at half of that rate in the same processor, then another processor's memory over several plates.
 */
final class Measurement {
  private static final Duration REST = Duration.ofMillis(400);

  private final Workload workload;
  private final ImagePool pool;
  private final Path model;
  private final Broker broker;
  private final Settings settings;
  private final BenchFolder folder;
  private final Shutdown shutdown;
  private final int wells;
  private final int warmUp;
  private final int total;
  private String device = "";

  /**
   * @param model the ONNX file
   * @param folder takes state and logs
   */
  Measurement(Workload workload, ImagePool pool, Path model, Broker broker, Settings settings, BenchFolder folder, Shutdown shutdown) {
    this.workload = workload;
    this.pool = pool;
    this.model = model;
    this.broker = broker;
    this.settings = settings;
    this.folder = folder;
    this.shutdown = shutdown;
    wells = settings.wells(workload);
    total = wells * settings.plates(workload);
    warmUp = settings.warmUp(workload);
  }

  /** Where the model ran, once {@link #run} has returned. */
  String device() {
    return device;
  }

  /** One drain of the topic. */
  private record Drain(
      double wellsPerSecond, double processorCpu, double brokerCpu, @Nullable Double peakMiB, double changelogBytes, @Nullable Latency latency, int latencyWells) {}

  /** The memory pass. */
  private record Memory(@Nullable Double afterTwo, @Nullable Double afterAll, @Nullable Double copied) {}

  Figures run() throws InterruptedException {
    List<Drain> drains = new ArrayList<>();
    List<BareLoop.Result> bare = new ArrayList<>();
    for (int i = 1; i <= settings.repeat(); i++) {
      try (Lane lane = Lane.create(broker, "bench-%s-%d".formatted(workload, i), pool, settings)) {
        fill(lane);
        BareLoop.Result before = bareLoop();
        drains.add(drain(lane, i == 1));
        bare.add(before.and(bareLoop()));
      }
    }
    Memory memory = memory();
    double imageBytes = pool.bytesPerWell();
    List<Double> ratios = IntStream.range(0, drains.size()).mapToObj(i -> drains.get(i).wellsPerSecond() / bare.get(i).wellsPerSecond()).toList();
    double rate = Statistics.median(drains.stream().map(Drain::wellsPerSecond).toList());
    Drain first = drains.getFirst();
    Figures figures = new Figures(
        workload.toString(), total - warmUp, warmUp,
        Statistics.median(bare.stream().map(BareLoop.Result::wellsPerSecond).toList()), rate, Statistics.median(ratios), ratios,
        rate * imageBytes / 1e6, imageBytes, first.changelogBytes() / (total * imageBytes),
        Statistics.median(bare.stream().map(b -> b.cpuSeconds() / b.wells()).toList()),
        Statistics.median(drains.stream().map(Drain::processorCpu).toList()),
        Statistics.median(drains.stream().map(Drain::brokerCpu).toList()),
        first.peakMiB(), first.latency(), first.latencyWells(),
        settings.maxDelay().toMillis(), Statistics.median(bare.stream().map(BareLoop.Result::modelMillis).toList()),
        settings.commitInterval().toMillis(), memory.afterTwo(), memory.afterAll(), settings.memoryPlates(), memory.copied(), List.of());
    return figures.withBars(Bars.of(workload, figures));
  }

  private void fill(Lane lane) throws InterruptedException {
    List<BenchPlate> plates = new ArrayList<>();
    for (int p = 0; p < settings.plates(workload); p++) {
      plates.add(plate("P" + (p + 1), p, Duration.ZERO));
    }
    try (ProgressBar bar = progress("filling the topic", plates.size() * (long) wells * pool.images().planes())) {
      long[] done = {0, 0};
      lane.publish(plates, images -> {
        done[0] += images == 1 ? done[1] : 0;
        done[1] = images;
        bar.update(done[0] + images, "");
      });
    }
  }

  private BenchPlate plate(String name, int number, Duration pause) {
    return new BenchPlate(name, pool, wells, number * wells, pause);
  }

  /** Half of the wells, because it runs before and after the drain, so that what else the machine does meets both. */
  private BareLoop.Result bareLoop() throws InterruptedException {
    try (Devices loaded = Processor.load(model, DevicePolicy.parse(settings.device()), RuntimeOptions.DEFAULT);
        ProgressBar bar = progress("bare loop", 0)) {
      device = loaded.names();
      BareLoop.Result result = new BareLoop(loaded.models().getFirst(), pool, Runtime.getRuntime().availableProcessors())
          .run(Math.max(1, warmUp / 2), Math.max(1, (total - warmUp) / 2));
      bar.update(result.wells(), "");
      return result;
    }
  }

  private Drain drain(Lane lane, boolean withLatency) throws InterruptedException {
    List<String> recording = settings.profile() == null ? List.of() : List.of("-XX:StartFlightRecording:settings=profile,dumponexit=true,filename="
        + settings.profile().resolve(workload + ".jfr"));
    Path state = folder.work().resolve("state-" + workload);
    Child processor = shutdown.add(lane.startProcessor(model, state, folder.log("processor-" + workload), recording));
    try (ResultTail results = lane.results(); CpuClock cpu = new CpuClock(List.of(processor.meter()::cpuSeconds, broker.child().meter()::cpuSeconds))) {
      List<Seen> seen;
      try (ProgressBar bar = progress("draining", total)) {
        seen = results.await(total, REST, processor, done -> bar.update(done, ""));
      }
      cpu.stop();
      Double peak = processor.meter().peakMiB();
      Window window = Statistics.window(seen.stream().mapToLong(Seen::appendedAt).toArray(), warmUp);
      long changelog = lane.changelogBytes();
      Latency latency = withLatency ? latency(lane, results, processor, window.perSecond() / 2) : null;
      return new Drain(window.perSecond(), cpu.seconds(0, window.from(), window.until()) / window.wells(),
          cpu.seconds(1, window.from(), window.until()) / window.wells(), peak, changelog, latency, latency == null ? 0 : wells);
    } finally {
      processor.close();
    }
  }

  private Latency latency(Lane lane, ResultTail results, Child processor, double wellsPerSecond) throws InterruptedException {
    Duration pause = Duration.ofNanos((long) (1e9 / wellsPerSecond));
    BackgroundPublisher publisher = BackgroundPublisher.start(lane, plate("LATENCY", 0, pause));
    List<Seen> seen;
    try (ProgressBar bar = progress("at half load", wells)) {
      seen = results.await(total + wells, Duration.ZERO, processor, done -> {
        publisher.checkSound();
        bar.update(done - total, "");
      });
    } finally {
      publisher.close();
    }
    List<Double> millis = seen.subList(total, seen.size()).stream()
        .map(s -> Duration.between(s.lastImageAt(), s.visibleAt()).toNanos() / 1e6).toList();
    return new Latency(Statistics.percentile(millis, 0.5), Statistics.percentile(millis, 0.99));
  }

  private Memory memory() throws InterruptedException {
    int plates = settings.memoryPlates();
    if (plates < 1) {
      return new Memory(null, null, null);
    }
    Path recording = folder.work().resolve(workload + "-allocations.jfr");
    Instant afterOne = Instant.MAX;
    Double afterTwo = null;
    Double afterAll = null;
    try (Lane lane = Lane.create(broker, "bench-%s-memory".formatted(workload), pool, settings)) {
      Child processor = shutdown.add(lane.startProcessor(
          model, folder.work().resolve("state-" + workload + "-memory"), folder.log("memory-" + workload), Allocations.jvmOptions(recording)));
      try (ResultTail results = lane.results(); ProgressBar bar = progress("plate after plate", (long) plates * wells)) {
        for (int p = 1; p <= plates; p++) {
          lane.publish(List.of(plate("M" + p, p, Duration.ZERO)), images -> {});
          var _ = results.await(p * wells, REST, processor, done -> bar.update(done, ""));
          afterOne = p == 1 ? Instant.now() : afterOne;
          afterTwo = p == 2 ? processor.meter().residentMiB() : afterTwo;
        }
        afterAll = processor.meter().residentMiB();
      } finally {
        processor.close();
      }
    }
    return new Memory(afterTwo, afterAll, copied(recording, afterOne, (plates - 1) * wells * pool.bytesPerWell()));
  }

  /** The first plate is left out: what starting costs would stand against few images. */
  private @Nullable Double copied(Path recording, Instant after, double imageBytes) {
    if (imageBytes == 0 || pool.images().byReference() || !Files.exists(recording)) {
      return null;
    }
    try {
      return Allocations.ofStreamThreads(recording, after) / imageBytes - 1;
    } catch (IOException e) {
      throw new CliException("The flight recording %s cannot be read: %s".formatted(recording, e.getMessage()), e);
    }
  }

  private ProgressBar progress(String what, long steps) {
    return ProgressBar.start(workload + ", " + what, steps);
  }

  /** Publishes one plate while the bench reads its results. */
  private static final class BackgroundPublisher implements AutoCloseable {
    private final Thread thread;
    private volatile @Nullable RuntimeException failure;

    private BackgroundPublisher(Lane lane, BenchPlate plate) {
      thread = Thread.ofPlatform().name("publisher").daemon().unstarted(() -> {
        try {
          lane.publish(List.of(plate), images -> {});
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
          failure = e;
        }
      });
    }

    static BackgroundPublisher start(Lane lane, BenchPlate plate) {
      BackgroundPublisher publisher = new BackgroundPublisher(lane, plate);
      publisher.thread.start();
      return publisher;
    }

    void checkSound() {
      RuntimeException cause = failure;
      if (cause != null) {
        throw cause;
      }
    }

    @Override
    public void close() {
      thread.interrupt();
      try {
        thread.join(Duration.ofSeconds(10));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
