package io.dcmix.app.config;

import io.dcmix.app.Dcmix;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * Writes the table of all keys into docs/configuration.md, below its introduction. No test: run it after a change of an option.
 *
 * <pre>
 * mvn -pl processor/app -am test -Dtest=WriteConfigurationReference -Dsurefire.failIfNoSpecifiedTests=false
 * </pre>
 */
class WriteConfigurationReference {
  static final Path DOCUMENT = Path.of("../../docs/configuration.md");
  static final String HEADING = "## All keys\n";

  @Test
  void write() throws Exception {
    String text = Files.readString(DOCUMENT);
    Files.writeString(DOCUMENT, text.substring(0, text.indexOf(HEADING)) + expected());
  }

  static String expected() {
    return HEADING + "\n" + Reference.of(Dcmix.commandLine(Surroundings.NONE));
  }
}
