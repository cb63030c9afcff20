package io.dcmix.streams.wire;

import java.time.Duration;
import java.util.function.Function;
import org.apache.kafka.common.serialization.Serde;

/**
 * Reads events, and tries again for a while when the registry does not answer: the bytes are not to blame. It gives up before
 * the transaction would time out; then the stream thread starts over from its last commit.
 */
public final class PatientDecoder {
  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final int TRIES = 4;

  private PatientDecoder() {}

  /** A decoder of one topic's values. */
  public static <T> Function<byte[], T> of(Serde<T> serde, String topic) {
    return bytes -> {
      for (int attempt = 1; ; attempt++) {
        try {
          return serde.deserializer().deserialize(topic, bytes);
        } catch (RegistryUnavailableException e) {
          if (attempt == TRIES) {
            throw e;
          }
          pause(e);
        }
      }
    };
  }

  private static void pause(RegistryUnavailableException cause) {
    try {
      Thread.sleep(PAUSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw cause;
    }
  }
}
