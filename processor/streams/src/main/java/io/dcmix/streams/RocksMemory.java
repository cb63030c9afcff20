package io.dcmix.streams;

import java.util.Map;
import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.jspecify.annotations.Nullable;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.Cache;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.WriteBufferManager;

/**
 * Gives all stores of this process one common share of memory. Without it each store of each task has its own, and memory grows
 * with their number.
 *
 * <p>Threading: the common share is made by the first store that opens, under this class's lock, and lives as long as the process.
 */
public final class RocksMemory implements RocksDBConfigSetter {
  /** Setting with the number of bytes. */
  static final String BYTES = "dcmix.state.bytes";

  private static final long WRITE_BUFFER = 2L << 20;

  private static @Nullable Cache cache; // guarded by the class
  private static @Nullable WriteBufferManager writes; // guarded by the class

  /** Made by Kafka Streams. */
  public RocksMemory() {}

  @Override
  public void setConfig(String storeName, Options options, Map<String, Object> configs) {
    share(Long.parseLong(String.valueOf(configs.get(BYTES))), options);
  }

  private static synchronized void share(long bytes, Options options) {
    if (cache == null) {
      RocksDB.loadLibrary();
      cache = new LRUCache(bytes);
      // What is written is charged to the same share; half of it stays for reading.
      writes = new WriteBufferManager(bytes / 2, cache);
    }
    if (options.tableFormatConfig() instanceof BlockBasedTableConfig table) {
      table.setBlockCache(cache);
      table.setCacheIndexAndFilterBlocks(true);
      options.setTableFormatConfig(table);
    }
    options.setWriteBufferManager(writes);
    options.setWriteBufferSize(WRITE_BUFFER);
    options.setMaxWriteBufferNumber(2);
    // The default starts 15 threads to open the files of a store, be there any or not: over a thousand at a processor's start.
    options.setMaxFileOpeningThreads(1);
  }

  @Override
  public void close(String storeName, Options options) {
    // The share is everybody's.
  }
}
