package io.dcmix.core.archive.zarr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import io.dcmix.core.images.CorruptPlaneException;
import io.dcmix.schema.event.PixelType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ZarrArrayTest {
  @TempDir Path folder;

  private void version2(String shape, String chunks, String type, String compressor, String more) throws IOException {
    Files.writeString(folder.resolve(".zarray"), """
        {"zarr_format": 2, "shape": %s, "chunks": %s, "dtype": "%s", "compressor": %s, "fill_value": 0, "order": "C", "filters": null%s}
        """.formatted(shape, chunks, type, compressor, more));
  }

  private void version3(String shape, String chunks, String type, String codecs, String more) throws IOException {
    Files.writeString(folder.resolve("zarr.json"), """
        {"zarr_format": 3, "node_type": "array", "shape": %s, "data_type": "%s", "fill_value": 7, "codecs": %s,
         "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": %s}}, "chunk_key_encoding": {"name": "default"}%s}
        """.formatted(shape, type, codecs, chunks, more));
  }

  private void chunk(String name, byte[] bytes) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, bytes);
  }

  private static byte[] shorts(ByteOrder order, int... values) {
    ByteBuffer out = ByteBuffer.allocate(2 * values.length).order(order);
    for (int value : values) {
      out.putShort((short) value);
    }
    return out.array();
  }

  private int[] read(Integer... index) throws IOException, CorruptPlaneException {
    ZarrArray array = ZarrArray.open(folder);
    ByteBuffer plane = array.read(List.of(index), path -> true).order(ByteOrder.LITTLE_ENDIAN);
    int[] values = new int[array.format().width() * array.format().height()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.format().pixelType() == PixelType.UINT8 ? plane.get() & 0xFF : plane.getShort() & 0xFFFF;
    }
    assertThat(plane.hasRemaining()).isFalse();
    return values;
  }

  @Test
  void chunksAtTheBorderAreWholeAndThoseThatAreNotThereHoldTheFillValue() throws Exception {
    version2("[2, 3, 3]", "[1, 2, 2]", "<u2", "null", "");
    chunk("1.0.0", shorts(ByteOrder.LITTLE_ENDIAN, 1, 2, 4, 5));
    chunk("1.0.1", shorts(ByteOrder.LITTLE_ENDIAN, 3, 99, 6, 99));
    chunk("1.1.1", shorts(ByteOrder.LITTLE_ENDIAN, 65_535, 99, 99, 99));
    assertThat(read(1)).containsExactly(1, 2, 3, 4, 5, 6, 0, 0, 65_535);
    assertThat(read(0)).containsOnly(0);
  }

  @Test
  void aChunkMayHoldSeveralPlanes() throws Exception {
    version2("[3, 2, 1, 2]", "[2, 2, 1, 2]", "|u1", "null", ", \"dimension_separator\": \"/\"");
    chunk("0/0/0/0", new byte[] {0, 1, 10, 11, 100, 101, 110, 111});
    chunk("1/0/0/0", new byte[] {-56, -55, -46, -45, 0, 0, 0, 0});
    assertThat(read(0, 1)).containsExactly(10, 11);
    assertThat(read(1, 0)).containsExactly(100, 101);
    assertThat(read(2, 1)).containsExactly(210, 211);
  }

  @Test
  void bigEndianPixelsAreTurnedRound() throws Exception {
    version2("[1, 2]", "[1, 2]", ">u2", "null", "");
    chunk("0.0", shorts(ByteOrder.BIG_ENDIAN, 1, 0xABCD));
    assertThat(read()).containsExactly(1, 0xABCD);
    Files.delete(folder.resolve(".zarray"));
    version3("[1, 2]", "[1, 2]", "uint16", "[{\"name\":\"bytes\",\"configuration\":{\"endian\":\"big\"}}]", "");
    chunk("c/0/0", shorts(ByteOrder.BIG_ENDIAN, 2, 0xABCD));
    assertThat(read()).containsExactly(2, 0xABCD);
  }

  @ParameterizedTest
  @ValueSource(strings = {"zlib", "gzip", "zstd", "blosc", "lz4"})
  void allUsualPackingsAreRead(String method) throws Exception {
    int[] values = new int[64 * 64];
    for (int i = 0; i < values.length; i++) {
      values[i] = i * 3;
    }
    byte[] raw = shorts(ByteOrder.LITTLE_ENDIAN, values);
    byte[] packed = pack(method, raw);
    version2("[64, 64]", "[64, 64]", "<u2", "{\"id\":\"" + method + "\"}", "");
    chunk("0.0", packed);
    assertThat(read()).isEqualTo(values);
    ZarrArray.open(folder).probe(List.of(), path -> true);
    if (!List.of("zlib", "lz4").contains(method)) {
      version3("[64, 64]", "[64, 64]", "uint16", "[{\"name\":\"bytes\",\"configuration\":{\"endian\":\"little\"}},{\"name\":\"" + method + "\"}]", "");
      chunk("c/0/0", packed);
      assertThat(read()).isEqualTo(values);
    }
    chunk("c/0/0", Arrays.copyOf(packed, packed.length / 2));
    chunk("0.0", Arrays.copyOf(packed, packed.length / 2));
    assertThatThrownBy(this::read).isInstanceOf(CorruptPlaneException.class).hasMessageContaining("chunk ");
  }

  /** An LZ4 block of literals alone is part of its specification; blocks of C-Blosc test the rest. */
  private static byte[] pack(String method, byte[] raw) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    switch (method) {
      case "gzip" -> {
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
          gzip.write(raw);
        }
      }
      case "zlib" -> {
        Deflater deflater = new Deflater();
        deflater.setInput(raw);
        deflater.finish();
        byte[] buffer = new byte[raw.length * 2];
        out.write(buffer, 0, deflater.deflate(buffer));
        deflater.end();
      }
      case "zstd" -> out.writeBytes(Zstd.compress(raw));
      case "blosc" -> out.writeBytes(com.scalableminds.bloscjava.Blosc.compress(raw, 2));
      default -> {
        out.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(raw.length).array());
        out.write(0xF0);
        int left = raw.length - 15;
        for (; left >= 255; left -= 255) {
          out.write(255);
        }
        out.write(left);
        out.writeBytes(raw);
      }
    }
    return out.toByteArray();
  }

  @Test
  void aChecksumIsChecked() throws Exception {
    version3("[1, 2]", "[1, 2]", "uint8", "[{\"name\":\"bytes\"},{\"name\":\"crc32c\"}]", "");
    CRC32C crc = new CRC32C();
    crc.update(new byte[] {5, 6});
    byte[] good = ByteBuffer.allocate(6).order(ByteOrder.LITTLE_ENDIAN).put((byte) 5).put((byte) 6).putInt((int) crc.getValue()).array();
    chunk("c/0/0", good);
    assertThat(read()).containsExactly(5, 6);
    good[1] = 7;
    chunk("c/0/0", good);
    assertThatThrownBy(this::read).hasMessageContaining("chunk c/0/0: the checksum");
  }

  @Test
  void theKeysOfVersion3MayBeThoseOfVersion2() throws Exception {
    version3("[1, 2]", "[1, 2]", "uint8", "[{\"name\":\"bytes\"}]", ", \"chunk_key_encoding\": {\"name\":\"v2\"}");
    chunk("0.0", new byte[] {1, 2});
    assertThat(read()).containsExactly(1, 2);
    Files.delete(folder.resolve("0.0"));
    assertThat(read()).as("the fill value").containsExactly(7, 7);
  }

  @ParameterizedTest
  @CsvSource(delimiter = ';', value = {
    "[1, 2];[1, 2];<f4;null; '';values of type '<f4'",
    "[1, 2];[1, 2];<i2;null; '';values of type '<i2'",
    "[1, 2];[1, 2];|u1;{\"id\":\"bz2\"}; '';packed by 'bz2'",
    "[1, 2];[1, 2];|u1;null;, \"order\": \"F\";column order",
    "[1, 2];[1, 2];|u1;null;, \"filters\": [{\"id\":\"delta\"}];filters",
    "[1, 2];[1, 2];|u1;null;, \"dimension_separator\": \"../\";separator",
    "[1, 2];[1, 2];|u1;null;, \"fill_value\": -1;fill value",
    "[1, 2];[2];|u1;null; '';needs 2 to 8 axes|planes need 2",
    "[1, -2];[1, 2];|u1;null; '';are no sizes",
    "[1, 99999999999];[1, 2];|u1;null; '';are no sizes",
    "[1, 20000];[1, 2];|u1;null; '';the limit is 16384 x 16384",
    "[16000, 16000];[1, 2];|u1;null; '';the limit is 67108864",
    "[1, 2];[2000000000, 2000000000];|u1;null; '';the limit is 67108864",
    "[1, 2];[0, 2];|u1;null; '';the limit is 67108864"})
  void whatIsNotReadOrBeyondTheLimitsIsRefusedBeforeAnythingIsAllocated(
      String shape, String chunks, String type, String compressor, String more, String message) throws IOException {
    version2(shape, chunks, type, compressor, more);
    assertThatThrownBy(() -> ZarrArray.open(folder)).isInstanceOf(CorruptPlaneException.class)
        .satisfies(e -> assertThat(message.split("\\|", -1)).anySatisfy(m -> assertThat(e).hasMessageContaining(m)));
  }

  @Test
  void transposedChunksAndOtherTypesOfVersion3AreRefusedByName() throws IOException {
    version3("[1, 2]", "[1, 2]", "uint8", "[{\"name\":\"transpose\",\"configuration\":{\"order\":[1,0]}},{\"name\":\"bytes\"}]", "");
    assertThatThrownBy(() -> ZarrArray.open(folder)).hasMessageContaining("transposed");
    version3("[1, 2]", "[1, 2]", "float32", "[{\"name\":\"bytes\"}]", "");
    assertThatThrownBy(() -> ZarrArray.open(folder)).hasMessageContaining("float32");
  }

  private static String sharding(String inner, String location) {
    return "[{\"name\":\"sharding_indexed\",\"configuration\":{\"chunk_shape\":" + inner + ",\"codecs\":[{\"name\":\"bytes\"}],"
        + "\"index_codecs\":[{\"name\":\"bytes\",\"configuration\":{\"endian\":\"little\"}},{\"name\":\"crc32c\"}]" + location + "}}]";
  }

  /** A shard as its specification has it: an array of offset and length, all bits set where there is no chunk, and its CRC32C. */
  private static byte[] index(long... entries) {
    ByteBuffer index = ByteBuffer.allocate(entries.length * 8 + 4).order(ByteOrder.LITTLE_ENDIAN);
    for (long entry : entries) {
      index.putLong(entry);
    }
    CRC32C crc = new CRC32C();
    crc.update(index.array(), 0, entries.length * 8);
    return index.putInt((int) crc.getValue()).array();
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  @Test
  void shardsHoldSeveralChunksAndAnIndexAtTheirEndOrStart() throws Exception {
    // Planes of 2 x 3 pixels in chunks of 1 x 2; a shard holds two planes of 2 x 2 chunks, of which two are written.
    version3("[2, 2, 3]", "[2, 2, 4]", "uint8", sharding("[1, 1, 2]", ""), "");
    chunk("c/0/0/0", join(new byte[] {1, 2, 33, 34}, index(0, 2, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 2, 2, -1, -1)));
    assertThat(read(0)).containsExactly(1, 2, 7, 7, 7, 7);
    assertThat(read(1)).containsExactly(7, 7, 7, 33, 34, 7);
    ZarrArray.open(folder).probe(List.of(1), path -> true);
    version3("[1, 1, 2]", "[1, 1, 4]", "uint8", sharding("[1, 1, 2]", ",\"index_location\":\"start\""), "");
    chunk("c/0/0/0", join(index(36, 2, -1, -1), new byte[] {8, 9}));
    assertThat(read(0)).containsExactly(8, 9);
  }

  @Test
  void damagedShardsAreNamed() throws Exception {
    version3("[1, 2]", "[1, 4]", "uint8", sharding("[1, 2]", ""), "");
    byte[] good = join(new byte[] {1, 2}, index(0, 2, -1, -1));
    chunk("c/0/0", good);
    assertThat(read()).containsExactly(1, 2);
    chunk("c/0/0", join(new byte[] {1, 2}, index(1_000, 2, -1, -1)));
    assertThatThrownBy(this::read).hasMessageContaining("chunk c/0/0: it is truncated");
    chunk("c/0/0", join(new byte[] {1, 2}, index(Long.MAX_VALUE, 2, -1, -1)));
    assertThatThrownBy(this::read).hasMessageContaining("chunk c/0/0: it is truncated");
    chunk("c/0/0", join(new byte[] {1, 2}, index(0, Long.MAX_VALUE, -1, -1)));
    assertThatThrownBy(this::read).hasMessageContaining("the limit is");
    chunk("c/0/0", Arrays.copyOf(good, 10));
    assertThatThrownBy(() -> ZarrArray.open(folder).probe(List.of(), path -> true)).hasMessageContaining("truncated");
    good[5]++;
    chunk("c/0/0", good);
    assertThatThrownBy(this::read).hasMessageContaining("checksum");
    version3("[1, 2]", "[1, 3]", "uint8", sharding("[1, 2]", ""), "");
    assertThatThrownBy(() -> ZarrArray.open(folder)).hasMessageContaining("no multiple");
    version3("[1, 2]", "[2000000000, 2000000000]", "uint8", sharding("[1, 1]", ""), "");
    assertThatThrownBy(() -> ZarrArray.open(folder)).hasMessageContaining("has shards of");
  }

  @Test
  void brokenMetadataNameLineAndColumn() throws IOException {
    Files.writeString(folder.resolve(".zarray"), "{\n\"shape\": [1,");
    assertThatThrownBy(() -> ZarrArray.open(folder)).isInstanceOf(CorruptPlaneException.class).hasMessageContaining("line 2");
    Files.writeString(folder.resolve(".zarray"), "[".repeat(100_000));
    assertThatThrownBy(() -> ZarrArray.open(folder)).isInstanceOf(CorruptPlaneException.class).hasMessageContaining("depth");
  }

  @Test
  void filesThatAreEmptyTooLongOrOutsideAreNamed() throws IOException, CorruptPlaneException {
    version2("[1, 2]", "[1, 2]", "|u1", "null", "");
    chunk("0.0", new byte[0]);
    ZarrArray array = ZarrArray.open(folder);
    assertThatThrownBy(() -> array.probe(List.of(), path -> true)).hasMessageContaining("chunk 0.0: is empty");
    assertThatThrownBy(this::read).hasMessageContaining("chunk 0.0: is empty");
    chunk("0.0", new byte[200_000]);
    assertThatThrownBy(() -> array.probe(List.of(), path -> true)).hasMessageContaining("has 200000 bytes; the chunk needs 2");
    assertThatThrownBy(this::read).hasMessageContaining("more than");
    assertThatThrownBy(() -> array.read(List.of(), path -> false)).hasMessageContaining("leads out");
    assertThatThrownBy(() -> array.read(List.of(1), path -> true)).hasMessageContaining("no plane [1]");
  }
}
