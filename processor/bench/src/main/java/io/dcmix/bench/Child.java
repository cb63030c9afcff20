package io.dcmix.bench;

import io.dcmix.core.cli.CliException;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A command of ours in a process of its own, with the options of this JVM, so that what is measured is what the launcher
 * starts. Its output goes to a file. Ends by {@link #close}; at once when the bench is told to end.
 *
 * <p>Threading: any thread may ask; closing twice is fine.
 */
final class Child implements AutoCloseable {
  /** How long it usually may take to end when it is told to. */
  static final Duration TERM = Duration.ofSeconds(40);

  /** Options that must not be given to a second process: they would attach a debugger or a recording twice. */
  private static final List<String> NOT_INHERITED =
      List.of("-agentlib:", "-agentpath:", "-javaagent:", "-Xrunjdwp", "-XX:StartFlightRecording", "-XX:FlightRecorderOptions", "-Dpicocli.");

  private final String name;
  private final Process process;
  private final Path log;
  private final Duration patience;
  private final Thread killer;

  private Child(String name, Process process, Path log, Duration patience) {
    this.name = name;
    this.process = process;
    this.log = log;
    this.patience = patience;
    // When the bench is told to end, nothing that a child holds is worth waiting for.
    killer = new Thread(process::destroyForcibly, "end-" + name);
    Runtime.getRuntime().addShutdownHook(killer);
  }

  /**
   * Starts {@code dcmix} with these arguments.
   *
   * @param name for messages: "processor"
   * @param log takes its output
   * @param jvmOptions after those of this JVM, so that they win
   */
  static Child start(String name, Path log, List<String> jvmOptions, List<String> arguments) {
    return start(name, log, System.getProperty("java.class.path"), TERM, jvmOptions, arguments);
  }

  /**
   * The same from another build.
   *
   * @param patience how long it may take to end when it is told to
   */
  static Child start(String name, Path log, String classPath, Duration patience, List<String> jvmOptions, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(inherited(ManagementFactory.getRuntimeMXBean().getInputArguments()));
    command.addAll(jvmOptions);
    command.add("io.dcmix.app.Dcmix");
    command.addAll(arguments);
    try {
      ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile())
          .redirectInput(ProcessBuilder.Redirect.from(new File(File.separatorChar == '/' ? "/dev/null" : "NUL")));
      // In the environment, because a class path is longer than some native libraries like a command line to be.
      builder.environment().put("CLASSPATH", classPath);
      return new Child(name, builder.start(), log, patience);
    } catch (IOException e) {
      throw new CliException("The %s does not start: %s".formatted(name, e.getMessage()), e);
    }
  }

  static List<String> inherited(List<String> jvmArguments) {
    return jvmArguments.stream().filter(argument -> NOT_INHERITED.stream().noneMatch(argument::startsWith)).toList();
  }

  /** What it costs. */
  ProcessMeter meter() {
    return new ProcessMeter(process.toHandle());
  }

  String output() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return "(its log cannot be read: " + e.getMessage() + ")";
    }
  }

  /**
   * Nothing if it runs.
   *
   * @throws CliException with its last line if it has ended
   */
  void checkAlive() {
    if (!process.isAlive()) {
      String last = output().lines().filter(line -> !line.isBlank()).reduce((a, b) -> b).orElse("it said nothing");
      throw new CliException("The %s ended with code %d: %s. All of what it said is in %s".formatted(name, process.exitValue(), last, log));
    }
  }

  /** Ends it as Ctrl-C would, by force if that takes too long. */
  @Override
  public void close() {
    process.destroy();
    try {
      Runtime.getRuntime().removeShutdownHook(killer);
    } catch (IllegalStateException e) {
      process.destroyForcibly();
    }
    try {
      if (process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    process.destroyForcibly();
  }
}
