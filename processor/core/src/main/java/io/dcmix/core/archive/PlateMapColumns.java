package io.dcmix.core.archive;

import io.dcmix.schema.event.WellRole;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which columns of a plate map hold what. Null stands for finding the column by its usual names.
 *
 * @param plate column with the plate's barcode, in files of several plates
 * @param well column with the address ({@code A01}); not needed where row and column stand apart
 * @param row column with row letters or 1-based numbers
 * @param column column with 1-based column numbers
 * @param role column with what the well is for
 * @param treatment column with compound, siRNA or other perturbation
 * @param concentration column with the concentration, with or without unit
 * @param unit column with the unit
 * @param fixedUnit unit of all concentrations that neither cell nor unit column names
 * @param roles spellings of roles beside the usual ones, by the text in the role column
 * @param controls roles of treatments, by their name; where there are any, every other treatment without a role is a sample
 */
public record PlateMapColumns(
    @Nullable String plate,
    @Nullable String well,
    @Nullable String row,
    @Nullable String column,
    @Nullable String role,
    @Nullable String treatment,
    @Nullable String concentration,
    @Nullable String unit,
    @Nullable String fixedUnit,
    Map<String, WellRole> roles,
    Map<String, WellRole> controls) {

  /** Everything found by its usual names. */
  public static final PlateMapColumns AUTOMATIC =
      new PlateMapColumns(null, null, null, null, null, null, null, null, null, Map.of(), Map.of());

  /** Usual names without case, punctuation and the prefix {@code Metadata_}, the more telling ones first. */
  static final List<String> PLATE = List.of("assayplatebarcode", "platebarcode", "barcode", "plateid", "platename", "assayplate", "plate");

  /** What a plate number counts within. */
  static final List<String> EXPERIMENT = List.of("experiment", "experimentname");

  static final List<String> MAP_NAME = List.of("platemapname");

  static final List<String> WELL =
      List.of("well", "wellposition", "cpdwellposition", "pertwell", "wellid", "wellname", "wellno", "welladdress", "address");

  static final List<String> ROW = List.of("row", "wellrow", "rowname");
  static final List<String> COLUMN = List.of("column", "col", "wellcolumn", "wellcol");

  /** {@code control_type} says more than {@code pert_type} where both are there, but is blank for treatments. */
  static final List<String> ROLE =
      List.of("role", "wellrole", "controltype", "welltype", "perttype", "sampletype", "assaywellrole", "sbscontrols");

  /** Names that people know come before the numbers of a collection. */
  static final List<String> TREATMENT = List.of(
      "treatment", "compoundname", "compound", "pertiname", "sirna", "perturbation", "gene", "broadsample", "compoundid", "jcp2022");

  static final List<String> UNIT = List.of("unit", "units", "concentrationunit", "concunit", "doseunit");

  private static final Set<String> KEYS =
      new TreeSet<>(List.of("plate", "well", "row", "column", "role", "treatment", "concentration", "unit", "concentrationUnit"));

  public PlateMapColumns {
    roles = Map.copyOf(roles);
    controls = Map.copyOf(controls);
  }

  /**
   * Reads what a person wrote.
   *
   * @param columns {@code role=Type,treatment=Compound name}
   * @param roles {@code -1=negative,1=positive}
   * @param controls {@code DMSO=negative,Staurosporine=positive}
   * @throws ArchiveException with everything that is wrong with it
   */
  public static PlateMapColumns parse(String columns, String roles, String controls) throws ArchiveException {
    List<String> problems = new ArrayList<>();
    Map<String, String> named = PatternSpec.pairs(columns, "columns", problems);
    named.keySet().stream().filter(key -> !KEYS.contains(key)).forEach(key ->
        problems.add("columns: '%s' is unknown; known are %s".formatted(Shown.of(key), KEYS)));
    PlateMapColumns read = of(named, "", roles, controls, problems);
    if (!problems.isEmpty()) {
      throw new ArchiveException("What the columns mean", problems);
    }
    return read;
  }

  /** Takes the columns from keys with this prefix. */
  static PlateMapColumns of(Map<String, String> values, String prefix, String roles, String controls, List<String> problems) {
    Map<String, String> named = new LinkedHashMap<>();
    KEYS.forEach(key -> {
      String name = values.get(prefix + key);
      if (name != null) {
        named.put(key, name);
      }
    });
    return new PlateMapColumns(
        named.get("plate"), named.get("well"), named.get("row"), named.get("column"), named.get("role"), named.get("treatment"),
        named.get("concentration"), named.get("unit"), named.get("concentrationUnit"),
        WellRoles.parseMapping(roles, prefix + "roles", problems), WellRoles.parseMapping(controls, prefix + "controls", problems));
  }
}
