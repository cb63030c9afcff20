package io.dcmix.schema;

import io.dcmix.schema.event.Acquisition;
import io.dcmix.schema.event.Alert;
import io.dcmix.schema.event.ChannelImportance;
import io.dcmix.schema.event.HitCall;
import io.dcmix.schema.event.ImageEvent;
import io.dcmix.schema.event.ModelControl;
import io.dcmix.schema.event.PlateLayout;
import io.dcmix.schema.event.PlateQuality;
import io.dcmix.schema.event.PublishProgress;
import io.dcmix.schema.event.WellFailure;
import io.dcmix.schema.event.WellPrediction;
import io.dcmix.schema.state.ImportancePartial;
import io.dcmix.schema.state.PlaneState;
import io.dcmix.schema.state.PlateRow;
import io.dcmix.schema.state.SiteState;
import io.dcmix.schema.state.WellState;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.apache.avro.util.RandomData;

/** The record types of the project, and random records of them. */
final class Records {
  static final List<Class<? extends SpecificRecord>> EVENTS =
      List.of(
          ImageEvent.class, Acquisition.class, PlateLayout.class, WellPrediction.class, WellFailure.class, ChannelImportance.class,
          HitCall.class, PlateQuality.class, Alert.class, PublishProgress.class, ModelControl.class);

  static final List<Class<? extends SpecificRecord>> STATES =
      List.of(PlaneState.class, SiteState.class, WellState.class, PlateRow.class, ImportancePartial.class);

  static final List<Class<? extends SpecificRecord>> ALL = Stream.concat(EVENTS.stream(), STATES.stream()).toList();

  private Records() {}

  static Schema schema(Class<? extends SpecificRecord> type) {
    return SpecificData.get().getSchema(type);
  }

  /** A random record in plain binary encoding, as Avro's generic writer (not ours) writes it. */
  static byte[] randomBody(Schema schema, long seed) {
    return body(schema, new RandomData(schema, 1, seed).iterator().next());
  }

  static byte[] body(Schema schema, Object record) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
    try {
      // A GenericData without conversions: logical types stay the numbers they are written as.
      new GenericDatumWriter<>(schema, new GenericData()).write(record, encoder);
      encoder.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }
}
