package io.dcmix.training;

import static org.junit.jupiter.api.Assumptions.abort;

import java.nio.file.Files;
import java.nio.file.Path;

/** Finds the real data that some tests need and the repository does not hold. */
public final class RealData {
  private RealData() {}

  /**
   * A folder of the real data: below {@code DCMIX_DATA} (property or environment), else below {@code shared/data} of or
   * beside an ancestor of the working directory. Skips the test where it is absent.
   */
  public static Path folder(String name) {
    String given = System.getProperty("DCMIX_DATA", System.getenv().getOrDefault("DCMIX_DATA", ""));
    if (!given.isEmpty()) {
      return existing(Path.of(given), name);
    }
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      Path data = at.resolve("shared/data");
      if (Files.isDirectory(data.resolve(name))) {
        return data.resolve(name);
      }
    }
    return abort("Real data are absent: no folder shared/data/" + name + " above " + Path.of("").toAbsolutePath());
  }

  private static Path existing(Path data, String name) {
    return Files.isDirectory(data.resolve(name)) ? data.resolve(name) : abort("Real data are absent: no folder " + data.resolve(name));
  }
}
