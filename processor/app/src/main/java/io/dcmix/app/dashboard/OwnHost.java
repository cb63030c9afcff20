package io.dcmix.app.dashboard;

import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.RequestFilter;
import io.micronaut.http.annotation.ServerFilter;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A page that asks nobody who they are, and is for this machine alone, answers to this machine's addresses alone. Else another site in
 * somebody's browser could let its own name point here (DNS rebinding), and read what the page says as if it were that site's.
 */
@ServerFilter("/**")
final class OwnHost {
  /** A name is asked by its letters; an address cannot be pointed elsewhere. */
  private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|\\[[0-9A-Fa-f:.]+]");

  private final boolean checks;

  OwnHost(DashboardConfig config) {
    this.checks = config.access().isOpen() && isLoopback(config.host());
  }

  @RequestFilter
  @Nullable MutableHttpResponse<?> check(HttpRequest<?> request) {
    String host = request.getHeaders().get(HttpHeaders.HOST);
    if (!checks || host == null || isOwn(host)) {
      return null;
    }
    return Refusals.problem(HttpStatus.MISDIRECTED_REQUEST,
        "This page is for its own machine, as 127.0.0.1 or localhost. A proxy in front of it sends that as Host, or the page asks who comes (--users)");
  }

  static boolean isOwn(String host) {
    String name = host.replaceFirst(":[0-9]*$", "").toLowerCase(Locale.ROOT);
    return name.equals("localhost") || name.endsWith(".localhost") || ADDRESS.matcher(name).matches();
  }

  private static boolean isLoopback(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false; // It cannot be bound either.
    }
  }
}
