package io.dcmix.app.doctor;

import io.dcmix.app.Amount;
import io.dcmix.core.model.DcmixModel;
import io.dcmix.core.model.DevicePolicy;
import io.dcmix.core.model.DeviceUnavailableException;
import io.dcmix.core.model.Devices;
import io.dcmix.core.model.ModelCard;
import io.dcmix.core.model.ModelContractException;
import io.dcmix.core.model.RuntimeOptions;
import io.dcmix.core.model.SiteModel;
import io.dcmix.core.model.SiteModel.InferenceException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The model on its devices: whether it keeps the contract, and how fast it is here. */
final class ModelChecks {
  private static final String MODEL = "Model";
  private static final Duration TIMED = Duration.ofSeconds(1);

  private ModelChecks() {}

  /** Loads the model, which checks the contract, and times it. */
  static List<Finding> run(Path file, DevicePolicy policy, RuntimeOptions options) throws InterruptedException {
    List<Finding> findings = new ArrayList<>();
    try (Devices devices = Devices.load(file, policy, options)) {
      ModelCard card = devices.card();
      findings.add(Finding.ok(MODEL, "contract", "%s %s: %d × %d %s, channels %s, classes %s".formatted(card.name(), card.version(), card.height(),
          card.width(), card.pixelType().toString().toLowerCase(Locale.ROOT), String.join(" ", card.channels()), String.join(" ", card.classes()))));
      String fallback = devices.fallback();
      findings.add(fallback == null
          ? Finding.ok(MODEL, "device", devices.names())
          : Finding.warning(MODEL, "device", "cpu: " + fallback, "See GPU above; --device cpu if none is wanted"));
      findings.add(devices.reproducible()
          ? Finding.ok(MODEL, "reproducible", "the same site gave the same bits, whatever was beside it")
          : Finding.warning(MODEL, "reproducible", "the same site gives other bits from run to run", "Leave out --tf32; else compare results by tolerance"));
      DcmixModel first = devices.models().getFirst();
      findings.add(Finding.ok(MODEL, "memory", "%s of pixels a site, %d site%s a run".formatted(
          Amount.text(card.siteBytes()), first.slabSites(), first.slabSites() == 1 ? "" : "s")));
      for (DcmixModel model : devices.models()) {
        findings.add(speed(model));
      }
    } catch (ModelContractException e) {
      e.problems().forEach(problem -> findings.add(Finding.failed(MODEL, "contract", file + ": " + problem, "See docs/model-contract.md")));
    } catch (DeviceUnavailableException e) {
      findings.add(Finding.failed(MODEL, "device", String.valueOf(e.getMessage()), "See GPU above"));
    } catch (IOException e) {
      findings.add(Finding.failed(MODEL, "file", "cannot be read: " + e.getMessage(), "Correct --model"));
    }
    return findings;
  }

  private static Finding speed(DcmixModel model) throws InterruptedException {
    int threads = model.device().equals("cpu") ? Runtime.getRuntime().availableProcessors() : 1;
    try {
      double plain = sitesPerSecond(model, threads, false);
      double explained = sitesPerSecond(model, threads, true);
      return Finding.ok(MODEL, "speed on " + model.device(), String.format(Locale.ROOT,
          "%.0f sites/s, %.0f with importance (%d thread%s, the model alone)", plain, explained, threads, threads == 1 ? "" : "s"));
    } catch (ExecutionException e) {
      return Finding.failed(MODEL, "speed on " + model.device(), "runs fail: " + e.getMessage(), "Check the device; --device cpu tells whether the model is to blame");
    }
  }

  /** Blank sites: the time of a run does not depend on its pixels. */
  private static double sitesPerSecond(SiteModel model, int threads, boolean explain) throws InterruptedException, ExecutionException {
    try (ExecutorService workers = Executors.newFixedThreadPool(threads)) {
      long start = System.nanoTime();
      long end = start + TIMED.toNanos();
      List<Callable<Long>> runs = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        runs.add(() -> runUntil(model, end, explain));
      }
      long sites = 0;
      for (Future<Long> run : workers.invokeAll(runs)) {
        sites += run.get();
      }
      return sites / ((System.nanoTime() - start) / 1e9);
    }
  }

  private static long runUntil(SiteModel model, long end, boolean explain) throws InferenceException {
    int slabSites = explain ? SiteModel.explainedSites(model.card(), model.slabSites()) : model.slabSites();
    long sites = 0;
    try (Arena arena = Arena.ofConfined()) {
      ByteBuffer slab = arena.allocate((long) slabSites * model.card().siteBytes(), 64).asByteBuffer().order(ByteOrder.nativeOrder());
      do {
        model.score(slab, slabSites, explain);
        sites += slabSites;
      } while (System.nanoTime() < end);
    }
    return sites;
  }
}
