package io.dcmix.streams.wire;

import io.dcmix.schema.UnreadableRecordException;
import org.apache.avro.Schema;

/** Schemas by id. Implementations are thread-safe, connect at the first question, and ask nothing twice. */
interface SchemaRegistry extends AutoCloseable {
  /**
   * The id of a topic's value schema.
   *
   * @throws RegistryUnavailableException if the registry does not say
   */
  int id(String topic, Schema schema);

  /**
   * The schema of an id.
   *
   * @throws UnreadableRecordException if the registry knows no such id, or something else than an Avro schema under it
   * @throws RegistryUnavailableException if the registry does not say
   */
  Schema schema(int id);

  @Override
  void close();
}
