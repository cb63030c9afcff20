package io.dcmix.streams.wire;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The real Apicurio Registry, in memory, as a child process on free loopback ports. */
final class RegistryProcess implements AutoCloseable {
  private static final Path HOME = Path.of("target/apicurio-registry");
  private static final Path LOG = Path.of("target/apicurio-registry.log");
  private static final Duration START_LIMIT = Duration.ofSeconds(90);

  private final HttpClient http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
  private final Process process;
  private final URI base;

  private RegistryProcess(Process process, URI base) {
    this.process = process;
    this.base = base;
  }

  static RegistryProcess start() throws IOException, InterruptedException {
    int port;
    int managementPort;
    try (ServerSocket one = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        ServerSocket two = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = one.getLocalPort();
      managementPort = two.getLocalPort();
    }
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-Dquarkus.http.host=127.0.0.1",
                "-Dquarkus.http.port=" + port,
                "-Dquarkus.management.host=127.0.0.1",
                "-Dquarkus.management.port=" + managementPort,
                "-jar",
                HOME.resolve("quarkus-run.jar").toAbsolutePath().toString())
            .directory(Path.of("target").toFile())
            .redirectErrorStream(true)
            .redirectOutput(LOG.toFile())
            .start();
    // The child must not outlive a test run that is cut short.
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    RegistryProcess registry = new RegistryProcess(process, URI.create("http://127.0.0.1:" + port));
    registry.awaitReady();
    return registry;
  }

  URI base() {
    return base;
  }

  /** The status and body of a GET. */
  HttpResponse<String> get(String path) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(base.resolve(path)).timeout(Duration.ofSeconds(10)).build();
    return http.send(request, HttpResponse.BodyHandlers.ofString());
  }

  private void awaitReady() throws IOException, InterruptedException {
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    while (!answers()) {
      // Waits for the process to end, or for the next look.
      if (process.waitFor(100, TimeUnit.MILLISECONDS) || System.nanoTime() > deadline) {
        process.destroyForcibly();
        throw new IllegalStateException("The registry did not start:\n" + Files.readString(LOG));
      }
    }
  }

  private boolean answers() throws InterruptedException {
    try {
      return get("/apis/ccompat/v7/subjects").statusCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
    http.close();
  }
}
