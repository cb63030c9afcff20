package io.dcmix.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** A real PostgreSQL with the database {@code screening} and one user, on loopback, gone when closed. */
final class PostgresProcess implements AutoCloseable {
  static final String USER = "dcmix";
  static final String PASSWORD = "a password";

  private static final Path VERSIONS = Path.of("/usr/lib/postgresql");
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path home;
  private final Path programs;
  private final int port;
  private final ChildProcess server;

  private PostgresProcess(Path home, Path programs, int port, ChildProcess server) {
    this.home = home;
    this.programs = programs;
    this.port = port;
    this.server = server;
  }

  /** Where Debian puts its programs; empty if it is not installed. */
  static Optional<Path> programs() throws IOException {
    if (!Files.isDirectory(VERSIONS)) {
      return Optional.empty();
    }
    try (Stream<Path> versions = Files.list(VERSIONS)) {
      return versions.map(version -> version.resolve("bin")).filter(bin -> Files.isExecutable(bin.resolve("initdb"))).sorted().findFirst();
    }
  }

  /** Starts an empty one. Its folder lies by itself, since the server's user must reach it. */
  static PostgresProcess start(Path programs, int port) throws Exception {
    Path home = Files.createTempDirectory("dcmix-postgres");
    Files.writeString(home.resolve("password"), PASSWORD);
    if (isRoot()) {
      Program.output(home, Map.of(), List.of("chown", "-R", "postgres", home.toString()));
    }
    String data = home.resolve("data").toString();
    Program.output(home, Map.of(), asServer(programs.resolve("initdb").toString(), "-D", data, "-U", USER, "-A", "scram-sha-256", "--pwfile", home.resolve("password").toString(),
        "-E", "UTF8", "--no-sync"));
    ChildProcess server = ChildProcess.program(home, Map.of(), asServer(programs.resolve("postgres").toString(), "-D", data, "-p", Integer.toString(port),
        "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off"));
    PostgresProcess postgres = new PostgresProcess(home, programs, port, server);
    server.until("readiness of PostgreSQL", PATIENCE, () -> server.output().contains("ready to accept connections"));
    postgres.sql("postgres", "create database screening");
    return postgres;
  }

  String url() {
    return "jdbc:postgresql://127.0.0.1:" + port + "/screening";
  }

  /** Where psql and other clients connect. */
  Map<String, String> environment() {
    return Map.of("PGHOST", "127.0.0.1", "PGPORT", Integer.toString(port), "PGPASSWORD", PASSWORD);
  }

  /** The columns of a table, in order. */
  List<String> columns(String table) throws IOException, InterruptedException {
    return sql("screening", "select column_name from information_schema.columns where table_name = '%s' order by ordinal_position".formatted(table)).lines().toList();
  }

  /** The rows of a table, columns by name. */
  List<JsonNode> rows(String table) throws IOException, InterruptedException {
    List<JsonNode> rows = new ArrayList<>();
    for (String line : sql("screening", "select row_to_json(r) from %s r".formatted(table)).lines().toList()) {
      rows.add(JSON.readTree(line));
    }
    return rows;
  }

  private String sql(String database, String statement) throws IOException, InterruptedException {
    return Program.output(home.getParent(), environment(), List.of(programs.resolve("psql").toString(), "-U", USER, "-d", database, "-Atqc", statement)).strip();
  }

  /** PostgreSQL refuses to run as root. */
  private static List<String> asServer(String... command) {
    List<String> all = new ArrayList<>(isRoot() ? List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups") : List.of());
    all.addAll(List.of(command));
    return all;
  }

  private static boolean isRoot() {
    return System.getProperty("user.name").equals("root");
  }

  @Override
  public void close() throws IOException {
    server.close();
    try (Stream<Path> files = Files.walk(home)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
