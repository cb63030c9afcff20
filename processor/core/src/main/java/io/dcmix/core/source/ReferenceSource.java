package io.dcmix.core.source;

import io.dcmix.core.images.Sha256;
import io.dcmix.core.scoring.PlanePointer;
import io.dcmix.core.scoring.PlaneSource;
import io.dcmix.schema.event.FailureReason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Fetches what events refer to: checks size and SHA-256, and tries again, with growing pauses, while a payload may still be on
 * its way. A pause holds neither a slot nor memory, so files that are late delay nobody else. The time that a payload waits
 * for its turn does not count against its deadline, and the last attempt comes at the deadline or after it.
 *
 * <p>Threading: any thread asks and waits; each fetch runs on a virtual thread of its own, because a share that hangs does not
 * let go of the thread that reads. Such a thread keeps its slot until the share answers.
 */
public final class ReferenceSource implements PlaneSource {
  private final Map<String, PayloadResolver> resolvers;
  private final Duration deadline;
  private final FetchBudget budget;
  private final Time time;
  private final DoubleSupplier chance;

  /** A source of files below the roots, and of what the other resolvers fetch. */
  public static ReferenceSource of(References config) {
    List<PayloadResolver> resolvers = new ArrayList<>(List.of(new FileResolver(config.roots())));
    resolvers.addAll(config.others());
    return new ReferenceSource(resolvers, config, Time.SYSTEM, () -> ThreadLocalRandom.current().nextDouble());
  }

  /**
   * A source.
   *
   * @param resolvers one a scheme
   */
  ReferenceSource(List<PayloadResolver> resolvers, References config, Time time, DoubleSupplier chance) {
    this.resolvers = resolvers.stream().collect(Collectors.toMap(PayloadResolver::scheme, Function.identity()));
    this.deadline = config.deadline();
    this.budget = new FetchBudget(config.parallel(), config.bytes(), config.deadline());
    this.time = time;
    this.chance = chance;
  }

  @Override
  public ByteBuffer read(PlanePointer pointer) throws SourceExpiredException {
    return read(pointer, payload -> payload);
  }

  @Override
  public <T, X extends Exception> T read(PlanePointer pointer, Use<T, X> use) throws SourceExpiredException, X {
    try {
      PayloadReference reference = PayloadReference.of(uri(pointer), pointer.size(), pointer.sha256());
      PayloadResolver resolver = resolvers.get(reference.scheme());
      if (resolver == null) {
        throw new RefusedReferenceException(
            "No bucket is allowed for references, so %s is not read; allow its folder with --reference-s3 on every instance, or publish the image inline"
                .formatted(reference.uri()));
      }
      return read(reference, resolver, use);
    } catch (RefusedReferenceException e) {
      throw new SourceExpiredException(FailureReason.REFERENCE_REFUSED, String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while fetching " + uri(pointer), e);
    }
  }

  private static String uri(PlanePointer pointer) {
    return switch (pointer) {
      case PlanePointer.AtUri at -> at.uri();
      case PlanePointer.InTopic in -> throw new IllegalArgumentException("Not a reference: " + in);
    };
  }

  private <T, X extends Exception> T read(PayloadReference reference, PayloadResolver resolver, Use<T, X> use)
      throws SourceExpiredException, RefusedReferenceException, InterruptedException, X {
    long began = 0;
    for (int attempt = 1; ; attempt++) {
      if (!budget.take(reference.size())) {
        throw new SourceExpiredException("%s was not fetched: the fetches before it hang and none ended within %s; see whether the share answers"
            .formatted(reference.uri(), deadline));
      }
      began = attempt == 1 ? time.nanos() : began;
      String why;
      try (Fetch fetch = new Fetch(reference, resolver)) {
        switch (fetch.await()) {
          case Fetched.Payload fetched -> {
            return use.apply(fetched.bytes());
          }
          case Fetched.NotYet notYet -> why = notYet.why();
        }
      }
      Duration left = deadline.minusNanos(time.nanos() - began);
      if (!left.isPositive()) {
        throw new SourceExpiredException(
            "%s could not be fetched within %s (attempts: %d): %s".formatted(reference.uri(), deadline, attempt, why));
      }
      Duration pause = BackOff.after(attempt, chance.getAsDouble());
      time.sleep(pause.compareTo(left) < 0 ? pause : left);
    }
  }

  /** How an attempt ended. */
  private sealed interface Fetched {
    record Payload(ByteBuffer bytes) implements Fetched {}

    /** It may be right later. */
    record NotYet(String why) implements Fetched {}
  }

  /** One attempt, for which the budget was taken. Gives the slot back when it ends, and the bytes when it is closed as well. */
  private final class Fetch implements AutoCloseable {
    private final PayloadReference reference;
    private final CompletableFuture<Fetched> ended = new CompletableFuture<>();
    private final Thread thread;

    Fetch(PayloadReference reference, PayloadResolver resolver) {
      this.reference = reference;
      this.thread = Thread.ofVirtual().name("fetch").unstarted(() -> run(resolver));
      thread.start();
    }

    private void run(PayloadResolver resolver) {
      try {
        ended.complete(verified(resolver.fetch(reference.uri(), reference.size())));
      } catch (IOException e) {
        ended.complete(new Fetched.NotYet(e.getMessage() == null ? e.toString() : e.getMessage()));
      } catch (RefusedReferenceException | RuntimeException | Error e) {
        ended.completeExceptionally(e);
      } finally {
        budget.freeSlot();
      }
    }

    private Fetched verified(ByteBuffer payload) {
      String sha256 = Sha256.of(payload);
      return sha256.equals(reference.sha256())
          ? new Fetched.Payload(payload)
          : new Fetched.NotYet("its SHA-256 is %s, the event says %s".formatted(sha256, reference.sha256()));
    }

    Fetched await() throws RefusedReferenceException, InterruptedException {
      try {
        return ended.get(deadline.toNanos(), TimeUnit.NANOSECONDS);
      } catch (TimeoutException e) {
        return new Fetched.NotYet("one attempt took longer than " + deadline);
      } catch (ExecutionException e) {
        if (e.getCause() instanceof RefusedReferenceException refused) {
          throw refused;
        }
        throw new IllegalStateException("Fetching " + reference.uri() + " failed", e.getCause());
      }
    }

    @Override
    public void close() {
      if (!ended.isDone()) {
        thread.interrupt();
      }
      var _ = ended.whenComplete((fetched, e) -> budget.freeBytes(reference.size()));
    }
  }
}
