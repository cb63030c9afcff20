package io.dcmix.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Programs of others that run and end. */
final class Program {
  private static final long SECONDS = 60;

  private Program() {}

  /** Whether the command ends well, as one that looks whether something is installed. */
  static boolean works(String... command) throws InterruptedException {
    try {
      return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  /** What it writes to its output; an error with all that it said if it does not end, or not well. */
  static String output(Path folder, Map<String, String> environment, List<String> command) throws IOException, InterruptedException {
    Path out = Files.createTempFile("output", ".txt");
    Path err = Files.createTempFile("errors", ".txt");
    try {
      ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile()).redirectOutput(out.toFile()).redirectError(err.toFile());
      builder.environment().putAll(environment);
      Process process = builder.start();
      boolean ended = process.waitFor(SECONDS, TimeUnit.SECONDS);
      process.destroyForcibly();
      if (!ended || process.exitValue() != 0) {
        throw new AssertionError("%s %s. It said:%n%s%n%s".formatted(
            command, ended ? "ended with " + process.exitValue() : "did not end within " + SECONDS + " s", Files.readString(out), Files.readString(err)));
      }
      return Files.readString(out, StandardCharsets.UTF_8);
    } finally {
      Files.delete(out);
      Files.delete(err);
    }
  }
}
