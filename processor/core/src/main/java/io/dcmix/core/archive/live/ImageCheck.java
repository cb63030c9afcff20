package io.dcmix.core.archive.live;

import io.dcmix.core.images.CorruptPlaneException;
import io.dcmix.core.images.ImageLimits;
import io.dcmix.core.images.PlaneDecoder;
import io.dcmix.core.images.TiffPages;
import io.dcmix.schema.event.Encoding;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Whether an image file reaches as far as its header says: a PNG ends with its last chunk, a TIFF holds the strips or tiles of its
 * directories. Reads headers and no pixel. A file that is not called an image is whole.
 */
public final class ImageCheck implements WholeFiles.Check {
  @Override
  public @Nullable String problem(Path file) {
    try {
      if (isImage(file)) {
        check(file);
      }
      return null;
    } catch (CorruptPlaneException e) {
      return String.valueOf(e.getMessage());
    } catch (IOException e) {
      return "it cannot be read (" + e.getMessage() + ")";
    } catch (InternalError e) {
      // A mapping's answer to a file that is cut off meanwhile.
      return "it was cut off while it was looked at";
    }
  }

  /** By its name. */
  public static boolean isImage(Path file) {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    return name.endsWith(".png") || name.endsWith(".tif") || name.endsWith(".tiff");
  }

  private static void check(Path file) throws IOException, CorruptPlaneException {
    try (FileChannel channel = FileChannel.open(file); Arena arena = Arena.ofConfined()) {
      // A TIFF of several images may be larger than one payload.
      long size = Math.min(channel.size(), ImageLimits.DEFAULT.maxPayloadBytes());
      ByteBuffer bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, size, arena).asByteBuffer();
      switch (PlaneDecoder.encodingOf(bytes)) {
        case PNG -> PlaneDecoder.probeWhole(bytes, Encoding.PNG);
        case TIFF -> {
          try (TiffPages pages = new TiffPages(file)) {
            pages.checkWhole();
          }
        }
        case RAW, ZSTD_SHUFFLE, UNKNOWN -> throw new CorruptPlaneException("it is neither PNG nor TIFF");
      }
    }
  }
}
