package io.dcmix.app.publish;

import io.dcmix.app.archive.ArchiveOptionsMixin;
import io.dcmix.app.cluster.Cluster;
import io.dcmix.app.cluster.ClusterOptions;
import io.dcmix.app.run.Durations;
import io.dcmix.app.run.Options;
import io.dcmix.app.run.Sizes;
import io.dcmix.app.trace.TraceOptions;
import io.dcmix.core.archive.BarcodeAliases;
import io.dcmix.core.cli.CliException;
import io.dcmix.core.source.PayloadReference;
import io.dcmix.core.source.RefusedReferenceException;
import io.dcmix.s3.S3Location;
import io.dcmix.streams.LaneTopics;
import io.dcmix.streams.Topics;
import io.dcmix.streams.publish.ArchivePublisher;
import io.dcmix.streams.publish.PublishTracer;
import io.dcmix.streams.publish.Referral;
import io.dcmix.streams.trace.SpanMeter;
import io.dcmix.streams.trace.TraceConfig;
import io.dcmix.streams.trace.Tracing;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What is published, where, and how; a mixin of the commands that publish. */
final class PublishOptions {
  private static final Duration LONGEST = Duration.ofMinutes(15);

  @Parameters(arity = "1..*", paramLabel = "DIR", description = "Folders of plates; published in this order.")
  private List<Path> folders = List.of();

  @Mixin private ClusterOptions cluster = new ClusterOptions();

  @Mixin private ArchiveOptionsMixin archive = new ArchiveOptionsMixin();

  @Option(names = "--plate-map", paramLabel = "FILE", description = "What is in the wells: CSV or TSV. Default: what the archive says.")
  private @Nullable Path plateMap;

  @Option(names = "--barcode-aliases", paramLabel = "FILE",
      description = "Table of alias and barcode: a plate goes by the barcode if its name is an alias. Default: none.")
  private @Nullable Path barcodeAliases;

  @Option(names = "--create-topics", description = "Create the lane's topics that do not exist.")
  private boolean createTopics;

  @Option(names = "--partitions", defaultValue = "8", description = "Partitions of created topics; fixed for the life of the lane. Default: ${DEFAULT-VALUE}.")
  private int partitions = 8;

  @Option(names = "--replication", defaultValue = "3", description = "Replication of created topics. Default: ${DEFAULT-VALUE}.")
  private short replication = 3;

  @Option(names = "--reference-root", paramLabel = "DIR",
      description = "Large images below this folder go by reference; processors need it, too (their --reference-root). See docs/references.md. Default: all inline.")
  private @Nullable Path referenceRoot;

  @Option(names = "--reference-base", paramLabel = "URI", 
      description = "What that folder is called where the processors run: file:///mnt/plates/, or s3://bucket/plates/ for a copy in an object store. Default: the same path.")
  private @Nullable URI referenceBase;

  @Option(names = "--reference-above", defaultValue = "4MiB", paramLabel = "SIZE", converter = Sizes.class,
      description = "Images of more bytes go by reference, where there is a --reference-root. Default: ${DEFAULT-VALUE}.")
  private long referenceAbove = Referral.ABOVE;

  @Option(names = "--transaction-timeout", defaultValue = "60s", paramLabel = "TIME", converter = Durations.class,
      description = "How long a well may take to be read and sent, at most 15m; readers wait so long for a publisher that was killed. Default: ${DEFAULT-VALUE}.")
  private Duration transactionTimeout = ArchivePublisher.TRANSACTION_TIMEOUT;

  @Mixin private TraceOptions traces = new TraceOptions();

  Cluster cluster() {
    return cluster.cluster();
  }

  /** Folders that are followed while a microscope fills them; one that is not there may be a share that is away. */
  List<WatchedFolder> watched(WatchOptions watch) {
    BarcodeAliases aliases = aliases();
    return folders.stream().map(folder -> new WatchedFolder(folder, archive, plateMap, aliases, watch)).toList();
  }

  private BarcodeAliases aliases() {
    try {
      return barcodeAliases == null ? BarcodeAliases.NONE : BarcodeAliases.read(barcodeAliases);
    } catch (IOException e) {
      throw new CliException(String.valueOf(e.getMessage()), e);
    }
  }

  /** Opens the folders; says on stderr what a person should know of them. */
  List<PlateSource> plates() {
    return PlateSource.open(folders, archive, plateMap, aliases(), warning -> System.err.println("Note: " + warning));
  }

  /** Waits for a broker, and creates or checks the topics. */
  void prepare(Topics topics) throws InterruptedException {
    var _ = traces.config(); // what is wrong with it is said before anybody is asked
    cluster().awaitAnswer();
    try (Admin admin = cluster().admin()) {
      if (createTopics) {
        LaneTopics.create(admin, topics, new LaneTopics.Plan(partitions, replication, Duration.ofDays(7)));
      }
      LaneTopics.checkProgress(admin, topics);
    } catch (ExecutionException e) {
      throw new CliException("Cannot %s the topics of lane %s: %s".formatted(createTopics ? "create" : "look at", topics.lane(), e.getMessage()), e);
    } catch (LaneTopics.UnusableTopicsException e) {
      throw new CliException(String.join("; ", e.problems()), e);
    }
  }

  ArchivePublisher publisher(Topics topics) {
    if (transactionTimeout.isZero() || transactionTimeout.compareTo(LONGEST) > 0) {
      throw new CliException("--transaction-timeout must be between 1ms and 15m, which is the most that brokers allow");
    }
    return new ArchivePublisher(topics, cluster().client(), InstantSource.system(), referral(), transactionTimeout, tracer(topics));
  }

  private @Nullable PublishTracer tracer(Topics topics) {
    TraceConfig config = traces.config();
    return config == null ? null : Tracing.start(config, Tracing.PUBLISHER, topics, SpanMeter.NONE).publishing();
  }

  private @Nullable Referral referral() {
    if (referenceRoot == null) {
      if (referenceBase != null) {
        throw new CliException("--reference-base is another name of a folder: name that with --reference-root");
      }
      return null;
    }
    try {
      if (referenceBase != null && PayloadReference.S3.equalsIgnoreCase(referenceBase.getScheme())) {
        S3Location.folder(referenceBase.toString());
      }
      Path root = Options.folders("--reference-root", List.of(referenceRoot)).getFirst().toRealPath();
      return referenceBase == null ? Referral.to(root, referenceAbove) : new Referral(root, referenceBase, referenceAbove);
    } catch (IllegalArgumentException | RefusedReferenceException e) {
      throw new CliException("--reference-base: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new CliException("--reference-root: " + referenceRoot + " cannot be read: " + e.getMessage(), e);
    }
  }
}
