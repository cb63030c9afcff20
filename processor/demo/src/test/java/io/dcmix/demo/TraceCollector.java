package io.dcmix.demo;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.zip.GZIPInputStream;

/** A collector of traces that takes OTLP over HTTP from whoever says the password, and keeps the spans. */
final class TraceCollector implements AutoCloseable {
  static final String PASSWORD = "Bearer xyzzy-plugh-44";

  private final HttpServer server;
  private final List<Received> spans = new CopyOnWriteArrayList<>();

  /** A span with the resource that it is of; ids as hexadecimal digits, empty where there is none. */
  record Received(String service, String lane, Span span) {
    String trace() {
      return HexFormat.of().formatHex(span.getTraceId().toByteArray());
    }

    String id() {
      return HexFormat.of().formatHex(span.getSpanId().toByteArray());
    }

    String parent() {
      return HexFormat.of().formatHex(span.getParentSpanId().toByteArray());
    }

    String field(String key) {
      return value(span.getAttributesList(), key);
    }
  }

  TraceCollector() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/v1/traces", this::take);
    server.start();
  }

  URI address() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  List<Received> spans() {
    return List.copyOf(spans);
  }

  private void take(HttpExchange exchange) throws IOException {
    try (exchange; InputStream body = exchange.getRequestBody()) {
      boolean known = PASSWORD.equals(exchange.getRequestHeaders().getFirst("Authorization"));
      boolean packed = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
      ExportTraceServiceRequest request = ExportTraceServiceRequest.parseFrom(packed ? new GZIPInputStream(body) : body);
      if (known) {
        request.getResourceSpansList().forEach(resource -> resource.getScopeSpansList().forEach(scope -> scope.getSpansList().forEach(span -> spans.add(
            new Received(value(resource.getResource().getAttributesList(), "service.name"), value(resource.getResource().getAttributesList(), "dcmix.lane"), span)))));
      }
      exchange.sendResponseHeaders(known ? 200 : 401, -1);
    }
  }

  private static String value(List<KeyValue> fields, String key) {
    Optional<KeyValue> found = fields.stream().filter(field -> field.getKey().equals(key)).findFirst();
    return found.map(field -> switch (field.getValue().getValueCase()) {
      case STRING_VALUE -> field.getValue().getStringValue();
      case INT_VALUE -> Long.toString(field.getValue().getIntValue());
      default -> field.getValue().toString();
    }).orElse("");
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
