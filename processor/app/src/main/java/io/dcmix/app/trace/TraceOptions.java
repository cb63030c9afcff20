package io.dcmix.app.trace;

import io.dcmix.app.config.Secrets;
import io.dcmix.core.cli.CliException;
import io.dcmix.streams.trace.TraceConfig;
import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.UseDefaultConverter;

/** Where traces go, if anywhere: a mixin of the commands that publish or score. */
public final class TraceOptions {
  @Option(names = "--trace-endpoint", paramLabel = "URL",
      description = "Send traces of wells to this collector by OTLP over HTTP, as in http://tempo:4318; see docs/tracing.md. Default: no traces.")
  private @Nullable URI endpoint;

  @Option(names = "--trace-ratio", defaultValue = "1", paramLabel = "0..1",
      description = "Share of the wells that are traced; publishers and processors with the same choose the same wells. Default: ${DEFAULT-VALUE}.")
  private double ratio = 1;

  @Option(names = "--trace-header", paramLabel = "NAME=VALUE", converter = {UseDefaultConverter.class, Secrets.class},
      description = "A header of each request to the collector, such as authorization. Repeatable.")
  private @Nullable Map<String, String> headers;

  /**
   * What the options say; null if there are no traces.
   *
   * @throws CliException if that is of no use; names the option
   */
  public @Nullable TraceConfig config() {
    Map<String, String> given = headers == null ? Map.of() : headers;
    Secrets.rememberAll(given.values());
    if (endpoint == null) {
      if (!given.isEmpty()) {
        throw new CliException("--trace-header is a header of requests to a collector: name that with --trace-endpoint");
      }
      return null;
    }
    try {
      return new TraceConfig(endpoint, ratio, given);
    } catch (IllegalArgumentException e) {
      throw new CliException("--trace-" + e.getMessage(), e);
    }
  }
}
