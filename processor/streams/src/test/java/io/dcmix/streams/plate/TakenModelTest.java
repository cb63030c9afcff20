package io.dcmix.streams.plate;

import static org.assertj.core.api.Assertions.assertThat;

import io.dcmix.core.model.ModelCard;
import io.dcmix.schema.event.PixelType;
import io.dcmix.schema.state.ImportancePartial;
import io.dcmix.streams.AvroSerde;
import io.dcmix.streams.state.Table;
import io.dcmix.streams.state.TableRows;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TakenModelTest {
  private final KeyValueStore<String, byte[]> store =
      Stores.keyValueStoreBuilder(Stores.inMemoryKeyValueStore("store"), Serdes.String(), Serdes.ByteArray()).withLoggingDisabled().build();
  private final TableRows<ImportancePartial> partials = new Table<>("store", "partials", AvroSerde.of(ImportancePartial.class)).in(store);

  @BeforeEach
  void open() {
    store.init(new MockProcessorContext<>().getStateStoreContext(), store);
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void aChangeIsToldOnceHoweverOftenTheStageStartsAgain() {
    TakenModel life = new TakenModel(partials);
    assertThat(life.changesTo(version("1"))).as("nothing is known before").isTrue();
    assertThat(life.changesTo(version("1"))).isFalse();
    assertThat(new TakenModel(partials).changesTo(version("1"))).isFalse();
    assertThat(new TakenModel(partials).changesTo(version("2"))).as("it changed while nobody ran").isTrue();
    assertThat(new TakenModel(partials).changesTo(version("1"))).as("and back").isTrue();
  }

  private static ModelCard version(String version) {
    return new ModelCard("m", version, "00", List.of("DNA"), List.of("no", "hit"), "hit", PixelType.UINT8, 2, 2,
        List.of(1.0), List.of(0.0), List.of(1.0), Map.of());
  }
}
