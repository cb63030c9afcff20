package io.dcmix.core.images;

import io.dcmix.schema.event.Encoding;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;

/** A TIFF file of several images, mapped into memory, so that only what is looked at is read. For one thread. */
public final class TiffPages implements AutoCloseable {
  private final Arena arena = Arena.ofConfined();
  private final ByteBuffer file;

  /**
   * Opens a file.
   *
   * @throws CorruptPlaneException if it is empty or has 2 GiB or more
   * @throws IOException if it cannot be read
   */
  public TiffPages(Path path) throws IOException, CorruptPlaneException {
    try (FileChannel channel = FileChannel.open(path)) {
      long size = channel.size();
      if (size == 0 || size > Integer.MAX_VALUE) {
        throw new CorruptPlaneException(size == 0 ? "it is empty" : "it has %d bytes; TIFF files of several images are read below 2 GiB".formatted(size));
      }
      file = channel.map(FileChannel.MapMode.READ_ONLY, 0, size, arena).asByteBuffer();
    } catch (IOException | CorruptPlaneException e) {
      arena.close();
      throw e;
    }
  }

  /** Text of the first image's ImageDescription, as it stands there; empty if there is none. */
  public ByteBuffer description() throws CorruptPlaneException {
    return TiffTags.page(file, 0).text(TiffTags.DESCRIPTION);
  }

  /**
   * Size and type of an image, as {@link #read} gives it; makes sure that the file holds all of its bytes.
   *
   * @param page 0-based
   * @throws CorruptPlaneException if there is no such image, or it is truncated or of a kind that is not read
   */
  public PlaneFormat probe(int page) throws CorruptPlaneException {
    TiffHeader header = header(page);
    header.checkWhole(file.limit());
    return raw(header);
  }

  /**
   * Makes sure that the file holds all bytes of all its images, without unpacking one.
   *
   * @throws CorruptPlaneException if it is truncated, has no image, or one of a kind that is not read
   */
  public void checkWhole() throws CorruptPlaneException {
    List<TiffTags> pages = TiffTags.pages(file);
    if (pages.isEmpty()) {
      throw new CorruptPlaneException("TIFF has no image");
    }
    for (TiffTags page : pages) {
      TiffHeader.read(page, ImageLimits.DEFAULT).checkWhole(file.limit());
    }
  }

  /**
   * Unpacks an image.
   *
   * @param page 0-based
   * @return pixels of the encoding RAW
   */
  public ByteBuffer read(int page) throws CorruptPlaneException {
    TiffHeader header = header(page);
    PlaneFormat format = raw(header);
    ByteBuffer pixels = ByteBuffer.allocate((int) format.decodedBytes());
    TiffReader.read(header, file, new PlaneRows(format, pixels.duplicate()));
    return ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? pixels : PlaneEncoder.encode(format, pixels, 0);
  }

  private TiffHeader header(int page) throws CorruptPlaneException {
    TiffHeader header = TiffHeader.read(TiffTags.page(file, page), ImageLimits.DEFAULT);
    ImageLimits.DEFAULT.checkPayload(header.format().decodedBytes());
    return header;
  }

  private static PlaneFormat raw(TiffHeader header) {
    return new PlaneFormat(header.format().width(), header.format().height(), header.format().pixelType(), Encoding.RAW);
  }

  @Override
  public void close() {
    arena.close();
  }
}
