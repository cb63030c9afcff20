package io.dcmix.app.model;

import io.dcmix.app.Version;
import io.dcmix.core.cli.CliException;
import io.dcmix.core.model.ModelCard;
import io.dcmix.core.model.ModelRepository;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dcmix model list}: the versions in a folder. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = "List the models of a folder, by what the files say of themselves; dcmix inspect --model checks one in full.",
    footer = {"", "Example:", "  dcmix model list /models/screening", "", "Ends with 1 if a file is no model, or two files claim to be the same version."})
final class ListCommand implements Callable<Integer> {
  @Parameters(paramLabel = "DIR", description = "The folder; files in it and in folders right below it count.")
  private Path folder = Path.of("");

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    ModelRepository models;
    try {
      models = ModelRepository.look(folder);
    } catch (IOException e) {
      throw new CliException(String.valueOf(e.getMessage()), e);
    }
    PrintWriter out = spec.commandLine().getOut();
    for (ModelRepository.Version version : models.versions()) {
      ModelCard card = version.card();
      out.printf(Locale.ROOT, "%s  %d x %d %s  %s%n    %s%n    sha256 %s%n", version.id(), card.width(), card.height(),
          card.pixelType().name().toLowerCase(Locale.ROOT), String.join(", ", card.channels()), version.file(), card.sha256());
    }
    if (models.versions().isEmpty()) {
      out.printf("%s holds no model%n", folder);
    }
    out.flush();
    models.problems().forEach(spec.commandLine().getErr()::println);
    spec.commandLine().getErr().flush();
    return models.problems().isEmpty() ? 0 : 1;
  }
}
