package io.dcmix.app.platemap;

import io.dcmix.app.Version;
import io.dcmix.core.archive.PlateMapPlan;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code dcmix plate-map show}: draws plate maps. */
@Command(
    name = "show",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = "Draw plate maps as the microscope sees the plates, so that a turned plate or a wrong column is seen.",
    footer = {
      "",
      "Examples:",
      "  dcmix plate-map show map.csv",
      "  dcmix plate-map show map.csv --plate P7 --orientation rotated-180",
      "",
      "Ends with 1 if anything is wrong with the files."
    })
final class ShowCommand implements Callable<Integer> {
  private static final int DRAWN = 10;

  @Mixin private MapOptions maps = new MapOptions();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws IOException {
    PlateMapPlan plan = maps.readToShow();
    PrintWriter out = spec.commandLine().getOut();
    Messages.print(plan, spec.commandLine().getErr());
    plan.plates().entrySet().stream().limit(DRAWN).forEach(entry -> {
      out.println(entry.getKey());
      out.println(PlateMapText.drawing(entry.getValue()));
    });
    if (plan.plates().size() > DRAWN) {
      out.println("and %d plates more; choose one with --plate".formatted(plan.plates().size() - DRAWN));
    }
    if (plan.plates().isEmpty()) {
      return 1;
    }
    out.println("N negative control   P positive control   S sample   E empty   ? unknown   . not on the map");
    out.println();
    out.print(PlateMapText.table(plan.plates()));
    out.flush();
    return plan.problems().isEmpty() ? 0 : 1;
  }
}
