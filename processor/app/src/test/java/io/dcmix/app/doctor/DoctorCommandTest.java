package io.dcmix.app.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.dcmix.app.Amount;
import io.dcmix.app.Dcmix;
import io.dcmix.app.cluster.RegistryOptions;
import io.dcmix.app.doctor.Finding.Level;
import io.dcmix.core.model.CudaLibraries.Library;
import io.dcmix.core.model.CudaLibraries.State;
import io.dcmix.core.model.DevicePolicy;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine;

@Timeout(60)
class DoctorCommandTest {
  private static final String NOBODY = "127.0.0.1:1";
  private static final List<Library> LIBRARIES = List.of(
      new Library("libcuda.so.1", "the NVIDIA driver", State.FOUND, Path.of("/lib/libcuda.so.1")),
      new Library("libcublas.so.12", "cuBLAS of CUDA 12", State.OFF_PATH, Path.of("/usr/local/cuda-12/lib64/libcublas.so.12")),
      new Library("libcudnn.so.9", "cuDNN 9 for CUDA 12", State.MISSING, null));

  @TempDir Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... args) {
    return Dcmix.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err))
        .setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF)).execute(args);
  }

  @Test
  void shouldFindThisMachineFitToRunTheTests() throws Exception {
    assertThat(run("doctor", "--device", "cpu", "--json")).isZero();
    JsonNode json = new ObjectMapper().readTree(out.toString());
    assertThat(json.at("/healthy").asBoolean()).isTrue();
    assertThat(json.at("/findings")).extracting(f -> f.get("name").asText())
        .contains("Java", "memory", "cores", "ONNX Runtime", "RocksDB", "libcudnn.so.9", "libcublas.so.12");
    assertThat(detail(json, "Java")).contains(Runtime.version().toString());
    assertThat(detail(json, "ONNX Runtime")).startsWith("1.28.0");
    assertThat(detail(json, "RocksDB")).matches("\\d+\\.\\d+.*");
  }

  private static String detail(JsonNode json, String name) {
    for (JsonNode finding : json.at("/findings")) {
      if (finding.get("name").asText().equals(name)) {
        return finding.get("detail").asText();
      }
    }
    throw new AssertionError("no finding " + name);
  }

  @Test
  void shouldNameTheBrokerAndTheRegistryThatDoNotAnswerAndEndWithOne() {
    assertThat(run("doctor", "--bootstrap-servers", NOBODY, "--schema-registry", "http://" + NOBODY + "/apis/registry/v3")).isEqualTo(1);
    assertThat(out.toString().lines().filter(l -> l.startsWith("  failed")))
        .hasSize(2)
        .anySatisfy(l -> assertThat(l).contains("Kafka", "No Kafka broker answers at " + NOBODY))
        .anySatisfy(l -> assertThat(l).contains("schema registry", "http://" + NOBODY, "does not answer"));
    assertThat(out.toString()).contains("-> Start the brokers", "-> Start the registry").endsWith("2 failed, no warnings.\n");
  }

  @Test
  void shouldSayWhatIsWrongWithTheModelFile() throws Exception {
    Path text = Files.writeString(folder.resolve("notes.onnx"), "no protobuf");
    assertThat(run("doctor", "--device", "cpu", "--model", text.toString())).isEqualTo(1);
    assertThat(out.toString()).containsPattern("failed +contract .*notes\\.onnx").contains("-> See docs/model-contract.md");
    assertThat(run("doctor", "--device", "cpu", "--model", folder.resolve("none.onnx").toString())).isEqualTo(1);
    assertThat(out.toString()).containsPattern("failed +file .*none\\.onnx");
  }

  @Test
  void shouldFailWhereCudaIsDemandedAndIsNotThere() {
    // This build has no CUDA provider, whatever the machine has.
    assertThat(run("doctor", "--device", "cuda")).isEqualTo(1);
    assertThat(out.toString()).containsPattern("failed +build +this build runs on the CPU alone").contains("DCMIX_PROFILE=gpu");
  }

  @Test
  void shouldRefuseWrongUsage() {
    assertThat(run("doctor", "--lane", "screening")).isEqualTo(2);
    assertThat(err.toString()).contains("--lane needs --bootstrap-servers");
    assertThat(run("doctor", "--device", "tpu")).isEqualTo(1);
    assertThat(err.toString()).contains("--device: Device 'tpu' must be");
    assertThat(run("doctor", "--models", "m.onnx")).isEqualTo(2);
    assertThat(out.toString()).as("nothing was examined").isEmpty();
  }

  @Test
  void shouldAskTheRegistryWhoItIs() throws Exception {
    HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/apis/registry/v3/system/info", exchange -> {
      exchange.sendResponseHeaders(200, -1);
      exchange.close();
    });
    server.start();
    try {
      String base = "http://127.0.0.1:" + server.getAddress().getPort();
      assertThat(ClusterChecks.registry(new RegistryOptions(), URI.create(base + "/apis/registry/v3/")).level()).isEqualTo(Level.OK);
      Finding wrongPath = ClusterChecks.registry(new RegistryOptions(), URI.create(base + "/api"));
      assertThat(wrongPath.level()).isEqualTo(Level.FAILED);
      assertThat(wrongPath.detail()).contains("404");
      assertThat(wrongPath.remedy()).contains("/apis/registry/v3");
    } finally {
      server.stop(0);
    }
    assertThat(ClusterChecks.registry(new RegistryOptions(), URI.create("localhost:8080")).detail()).contains("no http or https URL");
  }

  @Test
  void shouldWeighWhatAGpuLacksByWhetherItIsWanted() {
    String gpu = "0, NVIDIA H100, 81559 MiB, 550.54";
    List<Finding> wanted = GpuChecks.judge(DevicePolicy.AUTO, true, "NVRM version 550.54", List.of(gpu), LIBRARIES);
    assertThat(wanted).extracting(Finding::level).containsExactly(Level.OK, Level.OK, Level.OK, Level.WARNING, Level.WARNING);
    assertThat(wanted).extracting(Finding::detail).contains(gpu);
    assertThat(wanted.getLast().remedy()).isEqualTo("Install cuDNN 9 for CUDA 12");
    assertThat(wanted.get(3).remedy()).contains("LD_LIBRARY_PATH");

    assertThat(GpuChecks.judge(DevicePolicy.CUDA, false, null, null, LIBRARIES)).extracting(Finding::level)
        .containsExactly(Level.FAILED, Level.FAILED, Level.OK, Level.FAILED, Level.FAILED);
    assertThat(GpuChecks.judge(DevicePolicy.CUDA, false, null, null, LIBRARIES)).filteredOn(f -> f.level() == Level.FAILED)
        .allSatisfy(f -> assertThat(f.remedy()).isNotNull());
    assertThat(GpuChecks.judge(DevicePolicy.AUTO, false, null, null, LIBRARIES)).as("a machine without a GPU is healthy")
        .allSatisfy(f -> assertThat(f.level()).isEqualTo(Level.OK)).hasSize(4);
    assertThat(GpuChecks.judge(DevicePolicy.CPU, true, "v", List.of(gpu), LIBRARIES)).as("nobody wants the GPU")
        .allSatisfy(f -> assertThat(f.level()).isEqualTo(Level.OK));
  }

  @Test
  void shouldSumUpWhatItFound() {
    Diagnosis fair = new Diagnosis(List.of(Finding.ok("Machine", "Java", "25"), Finding.warning("Machine", "cores", "1", "More")));
    assertThat(fair.healthy()).isTrue();
    assertThat(fair.text()).contains("Machine\n", "  ok       Java ", "  warning  cores ", "-> More").endsWith("Nothing failed, 1 warning.\n");
    assertThat(MachineChecks.cores(1).level()).isEqualTo(Level.WARNING);
    assertThat(MachineChecks.cores(2).level()).isEqualTo(Level.OK);
    assertThat(Amount.text(98_304)).isEqualTo("96.0 KiB");
    assertThat(Amount.text(4L << 30)).isEqualTo("4.0 GiB");
  }

  @Test
  void shouldSayWhichBucketsAnswer() throws Exception {
    HttpServer store = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    store.createContext("/", exchange -> {
      String code = exchange.getRequestURI().getPath().startsWith("/plates/") ? "NoSuchKey" : "NoSuchBucket";
      byte[] error = "<Error><Code>%s</Code><Message>none</Message></Error>".formatted(code).getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(404, error.length);
      exchange.getResponseBody().write(error);
      exchange.close();
    });
    store.start();
    try {
      String endpoint = "http://127.0.0.1:" + store.getAddress().getPort();
      assertThat(run("doctor", "--device", "cpu", "--s3-anonymous", "--s3-path-style", "--s3-endpoint", endpoint, "--reference-s3", "s3://plates/in")).isZero();
      assertThat(out.toString()).containsPattern("credentials +none, requests are not signed").containsPattern("object store +s3://plates/in/ answers");
      assertThat(run("doctor", "--device", "cpu", "--s3-anonymous", "--s3-path-style", "--s3-endpoint", endpoint, "--reference-s3", "s3://plates2")).isEqualTo(1);
      assertThat(out.toString()).contains("s3://plates2/: there is no such bucket");
    } finally {
      store.stop(0);
    }
  }
}
