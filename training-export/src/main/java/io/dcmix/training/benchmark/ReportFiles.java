package io.dcmix.training.benchmark;

import io.dcmix.core.cli.CliException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where a report goes: JSON for programs, and a page for people beside it. */
public final class ReportFiles {
  private ReportFiles() {}

  /**
   * The JSON file, before any work is done for it.
   *
   * @throws CliException if its folder is not there or not writable, or it would be the page itself
   */
  public static Path checked(@Nullable Path report) {
    Path json = report == null ? Path.of("") : report.toAbsolutePath();
    Path folder = json.getParent();
    if (folder == null || !Files.isDirectory(folder) || !Files.isWritable(folder) || Files.isDirectory(json)) {
      throw new CliException("The report cannot be written to %s: its folder is not there or not writable".formatted(json));
    }
    if (json.equals(page(json))) {
      throw new CliException("--report names the JSON file, such as report.json; the page is written beside it");
    }
    return json;
  }

  /** The page beside the JSON file: the same name with {@code .html}. */
  public static Path page(Path json) {
    String name = String.valueOf(json.getFileName());
    int dot = name.lastIndexOf('.');
    return json.resolveSibling((dot > 0 ? name.substring(0, dot) : name) + ".html");
  }
}
