package io.dcmix.bench;

import io.dcmix.core.cli.CliException;
import io.dcmix.core.images.Sha256;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What the JVM of a measured processor knows of its classes from the start, as after {@code dcmix aot}. A processor runs for months
 * and a bench for minutes: without this, its JVM's second compiler would take a tenth of the cores until the end, and the figures
 * would be those of a start.
 */
final class JvmCache {
  private static final String OPTION = "-XX:AOTCache=";
  private static final String OFF = "-XX:AOTMode=off";

  private JvmCache() {}

  /** Writes a cache: {@link AotTraining#record}. */
  @FunctionalInterface
  interface Learning {
    void record(Path cache) throws IOException, InterruptedException;
  }

  /**
   * The options of a processor's JVM that give it the cache: none if the bench has one itself, which its processes inherit, or if
   * there can be none, because classes lie in folders.
   *
   * @param cold do without
   * @param ownOptions of the bench's JVM
   * @param classPath of bench and processor
   * @param folder keeps the cache for the next time, until the jar files change
   */
  static List<String> options(boolean cold, List<String> ownOptions, String classPath, Path folder, Learning learning)
      throws InterruptedException {
    if (cold) {
      return List.of(OFF);
    }
    List<Path> jars = Stream.of(classPath.split(File.pathSeparator, -1)).map(Path::of).toList();
    if (isGiven(ownOptions) || !jars.stream().allMatch(Files::isRegularFile)) {
      return List.of();
    }
    try {
      Path cache = folder.resolve(fingerprint(jars) + ".aot");
      if (!Files.exists(cache)) {
        deleteOthers(folder);
        Path part = Files.createDirectories(folder).resolve("part");
        learning.record(part);
        Files.move(part, cache);
      }
      return List.of(OPTION + cache);
    } catch (IOException e) {
      throw new CliException("The JVM's cache cannot be kept in %s (%s): choose another folder with --data, or measure with --cold".formatted(folder, e), e);
    }
  }

  /** Whether a JVM with these options has a cache. */
  static boolean isGiven(List<String> options) {
    return options.stream().anyMatch(option -> option.startsWith(OPTION)) && !options.contains(OFF);
  }

  /** The JVM takes a cache for the same files only, by their order, sizes and times. */
  private static String fingerprint(List<Path> jars) throws IOException {
    StringBuilder text = new StringBuilder(System.getProperty("java.vm.version"));
    for (Path jar : jars) {
      text.append('\n').append(jar.toAbsolutePath()).append(' ').append(Files.size(jar)).append(' ').append(Files.getLastModifiedTime(jar).toMillis());
    }
    return Sha256.of(ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8))).substring(0, 16);
  }

  private static void deleteOthers(Path folder) throws IOException {
    if (Files.isDirectory(folder)) {
      try (Stream<Path> files = Files.list(folder)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
    }
  }
}
