package io.dcmix.schema;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;

/**
 * Writes the history of the schemas; no part of the normal test run.
 *
 * <pre>
 * mvn -pl schema test -Dtest=WriteSchemaHistory                              the next version of each schema that changed
 * mvn -pl schema test -Dtest=WriteSchemaHistory -Ddcmix.history=replace      its newest version instead, while nobody has run it
 * </pre>
 */
class WriteSchemaHistory {
  @Test
  void write() throws IOException {
    boolean replace = "replace".equals(System.getProperty("dcmix.history"));
    for (Class<? extends SpecificRecord> type : Records.ALL) {
      Schema current = Records.schema(type);
      List<Schema> versions = SchemaHistory.versions(type.getSimpleName());
      if (versions.isEmpty() || !SchemaText.contract(versions.getLast()).equals(SchemaText.contract(current))) {
        int version = replace && !versions.isEmpty() ? versions.size() : versions.size() + 1;
        Path file = Path.of("src/main/resources/avro-history", type.getSimpleName(), "v" + version + ".avsc");
        Files.createDirectories(file.getParent());
        Files.writeString(file, SchemaText.committed(current));
        System.out.println("wrote " + file);
      }
    }
  }
}
