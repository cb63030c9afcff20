package io.dcmix.training.data;

import io.dcmix.core.cli.CliException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Samples as float32 in a temporary file that is mapped into memory: the operating system keeps of it what fits, so the heap
 * does not grow with the data set. Its name is gone as soon as it is mapped, so that nothing stays behind after a kill.
 */
public final class ScratchFile implements Pixels, AutoCloseable {
  private final Arena arena = Arena.ofShared();
  private final MemorySegment values;
  private final int channels;
  private final int height;
  private final int width;

  /**
   * An empty file for so many samples.
   *
   * @throws CliException if the disk has no room for it
   */
  public ScratchFile(int samples, int channels, int height, int width) throws IOException {
    this.channels = channels;
    this.height = height;
    this.width = width;
    long bytes = 4L * samples * channels * height * width;
    Path file = Files.createTempFile("dcmix-training", ".pixels");
    try (FileChannel open = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      long free = Files.getFileStore(file).getUsableSpace();
      if (bytes > free) {
        throw new CliException(("The training images need %d MiB in %s, which has %d MiB left; choose fewer wells, a smaller "
            + "--image-size, or another folder with -Djava.io.tmpdir").formatted(bytes >> 20, file.getParent(), free >> 20));
      }
      values = open.map(FileChannel.MapMode.READ_WRITE, 0, bytes, arena);
    } catch (IOException | RuntimeException e) {
      arena.close();
      throw e;
    } finally {
      Files.deleteIfExists(file);
    }
  }

  private long offset(int sample, int channel) {
    return ((long) sample * channels + channel) * height * width;
  }

  /** Stores all channels of a sample, [C, h, w]. */
  void write(int sample, float[] pixels) {
    MemorySegment.copy(pixels, 0, values, ValueLayout.JAVA_FLOAT, 4 * offset(sample, 0), channels * height * width);
  }

  @Override
  public void read(int sample, int channel, int top, int left, int h, int w, float[] out) {
    long from = offset(sample, channel) + (long) top * width + left;
    for (int y = 0; y < h; y++) {
      MemorySegment.copy(values, ValueLayout.JAVA_FLOAT, 4 * (from + (long) y * width), out, y * w, w);
    }
  }

  @Override
  public int channels() {
    return channels;
  }

  @Override
  public int height() {
    return height;
  }

  @Override
  public int width() {
    return width;
  }

  @Override
  public void close() {
    arena.close();
  }
}
