package io.dcmix.app.cluster;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/** Tells a broker that speaks TLS from one that is not there: to a client without TLS both are silent. */
final class TlsProbe {
  private static final int PATIENCE_MILLIS = 2000;
  private static final Pattern ADDRESS = Pattern.compile("\\s*\\[?([^\\[\\],]+?)]?:(\\d{1,5})\\s*(?:,.*)?");

  private TlsProbe() {}

  /** Whether the first of these addresses answers with a certificate, whoever made it. */
  static boolean speaksTls(String bootstrapServers) {
    Matcher address = ADDRESS.matcher(bootstrapServers);
    if (!address.matches()) {
      return false;
    }
    String host = address.group(1);
    int port = Integer.parseInt(address.group(2));
    try (Socket plain = new Socket()) {
      plain.connect(new InetSocketAddress(host, port), PATIENCE_MILLIS);
      plain.setSoTimeout(PATIENCE_MILLIS);
      try (SSLSocket tls = (SSLSocket) ((SSLSocketFactory) SSLSocketFactory.getDefault()).createSocket(plain, host, port, true)) {
        tls.startHandshake();
        return true;
      }
    } catch (IOException e) {
      return isAboutACertificate(e);
    } catch (IllegalArgumentException e) {
      return false; // no such port
    }
  }

  private static boolean isAboutACertificate(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof CertificateException) {
        return true;
      }
    }
    return false;
  }
}
