package io.dcmix.app.archive;

import io.dcmix.app.Version;
import io.dcmix.core.archive.layout.FoundArchive;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dcmix archive inspect}: says what lies in a folder, and what is wrong with it. */
@Command(
    name = "inspect",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = "Say which plates lie in a folder, how they are read, and what a careful person should know before they are published.",
    footer = {
      "",
      "Examples:",
      "  dcmix archive inspect /data/plate7",
      "  dcmix archive inspect /data/plate7 --check",
      "  dcmix archive inspect /data/plate7 --zone Europe/Berlin --channel w1=DNA --json",
      "",
      "Exit codes: 0 fine; 1 cannot be read; 2 wrong usage; 3 can be read, but planes are absent that should be there,",
      "or cannot be read, or differ in size or pixel type from the others of their channel. Planes that were never to be",
      "acquired count as fine. Without --check the header of one plane a channel is read."
    })
final class InspectCommand implements Callable<Integer> {
  private static final int INCOMPLETE = 3;

  @Parameters(paramLabel = "DIR", description = "The folder of the plates.")
  private Path folder = Path.of("");

  @Mixin private ArchiveOptionsMixin archive = new ArchiveOptionsMixin();

  @Option(names = "--check",
      description = "Read the headers of all planes: finds truncated and empty files, other kinds of images, and other sizes.")
  private boolean check;

  @Option(names = "--json", description = "Print it as JSON.")
  private boolean json;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws IOException {
    FoundArchive found = archive.open(folder);
    Inspection inspection = Inspection.of(found, check);
    PrintWriter out = spec.commandLine().getOut();
    out.println(json ? InspectionJson.of(inspection) : InspectionText.of(inspection).stripTrailing());
    out.flush();
    return inspection.complete() ? 0 : INCOMPLETE;
  }
}
