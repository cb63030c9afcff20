package io.dcmix.streams.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TableTest {
  private static final Table<Long> CALLS = new Table<>("store", "calls", Serdes.Long());
  private static final Table<String> CALLS_CHANGED = new Table<>("store", "calls-changed", Serdes.String());

  private final KeyValueStore<String, byte[]> store =
      Stores.keyValueStoreBuilder(Stores.inMemoryKeyValueStore("store"), Serdes.String(), Serdes.ByteArray()).withLoggingDisabled().build();
  private final TableRows<Long> calls = CALLS.in(store);
  private final TableRows<String> changed = CALLS_CHANGED.in(store);

  @BeforeEach
  void fill() {
    store.init(new MockProcessorContext<>().getStateStoreContext(), store);
    calls.put("P/1/A02", 2L);
    calls.put("P/1/A01", 1L);
    calls.put("P/10/A01", 3L);
    changed.put("P/1/A01", "yes");
    changed.put("", "a key may be empty");
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void tablesOfOneStoreDoNotSeeEachOthersRows() {
    assertThat(rows(calls, "")).isEqualTo(Map.of("P/1/A01", 1L, "P/1/A02", 2L, "P/10/A01", 3L));
    assertThat(rows(changed, "")).isEqualTo(Map.of("P/1/A01", "yes", "", "a key may be empty"));
    assertThat(changed.get("P/1/A02")).isNull();
    assertThat(calls.get("")).isNull();
    changed.deleteAll("");
    assertThat(rows(changed, "")).isEmpty();
    assertThat(rows(calls, "")).hasSize(3);
  }

  @Test
  void rowsThatStartWithAKeyComeInTheOrderOfTheirKeys() {
    assertThat(rows(calls, "P/1/").keySet()).containsExactly("P/1/A01", "P/1/A02");
    assertThat(calls.keys("P/1")).containsExactly("P/1/A01", "P/1/A02", "P/10/A01");
    assertThat(calls.keys("Q")).isEmpty();
    try (KeyValueIterator<String, Long> cursor = calls.startingWith("P/1/")) {
      assertThat(cursor.peekNextKey()).isEqualTo("P/1/A01");
      assertThat(cursor.next()).isEqualTo(KeyValue.pair("P/1/A01", 1L));
      assertThat(cursor.next()).isEqualTo(KeyValue.pair("P/1/A02", 2L));
      assertThat(cursor.hasNext()).isFalse();
    }
  }

  @Test
  void aDeletedRowIsGoneAndTheOthersAreNot() {
    assertThat(calls.delete("P/1/A01")).isTrue();
    assertThat(calls.delete("P/1/A01")).isFalse();
    assertThat(calls.get("P/1/A01")).isNull();
    calls.deleteAll("P/1/");
    assertThat(rows(calls, "")).isEqualTo(Map.of("P/10/A01", 3L));
  }

  @Test
  void aViewReadsWhatIsWritten() {
    TableView<Long> view = CALLS.view(store);
    calls.put("P/1/A01", 7L);
    assertThat(view.get("P/1/A01")).isEqualTo(7L);
    assertThat(view.keys("")).hasSize(3);
  }

  @Test
  void aNameThatCouldBeTheBeginningOfAnothersKeysIsRefused() {
    for (String name : List.of("", "calls:", "a:b")) {
      assertThatThrownBy(() -> new Table<>("store", name, Serdes.Long())).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("colon");
    }
  }

  private static <V> Map<String, V> rows(TableView<V> table, String start) {
    Map<String, V> rows = new LinkedHashMap<>();
    table.forEach(start, rows::put);
    return rows;
  }
}
