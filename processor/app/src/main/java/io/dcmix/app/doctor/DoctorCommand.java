package io.dcmix.app.doctor;

import io.dcmix.app.Version;
import io.dcmix.app.cluster.Cluster;
import io.dcmix.app.cluster.OptionalClusterOptions;
import io.dcmix.app.cluster.RegistryOptions;
import io.dcmix.app.run.DeviceOptions;
import io.dcmix.app.run.Options;
import io.dcmix.app.run.S3Options;
import io.dcmix.core.cli.CliCommand;
import io.dcmix.core.model.DevicePolicy;
import io.dcmix.core.model.RuntimeLibrary;
import io.dcmix.core.scoring.ScorerConfig;
import io.dcmix.streams.ScreeningConfig;
import io.dcmix.streams.Topics;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code dcmix doctor}: what works here, and what to do about the rest. */
@Command(
    name = "doctor",
    description = {
      "Say what this machine can do: Java, memory, native libraries, GPU; and, where named, whether the brokers, the registry, the",
      "lane's topics, the object store and the model are as a processor needs them. Changes nothing."
    },
    footer = {
      "",
      "Examples:",
      "  dcmix doctor",
      "  dcmix doctor --model model.onnx --device cuda",
      "  dcmix doctor --bootstrap-servers kafka:9092 --lane screening --json",
      "",
      "Ends with 0 if nothing failed, else with 1. Warnings do not count."
    })
public final class DoctorCommand implements CliCommand {
  @Mixin private OptionalClusterOptions cluster = new OptionalClusterOptions();

  @Option(names = "--lane", description = "Look at the topics of this lane, too.")
  private @Nullable String lane;

  @Mixin private RegistryOptions registry = new RegistryOptions();

  @Mixin private S3Options s3 = new S3Options();

  @Option(names = "--model", paramLabel = "FILE", description = "Load this ONNX model, check it and time it.")
  private @Nullable Path model;

  @Mixin private DeviceOptions device = new DeviceOptions();

  @Option(names = "--json", description = "Write the findings as JSON.")
  private boolean json;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws IOException, InterruptedException {
    DevicePolicy policy = device.policy();
    Optional<Cluster> kafka = cluster.cluster();
    Topics topics = lane == null ? null : Options.lane(lane);
    if (topics != null && kafka.isEmpty()) {
      throw new ParameterException(spec.commandLine(), "--lane needs --bootstrap-servers: its topics lie there");
    }
    List<Finding> findings = new ArrayList<>(MachineChecks.run());
    findings.addAll(GpuChecks.run(policy, offersCuda()));
    if (kafka.isPresent()) {
      findings.addAll(ClusterChecks.brokers(kafka.get(), topics, ScreeningConfig.DEFAULT.lateWindow()));
    }
    if (registry.url().isPresent()) {
      findings.add(ClusterChecks.registry(registry, registry.url().get()));
    }
    findings.addAll(StoreChecks.run(s3));
    if (model != null) {
      findings.addAll(ModelChecks.run(model, policy, device.runtime(ScorerConfig.DEFAULT.slabBytes())));
    }
    Diagnosis diagnosis = new Diagnosis(findings);
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(diagnosis.json());
    } else {
      out.println("DCMIX " + Version.text() + " on " + System.getProperty("os.name") + " " + System.getProperty("os.arch"));
      out.println();
      out.print(diagnosis.text());
    }
    out.flush();
    return diagnosis.healthy() ? 0 : 1;
  }

  private static boolean offersCuda() {
    try {
      return RuntimeLibrary.load().offersCuda();
    } catch (RuntimeException | LinkageError e) {
      return false; // That it does not load is a finding of its own.
    }
  }
}
