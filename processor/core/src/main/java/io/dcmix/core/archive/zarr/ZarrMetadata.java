package io.dcmix.core.archive.zarr;

import com.fasterxml.jackson.databind.JsonNode;
import io.dcmix.core.images.CorruptPlaneException;
import io.dcmix.schema.event.PixelType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What the metadata of an array mean (Zarr specifications, versions 2 and 3). Pure. */
final class ZarrMetadata {
  private static final Map<String, ChunkCodec> CODECS = Map.of(
      "gzip", ChunkCodec.GZIP, "zlib", ChunkCodec.ZLIB, "zstd", ChunkCodec.ZSTD, "blosc", ChunkCodec.BLOSC, "lz4", ChunkCodec.LZ4,
      "crc32c", ChunkCodec.CRC32C, "numcodecs.zlib", ChunkCodec.ZLIB, "numcodecs.lz4", ChunkCodec.LZ4);

  private ZarrMetadata() {}

  static ZarrArray version2(Path folder, JsonNode json) throws CorruptPlaneException {
    String type = json.path("dtype").asText();
    PixelType pixels = switch (type) {
      case "|u1", "<u1", ">u1" -> PixelType.UINT8;
      case "<u2", ">u2" -> PixelType.UINT16;
      default -> throw type(type);
    };
    require(json.path("order").asText("C").equals("C"), "is in column order (F); read is C");
    require(json.path("filters").isMissingNode() || json.path("filters").isNull() || json.path("filters").isEmpty(), "has filters, which are not read");
    JsonNode compressor = json.path("compressor");
    List<ChunkCodec> codecs = compressor.isNull() || compressor.isMissingNode() ? List.of() : List.of(codec(compressor.path("id").asText()));
    return ZarrArray.of(folder, json.path("shape"), ZarrArray.sizes(json.path("chunks"), "chunks"), pixels, type.startsWith(">"), fill(json, pixels),
        codecs, "", separator(json.path("dimension_separator"), "."), null);
  }

  static ZarrArray version3(Path folder, JsonNode json) throws CorruptPlaneException {
    require(json.path("node_type").asText().equals("array"), "is a group, no array");
    String type = json.path("data_type").asText();
    PixelType pixels = switch (type) {
      case "uint8" -> PixelType.UINT8;
      case "uint16" -> PixelType.UINT16;
      default -> throw type(type);
    };
    JsonNode grid = json.path("chunk_grid");
    require(grid.path("name").asText().equals("regular"), "has chunks that are not regular");
    require(json.path("storage_transformers").isEmpty(), "has storage transformers, which are not read");
    List<Integer> chunks = ZarrArray.sizes(grid.path("configuration").path("chunk_shape"), "chunks");
    JsonNode codecs = json.path("codecs");
    ZarrShards shards = null;
    if (codecs.size() == 1 && codecs.path(0).path("name").asText().equals("sharding_indexed")) {
      JsonNode sharding = codecs.path(0).path("configuration");
      List<Integer> inner = ZarrArray.sizes(sharding.path("chunk_shape"), "chunks");
      shards = shards(chunks, inner, sharding);
      chunks = inner;
      codecs = sharding.path("codecs");
    }
    Packing packing = packing(codecs);
    JsonNode keys = json.path("chunk_key_encoding");
    boolean old = keys.path("name").asText("default").equals("v2");
    return ZarrArray.of(folder, json.path("shape"), chunks, pixels, packing.bigEndian(), fill(json, pixels), packing.codecs(), old ? "" : "c",
        separator(keys.path("configuration").path("separator"), old ? "." : "/"), shards);
  }

  /** How the values of a chunk become bytes; the codecs in the order in which they are undone. */
  private record Packing(boolean bigEndian, List<ChunkCodec> codecs) {}

  private static Packing packing(JsonNode list) throws CorruptPlaneException {
    boolean bigEndian = false;
    boolean told = false;
    List<ChunkCodec> codecs = new ArrayList<>();
    for (JsonNode codec : list) {
      String name = codec.path("name").asText();
      switch (name) {
        case "bytes" -> {
          bigEndian = codec.path("configuration").path("endian").asText("little").equals("big");
          told = true;
        }
        case "transpose" -> require(identity(codec.path("configuration").path("order")), "has transposed chunks, which are not read");
        case "sharding_indexed" -> throw new CorruptPlaneException("the array is packed in shards within something else, which is not read");
        default -> codecs.addFirst(codec(name));
      }
    }
    require(told, "does not say how values become bytes");
    return new Packing(bigEndian, codecs);
  }

  private static ZarrShards shards(List<Integer> shard, List<Integer> inner, JsonNode sharding) throws CorruptPlaneException {
    List<Integer> perShard = new ArrayList<>();
    double count = 1;
    for (int axis = 0; axis < inner.size() && axis < shard.size(); axis++) {
      require(inner.get(axis) > 0 && shard.get(axis) % inner.get(axis) == 0, "has shards of %s, which are no multiple of its chunks, %s".formatted(shard, inner));
      perShard.add(shard.get(axis) / inner.get(axis));
      count *= perShard.getLast();
    }
    require(shard.size() == inner.size() && count >= 1 && count <= ZarrShards.MAX_CHUNKS, "has shards of %s and chunks of %s".formatted(shard, inner));
    boolean checked = false;
    for (JsonNode codec : sharding.path("index_codecs")) {
      String name = codec.path("name").asText();
      boolean little = name.equals("bytes") && codec.path("configuration").path("endian").asText("little").equals("little");
      require(little || name.equals("crc32c"), "has an index of its shards that is packed by '" + name + "'");
      checked |= name.equals("crc32c");
    }
    return new ZarrShards(perShard, !sharding.path("index_location").asText("end").equals("start"), checked);
  }

  private static ChunkCodec codec(String name) throws CorruptPlaneException {
    ChunkCodec codec = CODECS.get(name);
    if (codec == null) {
      throw new CorruptPlaneException("the array is packed by '%s'; read are Blosc, gzip, zlib, Zstandard and LZ4".formatted(name));
    }
    return codec;
  }

  private static String separator(JsonNode node, String otherwise) throws CorruptPlaneException {
    String separator = node.asText(otherwise);
    require(separator.equals(".") || separator.equals("/"), "has names of chunks with the separator '" + separator + "'");
    return separator;
  }

  private static int fill(JsonNode json, PixelType type) throws CorruptPlaneException {
    JsonNode fill = json.path("fill_value");
    if (fill.isNull() || fill.isMissingNode()) {
      return 0;
    }
    int value = fill.asInt(-1);
    require(value >= 0 && value <= (type == PixelType.UINT8 ? 255 : 65_535), "has the fill value " + fill);
    return value;
  }

  private static boolean identity(JsonNode order) {
    for (int i = 0; i < order.size(); i++) {
      if (order.path(i).asInt(-1) != i) {
        return false;
      }
    }
    return order.isArray();
  }

  private static CorruptPlaneException type(String type) {
    return new CorruptPlaneException("the array holds values of type '%s'; planes have unsigned integers of 8 or 16 bits".formatted(type));
  }

  private static void require(boolean holds, String problem) throws CorruptPlaneException {
    if (!holds) {
      throw new CorruptPlaneException("the array " + problem);
    }
  }
}
