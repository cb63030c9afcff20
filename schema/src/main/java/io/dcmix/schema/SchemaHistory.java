package io.dcmix.schema;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.message.SchemaStore;

/**
 * Every version of every schema that was ever released, as resources {@code avro-history/<Name>/v<N>.avsc}. It is what
 * lets single-object encoding be read years later without a registry.
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

  /** A store that knows the schema and its earlier versions, by fingerprint. */
  static SchemaStore store(Schema current) {
    SchemaStore.Cache store = new SchemaStore.Cache();
    store.addSchema(current);
    versions(current.getName()).forEach(store::addSchema);
    return store;
  }
}
