package io.dcmix.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.dcmix.app.Dcmix;
import io.dcmix.schema.AvroCodec;
import io.dcmix.schema.event.LayoutWell;
import io.dcmix.schema.event.PlateLayout;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code dcmix plate-map} with a real broker. */
@Timeout(120)
class PlateMapIT {
  private static final String TOPIC = "shared.plate-layouts";

  @TempDir Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void shouldPublishReplaceAndRemoveLayoutsOnATopicThatKeepsThem() throws Exception {
    String map = Files.writeString(folder.resolve("map.csv"), "plate,well,role,compound,conc_uM\nP/1,A01,neg,DMSO,\nP/1,A02,trt,X,2.5\nP2,A01,pos,Y,1\n").toString();
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("kafka"), 0, Map.of())) {
      String address = broker.bootstrapServers();
      assertThat(run("import", map, "--bootstrap-servers", address)).isEqualTo(1);
      assertThat(err.toString()).contains(TOPIC + " does not exist: create it with --create-topic");

      assertThat(run("import", map, "--bootstrap-servers", address, "--create-topic", "--replication", "1")).as(err.toString()).isZero();
      assertThat(out.toString()).contains("Published on " + TOPIC + ": 2 layouts.");
      assertThat(run("import", map, "--bootstrap-servers", address)).isZero();
      assertThat(run("remove", "P2", "--bootstrap-servers", address)).isZero();

      List<ConsumerRecord<byte[], byte[]>> records = records(address);
      assertThat(records).extracting(r -> new String(r.key(), StandardCharsets.UTF_8)).containsExactly("P%2F1", "P2", "P%2F1", "P2", "P2");
      assertThat(records.get(2).value()).as("the same again").isEqualTo(records.get(0).value());
      assertThat(records.get(4).value()).isNull();
      PlateLayout layout = AvroCodec.of(PlateLayout.class).decode(records.get(0).value());
      assertThat(layout.getPlate()).isEqualTo("P/1");
      assertThat(layout.getWells()).extracting(LayoutWell::getWell).containsExactly("A01", "A02");
      assertThat(layout.getWells().get(1).getConcentrationUnit()).isEqualTo("uM");

      try (Admin admin = Admin.create(Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, address))) {
        admin.deleteTopics(List.of(TOPIC)).all().get();
        admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1).configs(Map.of("cleanup.policy", "delete")))).all().get();
      }
      assertThat(run("import", map, "--bootstrap-servers", address)).isEqualTo(1);
      assertThat(err.toString()).contains("cleanup.policy=delete, so the broker would forget layouts: set it to compact");
    }
  }

  private int run(String... options) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    List<String> args = new ArrayList<>(List.of("plate-map"));
    args.addAll(List.of(options));
    return Dcmix.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err)).execute(args.toArray(String[]::new));
  }

  private static List<ConsumerRecord<byte[], byte[]>> records(String address) {
    Map<String, Object> config = Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, address);
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      TopicPartition partition = new TopicPartition(TOPIC, 0);
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).get(partition);
      while (consumer.position(partition) < end) {
        consumer.poll(Duration.ofSeconds(1)).forEach(records::add);
      }
    }
    return records;
  }
}
