package io.dcmix.streams.plate;

import io.dcmix.core.model.ModelCard;
import io.dcmix.core.screening.ChannelDrift;
import io.dcmix.core.screening.PlateView;
import io.dcmix.schema.event.ChannelImportance;
import io.dcmix.schema.event.LayoutWell;
import io.dcmix.schema.event.WellStatus;
import io.dcmix.schema.state.ImportancePartial;
import io.dcmix.schema.state.PlateRow;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Channel importance of one plate, as a function of what is known of the plate. Pure. */
final class PlateImportance {
  private static final Comparator<PlateRow> AS_ACQUIRED =
      Comparator.comparingLong(PlateRow::getAcquiredAt).thenComparing(PlateRow::getWell).thenComparingInt(PlateRow::getTimepoint);

  private final ImportanceConfig config;
  private final ModelCard model;
  private final PlateView view;
  private final List<PlateRow> wells;

  PlateImportance(ImportanceConfig config, ModelCard model, PlateView view) {
    this.config = config;
    this.model = model;
    this.view = view;
    this.wells = view.results().stream().filter(this::counts).toList();
  }

  /** Wells that this model scored and that show cells: the shares of mere background say nothing of the staining. */
  private boolean counts(PlateRow row) {
    return row.getStatus() != WellStatus.NO_CELLS && ImportanceSum.counts(model, row.getModelName(), row.getModelVersion());
  }

  /** The importance over the whole plate, all timepoints together; null without a well that counts. */
  @Nullable ChannelImportance ofPlate() {
    if (wells.isEmpty()) {
      return null;
    }
    List<PlateRow> acquired = new ArrayList<>(wells);
    acquired.sort(AS_ACQUIRED);
    ImportanceSum sum = new ImportanceSum(model);
    wells.forEach(sum::add);
    return sum.importance(new Scope.OfPlate(view.plate()), acquired.getFirst().getAcquiredAt(), acquired.getLast().getAcquiredAt() + 1,
        c -> ChannelDrift.fromStart(shares(acquired, model.channels().get(c)), config.driftWells()));
  }

  private static double[] shares(List<PlateRow> rows, String channel) {
    return rows.stream().filter(row -> row.getChannels().contains(channel))
        .mapToDouble(row -> row.getContribution().get(row.getChannels().indexOf(channel))).toArray();
  }

  /** A pane of a scope. */
  private record Pane(String scopeKey, long start) implements Comparable<Pane> {
    @Override
    public int compareTo(Pane other) {
      int byScope = scopeKey.compareTo(other.scopeKey);
      return byScope != 0 ? byScope : Long.compare(start, other.start);
    }
  }

  /** What the plate adds to each pane of the scopes that span plates. */
  List<ImportancePartial> partials() {
    Map<String, LayoutWell> mapped = view.mapped();
    SortedMap<Pane, ImportanceSum> panes = new TreeMap<>();
    for (PlateRow row : wells) {
      for (Scope scope : Scope.acrossPlates(config.scopes(), row, mapped.get(row.getWell()))) {
        panes.computeIfAbsent(new Pane(scope.key(), config.paneOf(row.getAcquiredAt())), p -> new ImportanceSum(model)).add(row);
      }
    }
    List<ImportancePartial> partials = new ArrayList<>();
    panes.forEach((pane, sum) -> partials.add(sum.partial(pane.scopeKey(), view.plate().toString(), pane.start())));
    return partials;
  }
}
