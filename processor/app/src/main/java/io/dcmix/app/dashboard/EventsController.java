package io.dcmix.app.dashboard;

import io.dcmix.app.access.Gate;
import io.dcmix.app.access.Session;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.sse.Event;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;

/**
 * What changes, as server-sent events: {@code wells}, {@code plate}, {@code calls}, {@code quality}, {@code alerts},
 * {@code importance}, and a {@code heartbeat}.
 */
@Controller("/api/events")
final class EventsController {
  private final EventHub hub;
  private final Gate gate;

  EventsController(EventHub hub, Gate gate) {
    this.hub = hub;
    this.gate = gate;
  }

  @Says("What changes, as server-sent events")
  @Get(produces = MediaType.TEXT_EVENT_STREAM)
  Publisher<Event<Object>> events(HttpRequest<?> request) {
    Session session = Callers.session(request);
    // With every event, and there is a heartbeat: the stream ends when the session does.
    return session == null ? hub.events() : Flux.from(hub.events()).takeWhile(event -> gate.holds(session));
  }
}
