package io.dcmix.core.screening;

import io.dcmix.schema.PlateKey;
import io.dcmix.schema.WellAddress;
import io.dcmix.schema.event.Acquisition;
import io.dcmix.schema.event.AcquisitionStatus;
import io.dcmix.schema.event.LayoutWell;
import io.dcmix.schema.event.Orientation;
import io.dcmix.schema.event.PlateLayout;
import io.dcmix.schema.event.WellRole;
import io.dcmix.schema.state.PlateRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A plate of 96 wells in the making: 8 rows, 12 columns. */
final class TestPlate {
  private final Map<String, PlateRow> rows = new TreeMap<>();
  private final Map<String, LayoutWell> layout = new TreeMap<>();
  private @Nullable Acquisition acquisition;
  private Orientation orientation = Orientation.NORMAL;
  boolean mapped = true;
  boolean open = true;

  TestPlate result(String well, double logit) {
    return result(well, 0, logit, row -> {});
  }

  TestPlate result(String well, int timepoint, double logit, Consumer<PlateRow> change) {
    PlateRow row = PlateRow.newBuilder().setPlate("P").setAcquisition("1").setWell(well).setTimepoint(timepoint).setRevision(1)
        .setHitLogit(logit).setHitProbability(1 / (1 + Math.exp(-logit))).setChannels(List.of("DNA", "GFP")).setModelName("m").setModelVersion("1").build();
    change.accept(row);
    rows.put(well + "/" + timepoint, row);
    return this;
  }

  TestPlate failed(String well) {
    return result(well, 0, 0, row -> row.setFailed(true));
  }

  TestPlate map(WellRole role, String well) {
    return map(role, well, null);
  }

  TestPlate map(WellRole role, String well, @Nullable String treatment) {
    layout.put(well, new LayoutWell(well, role, treatment, treatment == null ? null : 10.0, treatment == null ? null : "uM"));
    return this;
  }

  TestPlate negatives(double... logits) {
    return column(WellRole.NEGATIVE_CONTROL, 1, logits);
  }

  TestPlate positives(double... logits) {
    return column(WellRole.POSITIVE_CONTROL, 12, logits);
  }

  /** Wells of a role down a column, 1-based. */
  TestPlate column(WellRole role, int column, double... logits) {
    for (int i = 0; i < logits.length; i++) {
      String well = new WellAddress(i, column - 1).toString();
      map(role, well).result(well, logits[i]);
    }
    return this;
  }

  TestPlate announce(AcquisitionStatus status, int timepoints, List<String> wells) {
    acquisition = Acquisition.newBuilder().setPlate("P").setAcquisition("1").setStatus(status).setRows(8).setColumns(12).setWells(wells)
        .setSites(List.of(1)).setChannels(List.of("DNA", "GFP")).setTimepoints(timepoints).build();
    return this;
  }

  /** Announces just the wells that are there. */
  TestPlate announceAll() {
    return announce(AcquisitionStatus.STARTED, 1, rows.values().stream().map(PlateRow::getWell).distinct().toList());
  }

  TestPlate turned() {
    orientation = Orientation.ROTATED_180;
    return this;
  }

  PlateView view() {
    PlateLayout plateLayout = mapped ? new PlateLayout("P", 8, 12, orientation, new ArrayList<>(layout.values()), "test") : null;
    return new PlateView(new PlateKey("P", "1"), new ArrayList<>(rows.values()), plateLayout, acquisition, open);
  }

  PlateEvaluation evaluate(HitRules rules) {
    return PlateEvaluator.evaluate(view(), 0, rules);
  }
}
