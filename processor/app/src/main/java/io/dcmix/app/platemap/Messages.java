package io.dcmix.app.platemap;

import io.dcmix.core.archive.PlateMapPlan;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** What is wrong with plate maps, on stderr. */
final class Messages {
  private Messages() {}

  static void print(PlateMapPlan plan, PrintWriter err) {
    if (!plan.problems().isEmpty()) {
      err.println(plan.problems().size() == 1 ? "1 problem:" : plan.problems().size() + " problems:");
      err.print(PlateMapText.some(plan.problems()));
    }
    List<String> warnings = new ArrayList<>(plan.warnings());
    warnings.addAll(PlateMapText.warnings(plan.plates()));
    if (!warnings.isEmpty()) {
      err.println(warnings.size() == 1 ? "Warning:" : "Warnings:");
      err.print(PlateMapText.some(warnings));
    }
    err.flush();
  }
}
