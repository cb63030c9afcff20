package io.dcmix.schema;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;

/**
 * Every version of every schema that was ever released, as resources {@code avro-history/<Name>/v<N>.avsc}. It is what
 * lets {@link AvroCodec} read bytes years later without a registry.
 */
public final class SchemaHistory {
  private static final String FOLDER = "/avro-history/";

  private SchemaHistory() {}

  /** The committed versions of a schema, oldest first; empty if it was never released. */
  public static List<Schema> versions(String name) {
    List<Schema> versions = new ArrayList<>();
    for (int version = 1; ; version++) {
      String path = FOLDER + name + "/v" + version + ".avsc";
      try (InputStream in = SchemaHistory.class.getResourceAsStream(path)) {
        if (in == null) {
          return versions;
        }
        versions.add(new Schema.Parser().parse(in));
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot read the schema " + path, e);
      }
    }
  }
}
