package io.dcmix.app.dashboard;

import io.dcmix.app.dashboard.Api.CallBasis;
import io.dcmix.app.dashboard.Api.WellCall;
import io.dcmix.app.dashboard.CallBook.Called;
import io.dcmix.schema.PlateKey;
import io.dcmix.schema.event.CallFlag;
import io.dcmix.schema.WellAddress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Hit calls as CSV (RFC 4180, UTF-8 without a byte order mark), one line a well. What describes a well is named
 * {@code Metadata_*}, as in the profiles of Cell Painting, so that the tools of that field tell it from the values. Rows and
 * columns count from 1, timepoints from 0, flags are separated by semicolons, and what is not known is empty.
 *
 * <p>A text that a spreadsheet would take for a formula is led by an apostrophe; numbers stay numbers.
 */
final class HitList {
  private static final List<String> HEAD =
      List.of(
          "Metadata_Plate", "Metadata_Acquisition", "Metadata_Well", "Metadata_Row", "Metadata_Column", "Metadata_Timepoint",
          "Metadata_Role", "Metadata_Treatment", "Metadata_Concentration", "Metadata_Concentration_Unit", "Metadata_Model_Name",
          "Metadata_Model_Version", "Metadata_Method", "Metadata_Method_Version", "Metadata_Rules", "Metadata_Stage",
          "Metadata_Flags", "Hit", "Score", "Threshold", "Rank", "HitLogit", "HitProbability", "RobustZ", "NPI", "SSMD", "BScore",
          "TopChannel");

  /** What a spreadsheet takes for the start of a formula, full-width forms included (OWASP, CSV Injection). */
  private static final Pattern FORMULA = Pattern.compile("^[=+\\-@\\t\\r\\n\\uFF1D\\uFF0B\\uFF0D\\uFF20]");

  private static final Pattern QUOTED = Pattern.compile("[\",\\r\\n]");
  private static final Set<String> NO_SAMPLES = Set.of("NEGATIVE_CONTROL", "POSITIVE_CONTROL", "EMPTY");
  private static final int MAX_NAME = 120;

  private HitList() {}

  /** The hits among the samples, by timepoint and rank. */
  static String hits(PlateKey plate, List<Called> calls) {
    return csv(plate, calls.stream()
        .filter(called -> Boolean.TRUE.equals(called.call().hit()) && isSample(called.call()))
        .sorted(Comparator.comparingInt((Called called) -> called.call().timepoint())
            .thenComparing(called -> called.call().rank(), Comparator.nullsLast(Comparator.naturalOrder())))
        .toList());
  }

  /** A well that may be a find: the layout says that it is a sample, or there is no layout. */
  private static boolean isSample(WellCall call) {
    return !NO_SAMPLES.contains(String.valueOf(call.role())) && !call.flags().contains(CallFlag.UNMAPPED.name());
  }

  /** Every call in the order given, controls and wells without a decision included. */
  static String all(PlateKey plate, List<Called> calls) {
    return csv(plate, calls);
  }

  /** The value of a Content-Disposition header: a file name of harmless characters, for old and for new readers. */
  static String disposition(PlateKey plate) {
    String name = "hits-%s-%s".formatted(plate.plate(), plate.acquisition()).replaceAll("[^\\p{L}\\p{N}._-]+", "_");
    String cut = name.substring(0, name.offsetByCodePoints(0, Math.min(MAX_NAME, name.codePointCount(0, name.length()))));
    String ascii = cut.replaceAll("[^A-Za-z0-9._-]+", "_");
    return "attachment; filename=\"%s.csv\"; filename*=UTF-8''%s.csv"
        .formatted(ascii, URLEncoder.encode(cut, StandardCharsets.UTF_8).replace("*", "%2A"));
  }

  private static String csv(PlateKey plate, List<Called> calls) {
    StringBuilder text = new StringBuilder(String.join(",", HEAD)).append("\r\n");
    for (Called called : calls) {
      text.append(cells(plate, called.basis(), called.call()).stream().map(HitList::cell).collect(Collectors.joining(",")))
          .append("\r\n");
    }
    return text.toString();
  }

  private static List<@Nullable Object> cells(PlateKey plate, CallBasis basis, WellCall call) {
    WellAddress well = WellAddress.parse(call.well());
    List<@Nullable Object> cells = new ArrayList<>(HEAD.size());
    cells.add(plate.plate());
    cells.add(plate.acquisition());
    cells.add(call.well());
    cells.add(well.row() + 1);
    cells.add(well.column() + 1);
    cells.add(call.timepoint());
    cells.add(call.role());
    cells.add(call.treatment());
    cells.add(call.concentration());
    cells.add(call.unit());
    cells.add(basis.modelName());
    cells.add(basis.modelVersion());
    cells.add(basis.method());
    cells.add(basis.methodVersion());
    cells.add(basis.rules());
    cells.add(call.stage());
    cells.add(String.join(";", call.flags()));
    cells.add(call.hit());
    cells.add(call.score());
    cells.add(basis.threshold());
    cells.add(call.rank());
    cells.add(call.hitLogit());
    cells.add(call.hitProbability());
    cells.add(call.robustZ());
    cells.add(call.npi());
    cells.add(call.ssmd());
    cells.add(call.bScore());
    cells.add(call.topChannel());
    return cells;
  }

  private static String cell(@Nullable Object value) {
    if (value == null) {
      return "";
    }
    String text = value.toString();
    if (value instanceof String && FORMULA.matcher(text).find()) {
      text = "'" + text;
    }
    return QUOTED.matcher(text).find() ? '"' + text.replace("\"", "\"\"") + '"' : text;
  }
}
