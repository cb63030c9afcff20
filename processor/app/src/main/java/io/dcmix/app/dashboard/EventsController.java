package io.dcmix.app.dashboard;

import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.sse.Event;
import org.reactivestreams.Publisher;

/**
 * What changes, as server-sent events: {@code wells}, {@code plate}, {@code calls}, {@code quality}, {@code alerts},
 * {@code importance}, and a {@code heartbeat}.
 */
@Controller("/api/events")
final class EventsController {
  private final EventHub hub;

  EventsController(EventHub hub) {
    this.hub = hub;
  }

  @Get(produces = MediaType.TEXT_EVENT_STREAM)
  Publisher<Event<Object>> events() {
    return hub.events();
  }
}
