package io.dcmix.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a processor answers Prometheus.
 *
 * @param text in Prometheus's text format
 */
record Scrape(String text) {
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  /** Asks the processor whose page is here. */
  static Scrape of(String page) {
    try {
      return new Scrape(HTTP.send(HttpRequest.newBuilder(URI.create(page + "/prometheus")).build(), BodyHandlers.ofString()).body());
    } catch (IOException e) {
      throw new UncheckedIOException("No answer at " + page, e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Sum over the series of a name.
   *
   * @throws AssertionError if there is none
   */
  double sum(String name) {
    Matcher series = Pattern.compile("(?m)^" + name + "\\{[^}]*\\} (\\S+)$").matcher(text);
    double sum = 0;
    boolean found = false;
    while (series.find()) {
      found = true;
      sum += Double.parseDouble(series.group(1));
    }
    if (!found) {
      throw new AssertionError("No " + name + " in:\n" + text);
    }
    return sum;
  }
}
