package io.dcmix.app.dashboard;

import io.dcmix.app.dashboard.Api.FeedStatus;
import io.micronaut.http.sse.Event;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.reactivestreams.Publisher;
import reactor.core.publisher.BufferOverflowStrategy;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/**
 * Hands changes to the browsers that listen. Every one has a queue of its own; one whose queue is full is cut off, comes back
 * by itself and fetches everything anew, so a slow browser costs nobody else anything.
 *
 * <p>Threading: {@link #publish} is called by one thread at a time; browsers come and go on the server's threads.
 */
final class EventHub implements AutoCloseable {
  private static final int QUEUE = 1024;
  private static final Duration HEARTBEAT = Duration.ofSeconds(5);

  private final Sinks.Many<Change> sink = Sinks.many().multicast().directBestEffort();
  private final Supplier<FeedStatus> status;

  EventHub(Supplier<FeedStatus> status) {
    this.status = status;
  }

  void publish(List<Change> changes) {
    for (Change change : changes) {
      Sinks.EmitResult ignored = sink.tryEmitNext(change); // fails without listeners, and then nobody misses it
    }
  }

  /**
   * The events from now on. The first is a heartbeat: what a browser fetches after it misses nothing.
   */
  Publisher<Event<Object>> events() {
    Flux<Event<Object>> changes =
        sink.asFlux()
            .onBackpressureBuffer(QUEUE, dropped -> {}, BufferOverflowStrategy.ERROR)
            .map(change -> Event.<Object>of(change).name(change.event()));
    Flux<Event<Object>> heartbeats =
        Flux.interval(Duration.ZERO, HEARTBEAT)
            .onBackpressureDrop()
            .map(tick -> Event.<Object>of(status.get()).name("heartbeat"));
    return Flux.merge(changes, heartbeats.takeUntilOther(changes.ignoreElements().onErrorComplete()));
  }

  @Override
  public void close() {
    Sinks.EmitResult ignored = sink.tryEmitComplete();
  }
}
