package io.dcmix.core.archive;

import java.nio.file.Files;
import java.nio.file.Path;

/** The example that the documentation shows. */
final class BbbcExample {
  private BbbcExample() {}

  static Path file() {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      Path file = at.resolve("docs/examples/bbbc013.properties");
      if (Files.exists(file)) {
        return file;
      }
    }
    throw new AssertionError("docs/examples/bbbc013.properties is missing");
  }
}
