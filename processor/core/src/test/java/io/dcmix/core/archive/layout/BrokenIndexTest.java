package io.dcmix.core.archive.layout;

import static org.assertj.core.api.Assertions.assertThat;

import io.dcmix.core.archive.ArchiveException;
import io.dcmix.core.archive.ArchiveIndex;
import io.dcmix.core.archive.ArchiveLayout;
import io.dcmix.core.archive.ArchiveOptions;
import io.dcmix.core.archive.FolderScan;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Indexes that were cut off, or in which bits and words were changed: each gives an index, with findings or without, or an
 * {@link ArchiveException} and no other one; and no plane lies outside of the folder.
 */
class BrokenIndexTest {
  private static final int TRIES = 300;

  @TempDir Path temp;

  /** A layout and its index, of images a.tiff to c.tiff and ../secret.tiff, which is there. */
  record Case(ArchiveLayout layout, String index, String text, List<String> images) {
    @Override
    public String toString() {
      return layout.name();
    }
  }

  static Stream<Case> cases() {
    String harmony = HarmonyTest.document("urn:HarmonyV7", HarmonyTest.plate("BR1", "BR1"),
        "<Maps><Map><Entry ChannelID='1'><FlatfieldProfile>{Mean: NaN}</FlatfieldProfile><ChannelName>DNA</ChannelName></Entry></Map></Maps>",
        "<Wells><Well><id>0101</id><Image id='x'/></Well></Wells>",
        HarmonyTest.image(1, 1, 1, 1, 1, "a.tiff"), HarmonyTest.image(16, 24, 2, 2, 2, "Images/b.tiff"), HarmonyTest.image(2, 3, 1, 1, 1, "../secret.tiff"));
    String loadData = """
        FileName_OrigDNA,PathName_OrigDNA,URL_OrigER,FileName_IllumDNA,Metadata_Plate,Metadata_Well,Metadata_Site,Metadata_AbsTime
        a.tiff,/d/BR1__2021-05-02T16_02_51-Measurement1/Images,s3://bucket/Images/b.tiff,c.tiff,BR1,A01,1,2021-03-29T16:55:28.987-04:00
        c.tiff,.,../secret.tiff,,"BR1",P24,2,2021-03-29T16:55:28
        c.tiff,.,,,BR1,A02,20585/,
        """;
    String rxrx1 = """
        site_id,well_id,cell_type,dataset,experiment,plate,well,site,well_type,sirna,sirna_id
        x,x,HEPG2,train,HEPG2-01,1,B02,1,treatment,"s1",1
        x,x,HEPG2,train,HEPG2-01,1,B03,2,negative_control,EMPTY,2
        """;
    return Stream.of(
        new Case(new Harmony(), "Index.idx.xml", harmony, List.of("a.tiff", "Images/b.tiff", "c.tiff")),
        new Case(new OmeTiff(), "plate.companion.ome", OmeTiffTest.document("a.tiff", "Images/b.tiff", "../secret.tiff"), List.of("a.tiff", "Images/b.tiff")),
        new Case(new LoadData(), "load_data.csv", loadData, List.of("a.tiff", "Images/b.tiff", "c.tiff")),
        new Case(new RxRx1(), "metadata.csv", rxrx1, List.of("HEPG2-01/Plate1/B02_s1_w1.png", "HEPG2-01/Plate1/B03_s1_w2.png")));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void shouldGiveAnErrorOrFindingsForAnyBrokenIndexAndStayInTheFolder(Case broken) throws IOException {
    Folders.images(temp, "secret.tiff");
    Path folder = Files.createDirectory(temp.resolve("archive"));
    Folders.images(folder, broken.images.toArray(String[]::new));
    byte[] whole = broken.text.getBytes(StandardCharsets.UTF_8);
    Path root = folder.toRealPath();
    SplittableRandom random = new SplittableRandom(6);
    int read = 0;
    for (int i = 0; i < TRIES; i++) {
      Files.write(folder.resolve(broken.index), i == 0 ? whole : damaged(whole, random));
      try {
        ArchiveIndex index = broken.layout.read(FolderScan.of(folder), ArchiveOptions.NONE);
        index.plates().forEach(plate -> assertThat(plate.planes()).allSatisfy(plane ->
            assertThat(plane.location().file().toRealPath()).startsWith(root)));
        read++;
      } catch (ArchiveException e) {
        assertThat(e.getMessage()).isNotBlank();
      } catch (RuntimeException | IOException e) {
        throw new AssertionError("Try %d of %s: %s".formatted(i, broken, Files.readString(folder.resolve(broken.index), StandardCharsets.ISO_8859_1)), e);
      }
    }
    assertThat(read).isPositive();
  }

  /** Cut off, or with some bits flipped, or with a number or a piece written over another place. */
  static byte[] damaged(byte[] whole, SplittableRandom random) {
    byte[] bytes = random.nextInt(4) == 0 ? Arrays.copyOf(whole, random.nextInt(whole.length)) : whole.clone();
    if (bytes.length == 0) {
      return bytes;
    }
    switch (random.nextInt(3)) {
      case 0 -> {
        for (int i = random.nextInt(1, 4); i > 0; i--) {
          bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        }
      }
      case 1 -> {
        byte[] odd = ODD[random.nextInt(ODD.length)].getBytes(StandardCharsets.UTF_8);
        int at = random.nextInt(bytes.length);
        System.arraycopy(odd, 0, bytes, at, Math.min(odd.length, bytes.length - at));
      }
      default -> {
        int from = random.nextInt(bytes.length);
        int at = random.nextInt(bytes.length);
        int length = Math.min(random.nextInt(40), bytes.length - Math.max(from, at));
        System.arraycopy(bytes.clone(), from, bytes, at, length);
      }
    }
    return bytes;
  }

  private static final String[] ODD = {
    "-1", "0", "99999999999", "NaN", "", "\uFEFF", "\n", "../", "..\\", "http://x/", "/etc/passwd", "<!DOCTYPE a>", "&x;", "<![CDATA[", "]]>", "\"", "\u0000", "é",
    "</Image>", "<Plate>", "2021-13-45T99:99:99"};
}
