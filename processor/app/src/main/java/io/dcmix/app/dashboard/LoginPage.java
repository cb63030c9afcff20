package io.dcmix.app.dashboard;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The log-in page; works without scripts. */
final class LoginPage {
  private final String template;

  /**
   * @param passwords whether it asks for a name and a password
   * @param issuer whether it leads to an issuer
   */
  LoginPage(boolean passwords, boolean issuer) {
    this.template = part(part(read(), "password", passwords), "issuer", issuer);
  }

  /** The page with what is to be said, and the name that was given. */
  String with(String message, String name) {
    return part(template, "message", !message.isEmpty()).replace("{{message}}", escape(message)).replace("{{name}}", escape(name));
  }

  /** A page that leads on by itself: a step from page to page of this server takes strict cookies along, one from elsewhere does not. */
  static String onward() {
    return "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta http-equiv=\"refresh\" content=\"0;url=/\"><title>DCMIX</title>"
        + "<a href=\"/\">Go on</a></html>";
  }

  private static String part(String page, String name, boolean keep) {
    String begin = "<!--" + name + "-->";
    String end = "<!--/" + name + "-->";
    int from = page.indexOf(begin);
    int to = page.indexOf(end);
    return page.substring(0, from) + (keep ? page.substring(from + begin.length(), to) : "") + page.substring(to + end.length());
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;").replace("'", "&#39;");
  }

  private static String read() {
    try (InputStream in = LoginPage.class.getResourceAsStream("/dashboard-login/login.html")) {
      if (in == null) {
        throw new IllegalStateException("The log-in page is missing from this build");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
