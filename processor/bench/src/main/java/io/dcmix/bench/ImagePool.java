package io.dcmix.bench;

import io.dcmix.bench.Workload.Images;
import io.dcmix.core.archive.PlaneId;
import io.dcmix.core.archive.simulation.SimulatedPlate;
import io.dcmix.core.archive.simulation.SimulationSpec;
import io.dcmix.core.cli.CliException;
import io.dcmix.core.cli.ProgressBar;
import io.dcmix.core.images.PlaneEncoder;
import io.dcmix.core.images.PlaneFormat;
import io.dcmix.schema.PlateFormat;
import io.dcmix.schema.event.Encoding;
import io.dcmix.schema.event.PixelType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/**
 * The images of a few different wells, as encoded files in a folder that later runs use again: simulated sites behind enough
 * noise to make the files as large as real ones. Payloads that travel inside events are held in memory, the others stay files, read through the page
 * cache.
 *
 * <p>Threading: immutable; any thread may read.
 */
final class ImagePool {
  private static final int ZLIB_LEVEL = 6;

  private final Images images;
  private final Path folder;
  private final List<Path> files;
  private final List<ByteBuffer> held;
  private final double bytesPerWell;

  private ImagePool(Images images, Path folder, List<Path> files, List<ByteBuffer> held, double bytesPerWell) {
    this.images = images;
    this.folder = folder;
    this.files = files;
    this.held = held;
    this.bytesPerWell = bytesPerWell;
  }

  /**
   * Opens the pool, drawing what is not there yet.
   *
   * @param wells number of wells that will be asked for; no more than these, and no more than the pool's, are drawn
   * @throws CliException if the folder cannot be written
   */
  static ImagePool open(Path folder, Images images, int wells, long seed) {
    Path own = folder.resolve("%s-%s-%d".formatted(images.name(), images.noise(), seed));
    int count = Math.min(images.poolWells(), wells);
    SimulatedPlate plate = SimulatedPlate.of(new SimulationSpec(
        seed, SimulationSpec.demo(seed).key(), PlateFormat.WELLS_384, images.sites(),
        new PlaneFormat(images.format().width(), images.format().height(), images.format().pixelType(), Encoding.RAW),
        images.channels(), List.of(), 0, 0, null));
    try {
      Files.createDirectories(own);
      List<PlaneId> planes = plate.planes().subList(0, count * images.planes());
      List<Path> files = new ArrayList<>();
      for (PlaneId plane : planes) {
        String name = "%s_s%d_w%d".formatted(plane.well(), plane.site(), images.channels().indexOf(plane.channel()) + 1);
        files.add(own.resolve(name + (images.format().encoding() == Encoding.PNG ? ".png" : ".tif")));
      }
      draw(plate, images, planes, files, seed);
      List<ByteBuffer> held = new ArrayList<>();
      long bytes = 0;
      for (Path file : files) {
        bytes += Files.size(file);
        if (!images.byReference()) {
          held.add(ByteBuffer.wrap(Files.readAllBytes(file)).asReadOnlyBuffer());
        }
      }
      return new ImagePool(images, own, files, held, (double) bytes / count);
    } catch (IOException e) {
      throw new CliException("The images of %s cannot be kept in %s (%s): choose another folder with --data".formatted(images.name(), own, e), e);
    }
  }

  private static void draw(SimulatedPlate plate, Images images, List<PlaneId> planes, List<Path> files, long seed) throws IOException {
    List<Integer> missing = IntStream.range(0, files.size()).filter(i -> !Files.exists(files.get(i))).boxed().toList();
    if (missing.isEmpty()) {
      return;
    }
    AtomicLong done = new AtomicLong();
    try (ProgressBar bar = ProgressBar.start("Drawing images for " + images.name(), missing.size())) {
      missing.stream().parallel().forEach(i -> {
        try {
          ByteBuffer pixels = plate.pixels(planes.get(i));
          addNoise(pixels, images, new SplittableRandom(seed * 1_000_003 + i));
          Path partial = files.get(i).resolveSibling(files.get(i).getFileName() + ".part");
          Files.write(partial, bytes(encode(images.format(), pixels)));
          Files.move(partial, files.get(i), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
          bar.update(done.incrementAndGet(), "");
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      });
    } catch (UncheckedIOException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private static void addNoise(ByteBuffer pixels, Images images, SplittableRandom random) {
    boolean wide = images.format().pixelType() == PixelType.UINT16;
    for (int i = 0; i < images.format().width() * images.format().height(); i++) {
      double noise = images.noise() * random.nextGaussian();
      if (wide) {
        pixels.putShort(2 * i, (short) Math.clamp(Math.round((pixels.getShort(2 * i) & 0xFFFF) + 16 * noise), 0, 0xFFFF));
      } else {
        pixels.put(i, (byte) Math.clamp(Math.round((pixels.get(i) & 0xFF) + noise), 0, 0xFF));
      }
    }
  }

  private static ByteBuffer encode(PlaneFormat format, ByteBuffer pixels) {
    return format.encoding() == Encoding.TIFF ? tiff(format, pixels) : PlaneEncoder.encode(format, pixels, ZLIB_LEVEL);
  }

  /** Baseline TIFF 6.0, little-endian, greyscale of 16 bits in one strip without compression: what many instruments write. */
  static ByteBuffer tiff(PlaneFormat format, ByteBuffer pixels) {
    int[][] tags = {
        {256, 4, format.width()}, {257, 4, format.height()}, {258, 3, 16}, {259, 3, 1}, {262, 3, 1}, {273, 4, 0}, {277, 3, 1},
        {278, 4, format.height()}, {279, 4, (int) format.decodedBytes()}};
    int header = 8 + 2 + 12 * tags.length + 4;
    ByteBuffer out = ByteBuffer.allocate(header + (int) format.decodedBytes()).order(ByteOrder.LITTLE_ENDIAN);
    out.putShort((short) 0x4949).putShort((short) 42).putInt(8).putShort((short) tags.length);
    for (int[] tag : tags) {
      out.putShort((short) tag[0]).putShort((short) tag[1]).putInt(1).putInt(tag[0] == 273 ? header : tag[2]);
    }
    out.putInt(0);
    out.slice(header, (int) format.decodedBytes()).order(ByteOrder.LITTLE_ENDIAN).asShortBuffer()
        .put(pixels.duplicate().order(ByteOrder.nativeOrder()).asShortBuffer());
    return out.rewind();
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }

  Images images() {
    return images;
  }

  /** Where the files lie. */
  Path folder() {
    return folder;
  }

  /** Mean bytes of the files of a well. */
  double bytesPerWell() {
    return bytesPerWell;
  }

  /**
   * The encoded plane.
   *
   * @param well 0-based, any number: the pool's wells come again and again
   * @param plane 0-based, site by site in the order of the channels
   */
  ByteBuffer payload(int well, int plane) throws IOException {
    int at = index(well, plane);
    if (!held.isEmpty()) {
      return held.get(at).duplicate();
    }
    try (FileChannel file = FileChannel.open(files.get(at), StandardOpenOption.READ)) {
      return file.map(MapMode.READ_ONLY, 0, file.size());
    }
  }

  /** The file of a plane; arguments as those of {@link #payload}. */
  Path file(int well, int plane) {
    return files.get(index(well, plane));
  }

  private int index(int well, int plane) {
    return well % (files.size() / images.planes()) * images.planes() + plane;
  }
}
