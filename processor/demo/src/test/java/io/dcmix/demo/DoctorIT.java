package io.dcmix.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.dcmix.app.Dcmix;
import io.dcmix.streams.LaneTopics;
import io.dcmix.streams.Topics;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code dcmix doctor} with a real broker and a real model. */
@Timeout(120)
class DoctorIT {
  @TempDir Path folder;

  @Test
  void shouldTellWhatALaneLacksAndHowFastTheModelIsHere() throws Exception {
    Path model = folder.resolve("model.onnx");
    try (InputStream in = DemoCommand.class.getResourceAsStream("/models/demo-dcmix.onnx")) {
      Files.write(model, in.readAllBytes());
    }
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("kafka"), 0, Map.of())) {
      String address = broker.bootstrapServers();
      StringWriter lacking = new StringWriter();
      assertThat(doctor(lacking, "--device", "cpu", "--bootstrap-servers", address, "--lane", "sick")).isEqualTo(1);
      assertThat(lacking.toString())
          .containsPattern("ok +Kafka +1 broker at " + address)
          .containsPattern("failed +lane sick +.*sick\\.image-events does not exist")
          .contains("--create-topics", "1 failed, no warnings.");

      try (Admin admin = Admin.create(Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, address))) {
        LaneTopics.create(admin, new Topics("well"), new LaneTopics.Plan(3, (short) 1, Duration.ofDays(1)));
      }
      StringWriter healthy = new StringWriter();
      assertThat(doctor(healthy, "--device", "cpu", "--bootstrap-servers", address, "--lane", "well", "--model", model.toString())).isZero();
      assertThat(healthy.toString())
          .containsPattern("ok +lane well .*well\\.image-events has 3 partitions")
          .containsPattern("ok +contract +demo 1: 128 × 128 uint8, channels DNA ER RNA AGP Mito Actin, classes ")
          .containsPattern("ok +reproducible ")
          .containsPattern("ok +memory +96\\.0 KiB of pixels a site, 1 site a run")
          .containsPattern("ok +speed on cpu +[1-9]\\d* sites/s, [1-9]\\d* with importance")
          .contains("Nothing failed, no warnings.");
    }
  }

  private static int doctor(StringWriter out, String... options) {
    String[] args = new String[options.length + 1];
    args[0] = "doctor";
    System.arraycopy(options, 0, args, 1, options.length);
    return Dcmix.commandLine().setOut(new PrintWriter(out)).execute(args);
  }
}
