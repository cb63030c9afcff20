package io.dcmix.bench;

import io.dcmix.app.run.Shutdown;
import io.dcmix.core.cli.CliCommand;
import io.dcmix.core.cli.CliException;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dcmix aot}: a cache of loaded classes and of what the JVM learnt of them, with which a processor starts sooner. */
@Command(
    name = "aot",
    sortOptions = false,
    description = {
      "Make the cache with which the JVM starts a processor sooner (JDK 25's ahead-of-time cache), and measure how much.",
      "",
      "A processor is started and scores a few simulated plates, with a broker of its own; when it ends, the JVM writes down which",
      "classes it loaded and which methods it used most. From then on ./dcmix starts with that, until DCMIX is built anew. Then",
      "processors are started without it and with it, in turns, and the time is taken until each is ready to score.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  dcmix aot                                           For ./dcmix; takes two or three minutes.",
      "  dcmix aot --lib deploy/image/target/dcmix/lib       For the container image; see deploy/README.md.",
      "",
      "The cache only fits the JDK and the jar files that it was made with; with others the JVM goes on without it."
    })
public final class AotCommand implements CliCommand {
  @Option(names = "--lib", paramLabel = "DIR", description = "Folder of the jar files that processors run with. Default: those of this command.")
  private @Nullable Path lib;

  @Option(names = "--output", paramLabel = "FILE", description = "The cache. Default: dcmix.aot beside that folder, where the launcher looks for it.")
  private @Nullable Path output;

  @Option(names = "--plates", defaultValue = "" + AotTraining.PLATES, paramLabel = "N", description = "Plates to learn from, 1 or more. Default: ${DEFAULT-VALUE}.")
  private int plates = AotTraining.PLATES;

  @Option(names = "--wells", defaultValue = "" + AotTraining.WELLS, paramLabel = "N", description = "Wells of a plate, 4 to 384. Default: ${DEFAULT-VALUE}.")
  private int wells = AotTraining.WELLS;

  @Option(names = "--starts", defaultValue = "3", paramLabel = "N",
      description = "How often a processor is started without and with the cache; 0: leave that out. Default: ${DEFAULT-VALUE}.")
  private int starts = 3;

  @Option(names = "--data", paramLabel = "DIR", description = "Where images, models and logs are kept for the next time. Default: .dcmix/bench in your home.")
  private @Nullable Path data;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws InterruptedException {
    require(plates >= 1, "--plates must be 1 or more");
    require(wells >= 4 && wells <= 384, "--wells must be 4 to 384");
    require(starts >= 0, "--starts must be 0 or more");
    String classPath = lib == null ? System.getProperty("java.class.path") : jars(lib);
    Path cache = (output != null ? output : beside(classPath)).toAbsolutePath();
    PrintWriter out = spec.commandLine().getOut();
    try (Shutdown shutdown = new Shutdown()) {
      BenchFolder folder = BenchFolder.open(BenchFolder.data(data), false, shutdown);
      AotTraining training = AotTraining.prepare(plates, wells, folder, folder.broker(shutdown), classPath);
      training.record(cache);
      out.println();
      out.println(String.format(Locale.ROOT, "%s: %.0f MiB", cache, Files.size(cache) / 1048576.0));
      if (starts > 0) {
        AotTraining.Starts measured = training.starts(cache, starts);
        out.println(String.format(Locale.ROOT, "Until a processor is ready, median of %d: %.2f s without the cache, %.2f s with it",
            starts, Statistics.median(measured.without()), Statistics.median(measured.with())));
      }
      out.flush();
    } catch (IOException e) {
      throw new CliException("The cache cannot be made: " + e.getMessage(), e);
    }
    return 0;
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new CliException(message);
    }
  }

  /** In the order of their names, as the launchers have them: the cache is only good for the same order. */
  static String jars(Path lib) {
    try (Stream<Path> files = Files.list(lib)) {
      String found = files.map(file -> file.toAbsolutePath().normalize().toString()).filter(name -> name.endsWith(".jar")).sorted()
          .collect(Collectors.joining(File.pathSeparator));
      if (found.isEmpty()) {
        throw new CliException("--lib: %s holds no jar files".formatted(lib));
      }
      return found;
    } catch (IOException e) {
      throw new CliException("--lib: %s cannot be read: %s".formatted(lib, e.getMessage()), e);
    }
  }

  private static Path beside(String classPath) {
    Path jar = Path.of(classPath.split(File.pathSeparator, 2)[0]).toAbsolutePath();
    Path build = jar.getParent() == null ? null : jar.getParent().getParent();
    if (build == null || !jar.toString().endsWith(".jar")) {
      throw new CliException("The JVM makes such a cache for jar files only: start ./dcmix, or name their folder with --lib");
    }
    return build.resolve("dcmix.aot");
  }
}
