package io.dcmix.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.dcmix.schema.event.ImageEvent;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Holds every schema against all versions that were ever committed. */
class SchemaEvolutionTest {
  static final List<Class<? extends SpecificRecord>> TYPES = Records.ALL;

  private static final String HOW =
      """
      The schema %s differs from its newest committed version. If the change is meant, commit it as a new version, so that its bytes can
      be read for ever:
        mvn -pl schema test -Dtest=WriteSchemaHistory
      A version that is in no commit that others have may be replaced instead, by adding -Ddcmix.history=replace.""";

  @ParameterizedTest
  @FieldSource("TYPES")
  void theNewestCommittedVersionIsTheCurrentSchema(Class<? extends SpecificRecord> type) {
    List<Schema> versions = SchemaHistory.versions(type.getSimpleName());
    assertThat(versions).as(HOW.formatted(type.getSimpleName())).isNotEmpty();
    assertThat(SchemaText.contract(Records.schema(type)))
        .as(HOW.formatted(type.getSimpleName()))
        .isEqualTo(SchemaText.contract(versions.getLast()));
  }

  @ParameterizedTest
  @FieldSource("TYPES")
  void everyVersionReadsEveryOther(Class<? extends SpecificRecord> type) {
    List<Schema> versions = new ArrayList<>(SchemaHistory.versions(type.getSimpleName()));
    versions.add(Records.schema(type));
    assertThat(Evolution.problems(versions))
        .as("Add fields with a default, never rename or remove one without a default, and give every enum a default symbol")
        .isEmpty();
  }

  // That the check can fail:

  private static final String BASE =
      """
      {"type": "record", "name": "Probe", "fields": [
        {"name": "well", "type": "string"},
        {"name": "site", "type": "int", "default": 1},
        {"name": "at", "type": {"type": "long", "logicalType": "timestamp-micros"}},
        {"name": "role", "type": {"type": "enum", "name": "Role", "symbols": ["SAMPLE", "CONTROL"]}},
        {"name": "kind", "type": {"type": "enum", "name": "Kind", "symbols": ["UNKNOWN", "A"], "default": "UNKNOWN"}}
      ]}""";

  private static List<String> change(String from, String to) {
    assertThat(BASE).contains(from);
    return Evolution.problems(List.of(new Schema.Parser().parse(BASE), new Schema.Parser().parse(BASE.replace(from, to))));
  }

  @Test
  void aRenamedFieldIsCaught() {
    assertThat(change("\"well\"", "\"wellName\"")).anyMatch(p -> p.contains("version 1 cannot read what version 2 wrote"))
        .anyMatch(p -> p.contains("version 2 cannot read what version 1 wrote"));
  }

  @Test
  void aNewFieldWithoutADefaultIsCaught() {
    assertThat(change("{\"name\": \"well\"", "{\"name\": \"plate\", \"type\": \"string\"}, {\"name\": \"well\"")).isNotEmpty();
  }

  @Test
  void aDefaultThatAnOlderVersionNeedsIsCaughtWhenItGoes() {
    Schema without = new Schema.Parser().parse(BASE.replace("        {\"name\": \"site\", \"type\": \"int\", \"default\": 1},\n".strip(), ""));
    Schema with = new Schema.Parser().parse(BASE);
    Schema bare = new Schema.Parser().parse(BASE.replace(", \"default\": 1", ""));
    assertThat(without.getField("site")).isNull();
    assertThat(Evolution.problems(List.of(without, with))).isEmpty();
    assertThat(Evolution.problems(List.of(with, bare))).isEmpty();
    assertThat(Evolution.problems(List.of(without, with, bare))).singleElement().asString().contains("version 3 cannot read what version 1");
  }

  @Test
  void aDefaultThatGoesIsANewVersion() {
    Schema bare = new Schema.Parser().parse(BASE.replace(", \"default\": 1", ""));
    assertThat(SchemaText.contract(bare)).isNotEqualTo(SchemaText.contract(new Schema.Parser().parse(BASE)));
  }

  @Test
  void aNewSymbolOfAnEnumWithoutADefaultIsCaught() {
    assertThat(change("\"CONTROL\"", "\"CONTROL\", \"EMPTY\"")).singleElement().asString().contains("version 1 cannot read");
  }

  @Test
  void aChangedTypeIsCaughtEvenWhereAvroWidensIt() {
    assertThat(change("\"site\", \"type\": \"int\"", "\"site\", \"type\": \"long\"")).isNotEmpty();
  }

  @Test
  void aChangedUnitOfTimeIsCaught() {
    assertThat(change("timestamp-micros", "timestamp-millis")).singleElement().asString().contains("/at").contains("timestamp-millis");
    assertThat(change("{\"type\": \"long\", \"logicalType\": \"timestamp-micros\"}", "\"long\"")).isNotEmpty();
  }

  @Test
  void whatIsAllowedIsNotCaught() {
    assertThat(change("{\"name\": \"well\"", "{\"name\": \"z\", \"type\": \"int\", \"default\": 0}, {\"name\": \"well\"")).isEmpty();
    assertThat(change("\"UNKNOWN\", \"A\"", "\"UNKNOWN\", \"A\", \"B\"")).isEmpty();
    assertThat(change("{\"name\": \"site\", \"type\": \"int\", \"default\": 1},", "")).isEmpty();
  }

  /** An older ImageEvent: it has a field that is gone now, and lacks all that have a default; its Encoding knows a symbol more. */
  @Test
  void bytesOfAnOlderVersionAreRead() {
    Schema old =
        new Schema.Parser()
            .parse(
                """
                {"type": "record", "namespace": "io.dcmix.schema.event", "name": "ImageEvent", "fields": [
                  {"name": "plate", "type": "string"},
                  {"name": "operator", "type": "string", "default": ""},
                  {"name": "acquisition", "type": "string"},
                  {"name": "well", "type": "string"},
                  {"name": "site", "type": "int"},
                  {"name": "channel", "type": "string"},
                  {"name": "width", "type": "int"},
                  {"name": "height", "type": "int"},
                  {"name": "encoding", "type": {"type": "enum", "name": "Encoding", "symbols": ["JPEG2000", "RAW", "UNKNOWN"], "default": "UNKNOWN"}},
                  {"name": "pixelType", "type": {"type": "enum", "name": "PixelType", "symbols": ["UINT16", "UNKNOWN"], "default": "UNKNOWN"}}
                ]}""");
    assertThat(Evolution.problems(List.of(old, ImageEvent.getClassSchema()))).isEmpty();
    var record =
        new GenericRecordBuilder(old)
            .set("plate", "P7")
            .set("operator", "nobody")
            .set("acquisition", "run")
            .set("well", "AF48")
            .set("site", 3)
            .set("channel", "DNA")
            .set("width", 64)
            .set("height", 32)
            .set("encoding", new GenericData.EnumSymbol(old.getField("encoding").schema(), "JPEG2000"))
            .set("pixelType", new GenericData.EnumSymbol(old.getField("pixelType").schema(), "UINT16"))
            .build();

    ImageEvent read = AvroCodec.of(ImageEvent.class).reading(old).read(Records.body(old, record), 0);

    assertThat(read.getPlate()).isEqualTo("P7");
    assertThat(read.getWell()).isEqualTo("AF48");
    assertThat(read.getWidth()).isEqualTo(64);
    assertThat(read.getTimepoint()).isZero();
    assertThat(read.getUri()).isNull();
    assertThat(read.getEncoding()).hasToString("UNKNOWN");
    assertThat(read.getPixelType()).hasToString("UINT16");
  }
}
