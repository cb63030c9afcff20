package io.dcmix.app.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.dcmix.app.Dcmix;
import io.dcmix.schema.event.ModelControl;
import io.dcmix.schema.event.ModelEvent;
import io.dcmix.streams.control.ModelOrders;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** {@code dcmix model} without a broker: what is said of wrong input, and what a status means. */
class ModelCommandTest {
  @TempDir Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... args) {
    return Dcmix.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err))
        .setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF)).execute(args);
  }

  @Test
  void shouldAskWhichOne() {
    assertThat(run("model")).isEqualTo(2);
    assertThat(err.toString()).contains("model list, activate or status");
  }

  @Test
  void shouldListWhatIsNoModelAndEndWithOne() throws Exception {
    Files.writeString(folder.resolve("notes.onnx"), "no protobuf");
    assertThat(run("model", "list", folder.toString())).isEqualTo(1);
    assertThat(out.toString()).contains("holds no model");
    assertThat(err.toString()).contains("notes.onnx is no ONNX file");
  }

  @Test
  void shouldNotActivateWhatIsNotThere() {
    assertThat(run("model", "activate", "2", "--models", folder.toString(), "--bootstrap-servers", "127.0.0.1:1")).isEqualTo(1);
    assertThat(err.toString().strip()).isEqualTo("dcmix: " + folder + " has no version 2; it holds no model. Nothing was activated");
  }

  private static ModelControl record(ModelEvent event, String sha256) {
    return ModelControl.newBuilder().setLane("screening").setEvent(event).setModelName("m").setModelVersion("1").setModelSha256(sha256)
        .setAt(Instant.EPOCH).build();
  }

  @Test
  void whatShallServeCountsAsRefusedUntilAnInstancePutsItToWork() {
    ModelOrders orders = ModelOrders.NONE.with(record(ModelEvent.CONFIRMED, "a")).with(record(ModelEvent.ACTIVATED, "b"));
    assertThat(StatusCommand.isRefused(orders)).isFalse();
    orders = orders.with(record(ModelEvent.REFUSED, "b"));
    assertThat(StatusCommand.isRefused(orders)).isTrue();
    assertThat(StatusCommand.isRefused(orders.with(record(ModelEvent.CONFIRMED, "b")))).isFalse();
    assertThat(StatusCommand.isRefused(orders.with(record(ModelEvent.ACTIVATED, "a")))).as("back to what serves").isFalse();
    ModelControl later = record(ModelEvent.REFUSED, "b");
    later.setAt(Instant.EPOCH.plusSeconds(1));
    assertThat(StatusCommand.isRefused(orders.with(record(ModelEvent.CONFIRMED, "b")).with(later))).as("by another instance, after the first").isTrue();
    assertThat(StatusCommand.isRefused(ModelOrders.NONE)).isFalse();
  }
}
