package io.dcmix.app.dashboard;

import io.dcmix.app.access.Access;
import io.dcmix.app.access.Gate;
import io.dcmix.core.cli.CliException;
import io.dcmix.streams.Topics;
import io.micronaut.context.ApplicationContext;
import io.micronaut.runtime.server.EmbeddedServer;
import java.net.BindException;
import java.net.URI;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The dashboard: an HTTP server with the page, its API and the live events, fed from the result topics.
 *
 * <p>Threading: started and closed by its owner; safe to ask from any thread.
 */
public final class DashboardServer implements AutoCloseable {
  /** Whether somebody is asked who they are. */
  static final String ASKS = "micronaut.security.enabled";

  private final ApplicationContext context;
  private final EmbeddedServer server;
  private final ScreeningView view;
  private final EventHub hub;
  private @Nullable ResultFeed feed;

  private DashboardServer(ApplicationContext context, EmbeddedServer server, ScreeningView view, EventHub hub) {
    this.context = context;
    this.server = server;
    this.view = view;
    this.hub = hub;
  }

  /**
   * Starts the server and the reading of the result topics, which need not exist yet.
   *
   * @throws CliException if the port is taken or the host cannot be bound
   */
  public static DashboardServer start(DashboardConfig config) {
    return start(config, ResultDecoder.singleObject(new Topics(config.lane())));
  }

  /** The same, for records in another wire format. */
  public static DashboardServer start(DashboardConfig config, ResultDecoder decoder) {
    ScreeningView view = new ScreeningView();
    FeedSlot slot = new FeedSlot(config.lane());
    DashboardServer server = listen(config, view, slot, InstantSource.system());
    try {
      ResultFeed feed = new ResultFeed(config, decoder, view, server::publishChanges);
      slot.status = feed::status;
      server.feed = feed;
      feed.start();
      return server;
    } catch (RuntimeException e) {
      server.close();
      throw e;
    }
  }

  /** A server without a feed, over a view that somebody else fills and then calls {@link #publishChanges}. */
  static DashboardServer over(DashboardConfig config, ScreeningView view) {
    return over(config, view, InstantSource.system());
  }

  /** The same, with a clock of its own for sessions. */
  static DashboardServer over(DashboardConfig config, ScreeningView view, InstantSource clock) {
    return listen(config, view, new FeedSlot(config.lane()), clock);
  }

  private static DashboardServer listen(DashboardConfig config, ScreeningView view, FeedSlot slot, InstantSource clock) {
    EventHub hub = new EventHub(() -> slot.status.get());
    ApplicationContext context =
        ApplicationContext.builder()
            .deduceEnvironment(false)
            .deduceCloudEnvironment(false)
            .environmentPropertySource(false)
            .bootstrapEnvironment(false)
            .banner(false)
            .properties(settings(config))
            .singletons(view, hub, config, config.access(), new Gate(config.access(), clock))
            .build();
    try {
      context.start();
      EmbeddedServer server = context.getBean(EmbeddedServer.class).start();
      return new DashboardServer(context, server, view, hub);
    } catch (RuntimeException e) {
      context.close();
      if (hasCause(e, BindException.class)) {
        throw new CliException(
            "Port %d on %s cannot be bound (already in use?): choose another with --port, or --port 0 for any free one"
                .formatted(config.port(), config.host()),
            e);
      }
      throw e;
    }
  }

  /** Where the page is: {@code http://127.0.0.1:8080}. */
  public URI url() {
    return server.getURI();
  }

  /** How the reading of the topics goes. */
  public Api.FeedStatus status() {
    ResultFeed reading = feed;
    return reading == null ? FeedSlot.nothing("") : reading.status();
  }

  /** Tells the browsers what changed in the view since the last call. */
  synchronized void publishChanges() {
    hub.publish(view.drainChanges());
  }

  /** Stops reading, ends the event streams and gives the port back. */
  @Override
  public void close() {
    ResultFeed reading = feed;
    if (reading != null) {
      reading.close();
    }
    hub.close();
    context.close();
  }

  private static Map<String, Object> settings(DashboardConfig config) {
    Map<String, Object> settings = new HashMap<>(Map.of(
        "micronaut.application.name", "dcmix-dashboard",
        "micronaut.server.host", config.host(),
        "micronaut.server.port", port(config),
        "micronaut.server.max-request-size", "64KB",
        "micronaut.router.static-resources.page.paths", "classpath:dashboard",
        "micronaut.router.static-resources.page.mapping", "/**",
        "micronaut.serde.serialization.inclusion", "ALWAYS",
        "micronaut.netty.event-loops.default.shutdown-quiet-period", "0s",
        "micronaut.netty.event-loops.parent.shutdown-quiet-period", "0s"));
    settings.put(ASKS, Boolean.toString(!config.access().isOpen()));
    settings.put("micronaut.security.basic-auth.enabled", "false"); // Callers does that, behind the limit of wrong passwords
    Access.Tls tls = config.access().tls();
    if (tls != null) {
      settings.put("micronaut.server.ssl.enabled", "true");
      settings.put("micronaut.server.ssl.port", port(config));
      settings.put("micronaut.server.ssl.key-name", "page");
      settings.put("micronaut.certificate.file.page.format", "PEM");
      settings.put("micronaut.certificate.file.page.path", tls.key().toAbsolutePath().toString());
      settings.put("micronaut.certificate.file.page.certificate-path", tls.certificate().toAbsolutePath().toString());
    }
    return settings;
  }

  /** -1 is Micronaut's word for any free port. */
  private static int port(DashboardConfig config) {
    return config.port() == 0 ? -1 : config.port();
  }

  private static boolean hasCause(Throwable failure, Class<? extends Throwable> type) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (type.isInstance(cause)) {
        return true;
      }
    }
    return false;
  }

  /** Where the hub finds the feed's status once there is a feed; set once, before the feed starts. */
  private static final class FeedSlot {
    private volatile Supplier<Api.FeedStatus> status;

    FeedSlot(String lane) {
      this.status = () -> nothing(lane);
    }

    static Api.FeedStatus nothing(String lane) {
      return new Api.FeedStatus(lane, List.of(), 0, 0);
    }
  }
}
