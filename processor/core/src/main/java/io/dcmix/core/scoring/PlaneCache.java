package io.dcmix.core.scoring;

import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Payloads that wait for their site, up to a number of bytes. The oldest make room for the newest, so planes whose site never
 * completes cannot fill it; what is no longer here is read again through its pointer.
 *
 * <p>Threading: stream threads put, scoring threads take; one lock, held for a few map operations.
 */
final class PlaneCache {
  private final long budgetBytes;
  private final Map<PlanePointer, ByteBuffer> payloads = new LinkedHashMap<>();
  private long bytes;

  PlaneCache(long budgetBytes) {
    this.budgetBytes = budgetBytes;
  }

  synchronized void put(PlanePointer pointer, ByteBuffer payload) {
    if (payload.remaining() > budgetBytes || payloads.putIfAbsent(pointer, payload) != null) {
      return;
    }
    bytes += payload.remaining();
    for (Iterator<ByteBuffer> oldest = payloads.values().iterator(); bytes > budgetBytes; ) {
      bytes -= oldest.next().remaining();
      oldest.remove();
    }
  }

  synchronized @Nullable ByteBuffer take(PlanePointer pointer) {
    ByteBuffer payload = payloads.remove(pointer);
    if (payload != null) {
      bytes -= payload.remaining();
    }
    return payload;
  }

  synchronized long bytes() {
    return bytes;
  }
}
