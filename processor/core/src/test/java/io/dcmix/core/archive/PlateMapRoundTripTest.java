package io.dcmix.core.archive;

import static org.assertj.core.api.Assertions.assertThat;

import io.dcmix.core.archive.PlateMap.Content;
import io.dcmix.schema.PlateFormat;
import io.dcmix.schema.WellAddress;
import io.dcmix.schema.event.WellRole;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever is on a plate, and however it is written, the same is read back. */
class PlateMapRoundTripTest {
  private static final Map<WellRole, List<String>> SPELLINGS = Map.of(
      WellRole.NEGATIVE_CONTROL, List.of("negcon", "negative_control", "Neg", "Negative control"),
      WellRole.POSITIVE_CONTROL, List.of("poscon_diverse", "positive_control", "POS"),
      WellRole.SAMPLE, List.of("trt", "treatment", "Sample"),
      WellRole.EMPTY, List.of("empty", "untreated"),
      WellRole.UNKNOWN, List.of("", "NA", "unknown"));

  /** One way to write a map. */
  record Style(char separator, String newline, Charset charset, boolean mark, boolean quoted, boolean zipped, boolean apart, int spelling) {}

  @Property(tries = 300)
  void shouldReadBackWhatWasWritten(@ForAll("maps") Map<String, Map<WellAddress, Content>> plates, @ForAll("styles") Style style) throws IOException {
    Path file = Files.createTempFile("map", ".csv");
    try {
      Files.write(file, bytes(plates, style));
      PlateMapFile read = PlateMaps.readAll(file, PlateMapColumns.AUTOMATIC, PlateFormat.WELLS_1536, null);
      assertThat(read.problems()).isEmpty();
      Map<String, Map<WellAddress, Content>> back = new TreeMap<>();
      read.maps().forEach((plate, map) -> back.put(plate, map.wells()));
      assertThat(back).isEqualTo(plates);
    } finally {
      Files.delete(file);
    }
  }

  @Provide
  Arbitrary<Map<String, Map<WellAddress, Content>>> maps() {
    // Any text but the few that stand for "nothing here", and controls, which are refused.
    Arbitrary<String> texts = Arbitraries.strings().withChars("ab,;\t\"'=µé漢 -_/.|#0").excludeChars('\t').ofMinLength(1).ofMaxLength(12)
        .map(String::strip).filter(text -> !text.isEmpty());
    Arbitrary<WellAddress> wells = Combinators.combine(Arbitraries.integers().between(0, 31), Arbitraries.integers().between(0, 47)).as(WellAddress::new);
    Arbitrary<Content> contents = Combinators.combine(
        Arbitraries.of(WellRole.class), texts.injectNull(0.3), Arbitraries.doubles().between(0, 1e6).injectNull(0.3), Arbitraries.of("pM", "nM", "uM", "mM", "ng/ml"))
        .as((role, treatment, amount, unit) -> new Content(role, treatment, amount == null ? null : amount + 0.0, amount == null ? null : unit));
    return Arbitraries.maps(texts, Arbitraries.maps(wells, contents).ofMinSize(1).ofMaxSize(20)).ofMinSize(1).ofMaxSize(3);
  }

  @Provide
  Arbitrary<Style> styles() {
    return Combinators.combine(
        Arbitraries.of(',', ';', '\t'), Arbitraries.of("\n", "\r\n", "\r"),
        Arbitraries.of(StandardCharsets.UTF_8, StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE), Arbitraries.of(true, false),
        Arbitraries.of(true, false), Arbitraries.of(true, false), Arbitraries.of(true, false), Arbitraries.integers().between(0, 11)).as(Style::new);
  }

  private static byte[] bytes(Map<String, Map<WellAddress, Content>> plates, Style style) {
    StringBuilder text = new StringBuilder(style.mark() ? "\uFEFF" : "");
    line(text, style, style.apart() ? List.of("Barcode", "Row", "Column") : List.of("Metadata_Plate", "Metadata_Well", "comment"), "Role", "Compound", "Concentration", "Unit");
    plates.forEach((plate, wells) -> wells.forEach((well, content) -> {
      List<String> spellings = SPELLINGS.get(content.role());
      line(text, style,
          style.apart() ? List.of(plate, well.rowName(), Integer.toString(well.column() + 1)) : List.of(plate, well.toString(), "x"),
          spellings.get(style.spelling() % spellings.size()),
          content.treatment() == null ? "" : content.treatment(),
          content.concentration() == null ? "" : content.concentration().toString(),
          content.unit() == null ? "" : content.unit().replace('u', style.spelling() % 2 == 0 ? 'u' : 'µ'));
    }));
    byte[] bytes = text.toString().getBytes(style.charset());
    if (!style.zipped()) {
      return bytes;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private static void line(StringBuilder text, Style style, List<String> first, String... rest) {
    List<String> cells = new java.util.ArrayList<>(first);
    cells.addAll(List.of(rest));
    for (int i = 0; i < cells.size(); i++) {
      String cell = cells.get(i);
      boolean needed = cell.indexOf(style.separator()) >= 0 || cell.indexOf('"') >= 0;
      text.append(i == 0 ? "" : style.separator()).append(style.quoted() || needed ? '"' + cell.replace("\"", "\"\"") + '"' : cell);
    }
    text.append(style.newline());
  }
}
