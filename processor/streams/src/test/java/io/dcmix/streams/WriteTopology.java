package io.dcmix.streams;

import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

/**
 * Writes the committed description of the topology anew; no part of the normal test run.
 *
 * <pre>
 * mvn -pl processor/streams -am test -Dtest=WriteTopology -Dsurefire.failIfNoSpecifiedTests=false
 * </pre>
 */
class WriteTopology {
  @Test
  void write() throws IOException {
    Files.writeString(TopologyText.FILE, TopologyText.current());
    System.out.println("wrote " + TopologyText.FILE);
  }
}
