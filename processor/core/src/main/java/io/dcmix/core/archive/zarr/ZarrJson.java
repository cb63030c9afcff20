package io.dcmix.core.archive.zarr;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.core.JsonFactory;
import io.dcmix.core.images.CorruptPlaneException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads the JSON files of Zarr: {@code zarr.json}, {@code .zattrs}, {@code .zarray}. */
public final class ZarrJson {
  private static final int MAX_BYTES = 32 << 20;
  private static final int MAX_DEPTH = 64;

  /** Python writes NaN where JSON has no such thing. */
  private static final JsonMapper JSON = JsonMapper.builder(
      JsonFactory.builder().streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build()).build())
      .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();

  private ZarrJson() {}

  /**
   * Reads a file.
   *
   * @throws CorruptPlaneException if it is no JSON; names line and column
   * @throws IOException if it cannot be read
   */
  public static JsonNode read(Path file) throws IOException, CorruptPlaneException {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MAX_BYTES + 1);
    }
    if (bytes.length > MAX_BYTES) {
      throw new CorruptPlaneException("has more than %d MiB".formatted(MAX_BYTES >> 20));
    }
    try {
      return JSON.readTree(bytes);
    } catch (JsonProcessingException e) {
      JsonLocation at = e.getLocation();
      throw new CorruptPlaneException("%sis not JSON that can be read (%s); is it whole?".formatted(
          at == null ? "" : "line %d, column %d: ".formatted(at.getLineNr(), at.getColumnNr()), e.getOriginalMessage()), e);
    }
  }
}
