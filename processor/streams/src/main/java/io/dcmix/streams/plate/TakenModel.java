package io.dcmix.streams.plate;

import io.dcmix.core.model.ModelCard;
import io.dcmix.schema.state.ImportancePartial;
import io.dcmix.streams.state.TableRows;
import org.jspecify.annotations.Nullable;

/**
 * The version of the model whose wells a stage last took its importance over, in this life or an earlier one. It stands among the
 * stage's partials, as one without wells, under a key that is no plate's and no scope's.
 */
final class TakenModel {
  private static final String KEY = "|";

  private final TableRows<ImportancePartial> partials;
  private @Nullable ModelCard taken;

  TakenModel(TableRows<ImportancePartial> partials) {
    this.partials = partials;
  }

  /** Takes this version. Returns whether another one was taken before, or none that is known. */
  boolean changesTo(ModelCard now) {
    if (now.equals(taken)) {
      return false;
    }
    taken = now;
    ImportancePartial before = partials.get(KEY);
    if (before != null && ImportanceSum.counts(now, before.getModelName(), before.getModelVersion())) {
      return false;
    }
    partials.put(KEY, new ImportanceSum(now).partial("", "", 0));
    return true;
  }
}
