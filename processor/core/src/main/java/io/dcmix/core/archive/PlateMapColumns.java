package io.dcmix.core.archive;

import io.dcmix.schema.event.WellRole;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which columns of a plate map hold what. Null stands for finding the column by its usual names.
 *
 * @param well column with the address ({@code A01}); not needed where row and column stand apart
 * @param row column with row letters or 1-based numbers
 * @param column column with 1-based column numbers
 * @param role column with what the well is for
 * @param treatment column with compound, siRNA or other perturbation
 * @param concentration column with the concentration, with or without unit
 * @param unit column with the unit
 * @param fixedUnit unit of all concentrations that name none
 * @param roles spellings of roles beside the usual ones, by the text in the role column
 */
public record PlateMapColumns(
    @Nullable String well,
    @Nullable String row,
    @Nullable String column,
    @Nullable String role,
    @Nullable String treatment,
    @Nullable String concentration,
    @Nullable String unit,
    @Nullable String fixedUnit,
    Map<String, WellRole> roles) {

  /** Everything found by its usual names. */
  public static final PlateMapColumns AUTOMATIC = new PlateMapColumns(null, null, null, null, null, null, null, null, Map.of());

  /** Usual names without case, punctuation and the prefix {@code Metadata_}, the more telling ones first. */
  static final List<String> WELL = List.of("well", "wellposition", "cpdwellposition", "wellid", "wellname", "wellno");

  static final List<String> ROW = List.of("row", "wellrow", "rowname");
  static final List<String> COLUMN = List.of("column", "col", "wellcolumn", "wellcol");

  /** {@code control_type} says more than {@code pert_type} where both are there, but is blank for treatments. */
  static final List<String> ROLE = List.of("role", "wellrole", "controltype", "welltype", "perttype", "sbscontrols");

  static final List<String> TREATMENT = List.of(
      "treatment", "compound", "compoundname", "compoundid", "broadsample", "sirna", "perturbation", "pertiname", "gene");
  static final List<String> CONCENTRATION = List.of("concentration", "conc", "dose", "sbsdoses");
  static final List<String> UNIT = List.of("unit", "units", "concentrationunit", "concunit", "doseunit");

  public PlateMapColumns {
    roles = Map.copyOf(roles);
  }
}
