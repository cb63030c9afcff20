package io.dcmix.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The command line, or another program, in a process of its own, which a test can kill; its output is kept for the message of a failing test. */
final class ChildProcess implements AutoCloseable {
  private static final Pattern PAGE = Pattern.compile("http://127\\.0\\.0\\.1:\\d+");

  private final Process process;
  private final List<String> output = new CopyOnWriteArrayList<>();

  private ChildProcess(Process process) {
    this.process = process;
    Thread.ofPlatform().daemon().start(() -> {
      try (BufferedReader reader = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
        reader.lines().forEach(output::add);
      } catch (IOException | UncheckedIOException e) {
        output.add("(output ended: " + e + ")");
      }
    });
  }

  /** Starts {@code dcmix} with these arguments. */
  static ChildProcess dcmix(Path workingDir, String... args) throws IOException {
    return java(workingDir, "io.dcmix.app.Dcmix", args);
  }

  /** Starts the main class with these arguments. */
  static ChildProcess java(Path workingDir, String mainClass, String... args) throws IOException {
    // It lives for seconds: the JVM's second compiler and its parallel collector cost more than they give back.
    List<String> command = new ArrayList<>(List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-Xmx1g", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC",
        "-cp", System.getProperty("java.class.path"), mainClass));
    command.addAll(List.of(args));
    return program(workingDir, Map.of(), command);
  }

  /** Starts any program, with these variables beside those of the test. */
  static ChildProcess program(Path workingDir, Map<String, String> environment, List<String> command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).directory(workingDir.toFile()).redirectErrorStream(true);
    builder.environment().putAll(environment);
    return new ChildProcess(builder.start());
  }

  /** As a power cut would: no shutdown hook runs. */
  void killNow() {
    process.destroyForcibly();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** As a suspended virtual machine would: no thread runs, connections stay. */
  void freeze() throws IOException, InterruptedException {
    signal("STOP");
  }

  /** After {@link #freeze}: every thread goes on where it was. */
  void thaw() throws IOException, InterruptedException {
    signal("CONT");
  }

  private void signal(String name) throws IOException, InterruptedException {
    int exit = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).inheritIO().start().waitFor();
    if (exit != 0) {
      throw new IOException("kill -" + name + " ended with " + exit);
    }
  }

  /** As Ctrl-C or an orchestrator would. Returns the exit code. */
  int stop() throws InterruptedException {
    process.destroy();
    return exitCode(Duration.ofSeconds(60));
  }

  /** {@link #stop}, which must find it alive and well. */
  void shouldStopCleanly() throws InterruptedException {
    int exit = stop();
    if (exit != 0 && exit != 143) {
      throw new AssertionError("No clean stop by SIGTERM but " + exit + ". It said:\n" + output());
    }
  }

  int exitCode(Duration within) throws InterruptedException {
    if (!process.waitFor(within.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new AssertionError("The process did not end within " + within + ". It said:\n" + output());
    }
    return process.exitValue();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  String output() {
    return String.join("\n", output);
  }

  /** Waits for the line that says where the page is. */
  String page(Duration within) {
    String[] found = new String[1];
    until("the page's address", within, () -> {
      Matcher m = PAGE.matcher(output());
      found[0] = m.find() ? m.group() : null;
      return found[0] != null;
    });
    return found[0];
  }

  /** Polls a condition while the process lives. */
  void until(String what, Duration within, BooleanSupplier condition) {
    long end = System.nanoTime() + within.toNanos();
    while (!condition.getAsBoolean()) {
      if (!isAlive() || System.nanoTime() > end) {
        throw new AssertionError("No " + what + (isAlive() ? " within " + within : ": the process ended") + ". It said:\n" + output());
      }
      LockSupport.parkNanos(20_000_000);
    }
  }

  @Override
  public void close() {
    killNow();
  }
}
