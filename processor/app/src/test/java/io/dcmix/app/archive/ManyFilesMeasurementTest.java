package io.dcmix.app.archive;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.OperatingSystemMXBean;
import io.dcmix.app.Dcmix;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Measures how long an archive of 100,000 files takes to be looked at: {@code -Ddcmix.measure=true}. Prints, and judges nothing but the counts. */
@EnabledIfSystemProperty(named = "dcmix.measure", matches = "true")
class ManyFilesMeasurementTest {
  private static final int WELLS = 384;
  private static final int SITES = 52;
  private static final int CHANNELS = 5;

  @TempDir Path folder;

  @Test
  void measure() throws IOException {
    write();
    for (String[] args : new String[][] {{}, {}, {"--check"}}) {
      StringWriter out = new StringWriter();
      long start = System.nanoTime();
      long cpu = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
      String[] all = new String[3 + args.length];
      all[0] = "archive";
      all[1] = "inspect";
      all[2] = folder.toString();
      System.arraycopy(args, 0, all, 3, args.length);
      assertThat(Dcmix.commandLine().setOut(new PrintWriter(out)).execute(all)).isZero();
      System.out.printf(Locale.ROOT, "inspect %s: %.1f s, %.1f s of processor, %d MiB of heap in use%n", String.join(" ", args), (System.nanoTime() - start) / 1e9,
          (ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime() - cpu) / 1e9,
          (Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory()) >> 20);
      assertThat(out.toString()).contains("planes        %,d".formatted(WELLS * SITES * CHANNELS));
    }
  }

  private void write() throws IOException {
    ByteArrayOutputStream tiff = new ByteArrayOutputStream();
    ImageIO.write(new BufferedImage(8, 8, BufferedImage.TYPE_USHORT_GRAY), "tif", tiff);
    StringBuilder wells = new StringBuilder();
    StringBuilder images = new StringBuilder();
    for (int well = 0; well < WELLS; well++) {
      wells.append("<Well Row='%d' Column='%d'>".formatted(well / 24, well % 24));
      for (int site = 0; site < SITES; site++) {
        int n = well * SITES + site;
        wells.append("<WellSample ID='s%d' Index='%d'><ImageRef ID='i%d'/></WellSample>".formatted(n, n, n));
        images.append("<Image ID='i%d'><Pixels DimensionOrder='XYCZT' SizeC='%d' SizeZ='1' SizeT='1'>".formatted(n, CHANNELS));
        for (int c = 0; c < CHANNELS; c++) {
          images.append("<Channel Name='ch%d'/>".formatted(c));
        }
        for (int c = 0; c < CHANNELS; c++) {
          String name = "w%03d/s%02d_c%d.tif".formatted(well, site, c);
          images.append("<TiffData IFD='0' FirstC='%d'><UUID FileName='%s'>u</UUID></TiffData>".formatted(c, name));
          Path file = folder.resolve(name);
          Files.createDirectories(file.getParent());
          Files.write(file, tiff.toByteArray());
        }
        images.append("</Pixels></Image>");
      }
      wells.append("</Well>\n");
    }
    Files.writeString(folder.resolve("plate.companion.ome"),
        "<OME><Plate ID='p' Name='Many' Rows='16' Columns='24'>" + wells + "</Plate>" + images + "</OME>");
  }
}
