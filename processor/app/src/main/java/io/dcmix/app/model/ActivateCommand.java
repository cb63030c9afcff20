package io.dcmix.app.model;

import io.dcmix.app.Version;
import io.dcmix.app.cluster.Cluster;
import io.dcmix.app.run.Durations;
import io.dcmix.core.cli.CliException;
import io.dcmix.core.model.DcmixModel;
import io.dcmix.core.model.DevicePolicy;
import io.dcmix.core.model.ModelCard;
import io.dcmix.core.model.ModelContractException;
import io.dcmix.core.model.ModelRepository;
import io.dcmix.core.model.ModelRepository.UnknownVersionException;
import io.dcmix.schema.event.ModelControl;
import io.dcmix.schema.event.ModelEvent;
import io.dcmix.streams.Topics;
import io.dcmix.streams.control.ModelControlReader;
import io.dcmix.streams.control.ModelControlWriter;
import io.dcmix.streams.wire.EdgeSerdes;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dcmix model activate}: lets a version of the model take over in a lane. */
@Command(
    name = "activate",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Let a version of the model take over in a lane, while the lane runs. To go back, activate the version before.",
      "Between two plates is best: the scores of two versions are not on one scale, and a plate that has both raises an alert."
    },
    footer = {
      "",
      "Examples:",
      "  dcmix model activate 2 --models /models/screening --lane screening --bootstrap-servers kafka:9092",
      "  dcmix model activate kinase:2024-05 --models /models --bootstrap-servers kafka:9092 --wait 0s",
      "",
      "The file is checked here first. Ends with 1 if it is refused, here or by an instance of the lane; the old version then goes on."
    })
final class ActivateCommand implements Callable<Integer> {
  private static final Duration POLL = Duration.ofMillis(200);

  @Parameters(paramLabel = "VERSION", description = "Its version, or name:version where several models have it.")
  private String version = "";

  @Option(names = "--models", required = true, paramLabel = "DIR",
      description = "The folder of models that the lane's instances were given, or a copy of it: the file's hash is what counts.")
  private Path folder = Path.of("");

  @Option(names = "--wait", defaultValue = "60s", paramLabel = "TIME", converter = Durations.class,
      description = "How long to wait for the answer of an instance. Default: ${DEFAULT-VALUE}.")
  private Duration patience = Duration.ofSeconds(60);

  @Mixin private LaneOptions lane = new LaneOptions();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws InterruptedException {
    ModelRepository models = look();
    ModelCard card = checked(models);
    return lane.read((topics, cluster, serdes, reader) -> {
      refuseIfItDoesNotFit(models, card, reader.orders().confirmed());
      activate(card, topics, cluster, serdes);
      return await(card, topics, reader);
    });
  }

  private ModelRepository look() {
    try {
      return ModelRepository.look(folder);
    } catch (IOException e) {
      throw new CliException("--models: " + e.getMessage(), e);
    }
  }

  /** Loads and tries it on this machine's CPU, as an instance would. */
  private ModelCard checked(ModelRepository models) {
    try (DcmixModel model = DcmixModel.load(models.named(version).file(), DevicePolicy.CPU)) {
      return model.card();
    } catch (UnknownVersionException | ModelContractException | IOException e) {
      throw new CliException(e.getMessage() + ". Nothing was activated", e);
    }
  }

  private static void refuseIfItDoesNotFit(ModelRepository models, ModelCard card, @Nullable ModelControl confirmed) {
    ModelRepository.Version now = confirmed == null ? null : models.withSha256(confirmed.getModelSha256());
    List<String> differences = now == null ? List.of() : now.card().differences(card);
    if (!differences.isEmpty()) {
      throw new CliException("%s %s cannot take the place of %s: %s. Nothing was activated. Such a model needs a lane of its own: docs/models.md".formatted(
          card.name(), card.version(), now == null ? "" : now.id(), String.join("; ", differences)));
    }
  }

  private static void activate(ModelCard card, Topics topics, Cluster cluster, EdgeSerdes serdes) throws InterruptedException {
    String by = System.getProperty("user.name", "?");
    try (ModelControlWriter writer = new ModelControlWriter(topics, cluster.client(), serdes, by, InstantSource.system())) {
      writer.activate(card);
    } catch (IOException e) {
      throw new CliException(e.getMessage() + ". Nothing was activated", e);
    }
  }

  private int await(ModelCard card, Topics topics, ModelControlReader reader) {
    PrintWriter out = spec.commandLine().getOut();
    out.printf("%s %s shall serve lane %s%n", card.name(), card.version(), topics.lane());
    out.flush();
    AtomicReference<ModelControl> answer = new AtomicReference<>();
    boolean[] own = {false};
    long end = System.nanoTime() + patience.toNanos();
    while (answer.get() == null && System.nanoTime() < end) {
      reader.poll(POLL, record -> {
        own[0] |= record.getEvent() == ModelEvent.ACTIVATED;
        boolean answers = record.getEvent() == ModelEvent.CONFIRMED || record.getEvent() == ModelEvent.REFUSED;
        if (own[0] && answers && record.getModelSha256().equals(card.sha256())) {
          answer.compareAndSet(null, record);
        }
      });
    }
    ModelControl said = answer.get();
    if (said == null) {
      out.println(patience.isZero() ? "dcmix model status tells how that went"
          : "No instance has answered within %d s; dcmix model status tells when one does".formatted(patience.toSeconds()));
    } else if (said.getEvent() == ModelEvent.CONFIRMED) {
      out.printf("It serves (%s)%n", said.getBy());
    } else {
      throw new CliException("%s refused it, and the version before goes on: %s".formatted(said.getBy(), said.getReason()));
    }
    out.flush();
    return 0;
  }
}
