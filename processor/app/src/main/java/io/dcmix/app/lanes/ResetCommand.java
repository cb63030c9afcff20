package io.dcmix.app.lanes;

import io.dcmix.app.Version;
import io.dcmix.app.cluster.Cluster;
import io.dcmix.app.cluster.ClusterOptions;
import io.dcmix.core.cli.CliException;
import io.dcmix.streams.LaneReset;
import io.dcmix.streams.LaneReset.Outlook;
import io.dcmix.streams.Topics;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dcmix lane reset}: a lane reads its images from the beginning. */
@Command(
    name = "reset",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Delete what a lane remembers: the offsets of its group and its internal topics. The next processor scores every image anew that is",
      "still kept. Needs all its processors to be stopped. What it said stays where it is; docs/lanes.md says what becomes of that."
    },
    footer = {
      "",
      "Examples:",
      "  dcmix lane reset --lane screening --bootstrap-servers kafka:9092 --dry-run",
      "  dcmix lane reset --lane screening --bootstrap-servers kafka:9092 --state-dir /var/lib/dcmix"
    })
final class ResetCommand implements Callable<Integer> {
  @Mixin private ClusterOptions options = new ClusterOptions();
  @Mixin private LaneOption lane = new LaneOption();
  @Mixin private Consent consent = new Consent();

  @Option(names = "--state-dir", paramLabel = "DIR", description = "The processor's --state-dir on this machine: the lane's folder in it is deleted, too.")
  private @Nullable Path stateDir;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws InterruptedException {
    Topics topics = lane.topics();
    Cluster cluster = options.cluster();
    Path state = stateDir == null ? null : stateFolder(stateDir, topics);
    Outlook outlook = Administration.run(cluster, admin -> LaneReset.look(admin, topics));
    PrintWriter out = spec.commandLine().getOut();
    out.print(text(outlook, state));
    out.flush();
    if (outlook.isActive()) {
      throw new CliException("Group %s is %s: stop every processor of lane %s first. One that was killed counts until its session ends (45 s)"
          .formatted(topics.applicationId(), outlook.group(), topics.lane()));
    }
    if (consent.isDryRun() || (outlook.isEmpty() && state == null)) {
      return 0;
    }
    consent.require(topics.lane(), out);
    Administration.run(cluster, admin -> {
      LaneReset.run(admin, outlook);
      return true;
    });
    if (state != null) {
      delete(state);
    }
    out.println("Lane %s begins anew with the next '%s'.".formatted(topics.lane(), topics.borrowsImages()
        ? "dcmix rescore --lane %s --into %s".formatted(topics.source(), topics.lane()) : "dcmix run --lane " + topics.lane()));
    out.flush();
    return 0;
  }

  private static String text(Outlook outlook, @Nullable Path state) {
    Topics lane = outlook.lane();
    StringBuilder text = new StringBuilder("Lane %s%n".formatted(lane.lane()));
    text.append(outlook.group() == null ? "  no group %s: nothing was processed, or its offsets are gone%n".formatted(lane.applicationId())
        : "  delete  offsets of group %s, which is %s%n".formatted(lane.applicationId(), outlook.group()));
    text.append("  delete  %d internal topics%n".formatted(outlook.internal().size()));
    outlook.internal().forEach(topic -> text.append("            ").append(topic).append('\n'));
    outlook.strange().forEach(topic -> text.append("  keep    %s: no topic of this version; delete it if no other lane's is called so%n".formatted(topic)));
    text.append(state != null ? "  delete  folder %s%n".formatted(state)
        : "  keep    local state: delete the folder %s in the --state-dir of every instance, or wells that are forgotten here come back%n".formatted(lane.applicationId()));
    text.append("  keep    inputs and results%n".formatted());
    text.append(outlook.oldest() == null ? "Afterwards there is no image to read; a lane of borrowed ones wants --images-of.%n".formatted()
        : "Afterwards about %,d images are read anew, the oldest of %s.%n".formatted(outlook.keptImages(), outlook.oldest()));
    if (outlook.hasLostImages()) {
      text.append("  Retention has taken earlier ones. Their results stay; a well that has lost some of its images comes out INCOMPLETE, in the place of what was said of it.%n".formatted());
    }
    return text.append("  Revisions count from 1 again. Readers that prefer higher revisions, as the page does, need 'dcmix lane forget --all --results-only' before the restart.%n".formatted()).toString();
  }

  private static Path stateFolder(Path stateDir, Topics lane) {
    Path folder = stateDir.resolve(lane.applicationId());
    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      throw new CliException("--state-dir: there is no folder %s; lane %s has no state on this machine, or elsewhere".formatted(folder, lane.lane()));
    }
    return folder;
  }

  private static void delete(Path folder) {
    try {
      Files.walkFileTree(folder, new SimpleFileVisitor<>() {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
          Files.delete(file);
          return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path dir, @Nullable IOException failure) throws IOException {
          if (failure != null) {
            throw failure;
          }
          Files.delete(dir);
          return FileVisitResult.CONTINUE;
        }
      });
    } catch (IOException e) {
      throw new CliException("The lane is reset, but %s is not deleted (%s): delete it before a processor starts".formatted(folder, e.getMessage()), e);
    }
  }
}
