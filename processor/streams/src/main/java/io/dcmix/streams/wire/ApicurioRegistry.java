package io.dcmix.streams.wire;

import com.microsoft.kiota.ApiException;
import io.apicurio.registry.resolver.DefaultSchemaResolver;
import io.apicurio.registry.resolver.SchemaResolver;
import io.apicurio.registry.resolver.config.SchemaResolverConfig;
import io.apicurio.registry.resolver.strategy.ArtifactReference;
import io.apicurio.registry.serde.avro.AvroSchemaParser;
import io.apicurio.registry.serde.avro.DefaultAvroDatumProvider;
import io.apicurio.registry.serde.data.SerdeMetadata;
import io.apicurio.registry.serde.data.SerdeRecord;
import io.apicurio.registry.serde.strategy.TopicIdStrategy;
import io.dcmix.schema.UnreadableRecordException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.jspecify.annotations.Nullable;

/**
 * The schema resolver of Apicurio's serde; the only class that names Apicurio, so that nothing of it is loaded without a
 * registry. The serde's own cache forgets after 30 s and then needs the registry again; ids never change, so this one keeps them.
 *
 * <p>Threading: the resolver lives on one thread of its own, where each look-up has the time-out; the maps are shared.
 */
final class ApicurioRegistry implements SchemaRegistry {
  private record Subject(String topic, Schema schema) {}

  private final WireFormat.Registry config;
  private final Map<Subject, Integer> ids = new ConcurrentHashMap<>();
  private final Map<Integer, Schema> schemas = new ConcurrentHashMap<>();
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("schema-registry").factory());

  /** Only touched on {@link #thread}. */
  private @Nullable SchemaResolver<Schema, Object> resolver;

  ApicurioRegistry(WireFormat.Registry config) {
    this.config = config;
  }

  @Override
  public int id(String topic, Schema schema) {
    Subject subject = new Subject(topic, schema);
    Integer known = ids.get(subject);
    if (known != null) {
      return known;
    }
    // The resolver takes the schema from a record's data; an empty record will do.
    var record = new SerdeRecord<Object>(new SerdeMetadata(topic, false), new GenericData.Record(schema));
    try {
      int id = Math.toIntExact(ask(() -> resolver().resolveSchema(record)).getContentId());
      ids.put(subject, id);
      return id;
    } catch (LookupFailedException e) {
      throw unavailable("the schema id of topic " + topic, e.getCause());
    }
  }

  @Override
  public Schema schema(int id) {
    Schema known = schemas.get(id);
    if (known != null) {
      return known;
    }
    try {
      var reference = ArtifactReference.builder().contentId((long) id).build();
      Schema schema = ask(() -> resolver().resolveSchemaByArtifactReference(reference)).getParsedSchema().getParsedSchema();
      schemas.put(id, schema);
      return schema;
    } catch (LookupFailedException e) {
      if (status(e.getCause()) == 404) {
        throw new UnreadableRecordException("The schema registry at " + config.url() + " knows no schema with the id " + id, e.getCause());
      }
      if (findCause(e.getCause(), AvroRuntimeException.class) != null) {
        throw new UnreadableRecordException("The schema with the id " + id + " is no Avro schema", e.getCause());
      }
      throw unavailable("the schema with the id " + id, e.getCause());
    }
  }

  @Override
  public void close() {
    thread.execute(this::closeResolver);
    thread.shutdown();
  }

  private <T> T ask(Callable<T> question) throws LookupFailedException {
    Future<T> answer = thread.submit(question);
    try {
      return answer.get(config.timeout().toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new LookupFailedException(e.getCause() == null ? e : e.getCause());
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw new LookupFailedException(new TimeoutException("no answer within " + config.timeout()));
    } catch (InterruptedException e) {
      answer.cancel(true);
      Thread.currentThread().interrupt();
      throw new LookupFailedException(e);
    }
  }

  private SchemaResolver<Schema, Object> resolver() {
    if (resolver == null) {
      Map<String, Object> options = new HashMap<>(config.options());
      options.put(SchemaResolverConfig.REGISTRY_URL, config.url().toString());
      options.put(SchemaResolverConfig.HTTP_ADAPTER, "JDK");
      options.put(SchemaResolverConfig.AUTO_REGISTER_ARTIFACT, config.autoRegister());
      options.put(SchemaResolverConfig.ARTIFACT_RESOLVER_STRATEGY, new TopicIdStrategy<Schema>());
      // One self-contained schema an event: readers of other makes need not follow references.
      options.put(SchemaResolverConfig.DEREFERENCE_SCHEMA, true);
      // Retrying is for the caller, who knows what waits; by default a look-up is tried four times.
      options.putIfAbsent(SchemaResolverConfig.RETRY_COUNT, 0);
      SchemaResolver<Schema, Object> fresh = new DefaultSchemaResolver<>();
      fresh.configure(options, new AvroSchemaParser<>(new DefaultAvroDatumProvider<>()));
      resolver = fresh;
    }
    return resolver;
  }

  private void closeResolver() {
    if (resolver != null) {
      try {
        resolver.close();
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot close the connection to the schema registry", e);
      }
    }
  }

  private RegistryUnavailableException unavailable(String what, Throwable cause) {
    int status = status(cause);
    IOException io = findCause(cause, IOException.class);
    String reason = status > 0 ? "HTTP status " + status : String.valueOf(io == null ? cause : io);
    return new RegistryUnavailableException(
        "The schema registry at %s did not give %s (%s). Check schema-registry.url, the registry itself, and its permissions"
            .formatted(config.url(), what, reason),
        cause);
  }

  /** The HTTP status that the registry answered with; 0 if it did not answer. */
  private static int status(Throwable failure) {
    ApiException answer = findCause(failure, ApiException.class);
    return answer == null ? 0 : answer.getResponseStatusCode();
  }

  private static <X> @Nullable X findCause(Throwable failure, Class<X> type) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (type.isInstance(cause)) {
        return type.cast(cause);
      }
    }
    return null;
  }

  private static final class LookupFailedException extends Exception {
    private static final long serialVersionUID = 1;
    private final Throwable cause;

    LookupFailedException(Throwable cause) {
      super(cause);
      this.cause = cause;
    }

    @Override
    public synchronized Throwable getCause() {
      return cause;
    }
  }
}
