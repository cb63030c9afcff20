package io.dcmix.streams.trace;

import io.dcmix.core.images.Sha256;
import io.dcmix.schema.WellKey;
import io.opentelemetry.api.trace.TraceId;
import io.opentelemetry.sdk.trace.IdGenerator;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;

/**
 * The id of a well's trace is made of its name: whoever goes on with the well, a publisher that was started again or a processor that
 * took it over, goes on with its trace, though nothing of it was stored. Ids of spans are random.
 *
 * <p>Thread-safe.
 */
final class WellIds implements IdGenerator {
  private final IdGenerator random = IdGenerator.random();
  private final ThreadLocal<String> next = new ThreadLocal<>();

  /**
   * The first 16 bytes of the SHA-256 of lane and well.
   *
   * @param lane into which its images were published: the same well in a replay is another trace
   * @return 32 hexadecimal digits
   */
  static String traceOf(String lane, WellKey well) {
    String id = Sha256.of(ByteBuffer.wrap(("dcmix " + lane + "/" + well).getBytes(StandardCharsets.UTF_8))).substring(0, TraceId.getLength());
    return TraceId.isValid(id) ? id : "1" + id.substring(1);
  }

  /** Makes something of which a span without a parent begins this trace. */
  <T> T within(String trace, Supplier<T> maker) {
    next.set(trace);
    try {
      return maker.get();
    } finally {
      next.remove();
    }
  }

  @Override
  public String generateTraceId() {
    String given = next.get();
    return given == null ? random.generateTraceId() : given;
  }

  @Override
  public String generateSpanId() {
    return random.generateSpanId();
  }
}
