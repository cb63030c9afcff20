package io.dcmix.streams.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dcmix.core.archive.PlateMap;
import io.dcmix.schema.AvroCodec;
import io.dcmix.schema.PlateFormat;
import io.dcmix.schema.WellAddress;
import io.dcmix.schema.event.Orientation;
import io.dcmix.schema.event.PlateLayout;
import io.dcmix.schema.event.WellRole;
import io.dcmix.streams.wire.EdgeSerdes;
import io.dcmix.streams.wire.WireFormat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class LayoutPublisherTest {
  private static final String TOPIC = "shared.plate-layouts";

  private final MockProducer<byte[], byte[]> kafka = new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
  private final LayoutPublisher publisher = new LayoutPublisher(TOPIC, kafka, EdgeSerdes.of(new WireFormat.SingleObject()));

  @Test
  void shouldPublishALayoutUnderThePercentEncodedBarcode() throws Exception {
    PlateLayout layout = Layouts.of("P/1 é", map(false), Orientation.ROTATED_180);
    publisher.publish(List.of(layout));
    ProducerRecord<byte[], byte[]> record = kafka.history().getFirst();
    assertThat(kafka.history()).hasSize(1);
    assertThat(record.topic()).isEqualTo(TOPIC);
    assertThat(new String(record.key(), StandardCharsets.UTF_8)).isEqualTo("P%2F1%20%C3%A9");
    PlateLayout read = AvroCodec.of(PlateLayout.class).decode(record.value());
    assertThat(read).isEqualTo(layout);
    assertThat(read.getOrientation()).isEqualTo(Orientation.ROTATED_180);
    assertThat(read.getRows()).isEqualTo(8);
    assertThat(read.getWells()).extracting(w -> w.getWell() + " " + w.getRole() + " " + w.getTreatment() + " " + w.getConcentration() + w.getConcentrationUnit())
        .containsExactly("A01 NEGATIVE_CONTROL DMSO nullnull", "B02 SAMPLE X 2.5uM");
  }

  @Test
  void shouldPublishTheSameBytesWhateverTheOrderOfTheWells() throws Exception {
    publisher.publish(List.of(Layouts.of("P", map(false), Orientation.NORMAL)));
    publisher.publish(List.of(Layouts.of("P", map(true), Orientation.NORMAL)));
    assertThat(kafka.history().get(1).value()).isEqualTo(kafka.history().get(0).value());
  }

  @Test
  void shouldTakeALayoutBackByATombstone() throws Exception {
    publisher.remove(List.of("P/1"));
    assertThat(kafka.history()).singleElement().satisfies(record -> {
      assertThat(new String(record.key(), StandardCharsets.UTF_8)).isEqualTo("P%2F1");
      assertThat(record.value()).isNull();
    });
  }

  @Test
  void shouldNameThePlateThatKafkaRefuses() {
    kafka.sendException = new RecordTooLargeException("too large");
    assertThatThrownBy(() -> publisher.publish(List.of(Layouts.of("P9", map(false), Orientation.NORMAL))))
        .isInstanceOf(IOException.class).hasMessage("Kafka refused 1 of 1 layouts, such as that of P9: too large");
  }

  private static PlateMap map(boolean reversed) {
    Map<WellAddress, PlateMap.Content> wells = new LinkedHashMap<>();
    Map.Entry<WellAddress, PlateMap.Content> one = Map.entry(WellAddress.parse("A01"), new PlateMap.Content(WellRole.NEGATIVE_CONTROL, "DMSO", null, null));
    Map.Entry<WellAddress, PlateMap.Content> two = Map.entry(WellAddress.parse("B02"), new PlateMap.Content(WellRole.SAMPLE, "X", 2.5, "uM"));
    (reversed ? List.of(two, one) : List.of(one, two)).forEach(e -> wells.put(e.getKey(), e.getValue()));
    return new PlateMap(PlateFormat.WELLS_96, wells, "test");
  }
}
