package io.dcmix.core.archive.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dcmix.core.archive.ArchiveOptions;
import io.dcmix.core.archive.PlaneId;
import io.dcmix.core.archive.PlateArchive;
import io.dcmix.core.archive.PlateIndex;
import io.dcmix.core.archive.layout.FoundArchive;
import io.dcmix.core.images.PlaneEncoder;
import io.dcmix.core.images.PlaneFormat;
import io.dcmix.schema.event.Encoding;
import io.dcmix.schema.event.PixelType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real files, a clock of the test's own. */
class LiveFolderTest {
  @TempDir Path temp;
  private final List<String> said = new ArrayList<>();
  private Path folder = Path.of("");
  private LiveFolder live = live(Path.of(""));
  private long now;

  @BeforeEach
  void folder() throws IOException {
    folder = Files.createDirectory(temp.resolve("plate"));
    live = live(folder);
  }

  @Test
  void whatTheIndexPromisesIsMissingUntilItsFileIsWhole() throws IOException {
    index("Index.xml", "a.png", "b.png", "c.png");
    Files.write(folder.resolve("a.png"), png());
    Files.write(folder.resolve("b.png"), Arrays.copyOf(png(), png().length - 5));
    Files.write(folder.resolve("c.png.tmp"), png());
    PlateIndex plate = settled();
    assertThat(names(plate)).containsExactly("a.png");
    assertThat(plate.absent()).hasSize(2);
    assertThat(live.broken()).containsOnlyKeys(folder.toRealPath().resolve("b.png"));
    assertThat(live.isResting()).as("nothing is on its way").isTrue();

    Files.write(folder.resolve("b.png"), png());
    Files.move(folder.resolve("c.png.tmp"), folder.resolve("c.png"));
    assertThat(look().news()).as("not before they rest").isFalse();
    assertThat(live.isResting()).isFalse();
    assertThat(names(settled())).containsExactly("a.png", "b.png", "c.png");
    assertThat(settled().absent()).isEmpty();
    assertThat(said).isEmpty();
  }

  @Test
  void anIndexThatIsBeingRewrittenLeavesWhatItSaidBefore() throws IOException {
    index("Index.xml", "a.png");
    Files.write(folder.resolve("a.png"), png());
    assertThat(settled().planes()).hasSize(1);
    Files.writeString(folder.resolve("Index.xml"), "<EvaluationInputData><Plates>");
    assertThat(names(settled())).as("half an index that rests").containsExactly("a.png");
    assertThat(said).singleElement().asString().contains("its index cannot be read now, and what it said before holds").contains("Index.xml");
    Files.write(folder.resolve("b.png"), png());
    assertThat(names(settled())).as("and said once").containsExactly("a.png");
    assertThat(said).hasSize(1);
    index("Index.xml", "a.png", "b.png");
    assertThat(names(settled())).containsExactly("a.png", "b.png");
  }

  @Test
  void theIndexIsNotReadWhileItIsWritten() throws IOException {
    index("Index.xml", "a.png");
    Files.write(folder.resolve("a.png"), png());
    settled();
    Files.write(folder.resolve("b.png"), png());
    index("Index.xml", "a.png", "b.png");
    for (int i = 0; i < 5; i++) {
      Files.setLastModifiedTime(folder.resolve("Index.xml"), FileTime.fromMillis(i));
      assertThat(look().news()).isFalse();
    }
    assertThat(names(settled())).containsExactly("a.png", "b.png");
  }

  @Test
  void aShareThatVanishesIsWaitedForAndSaidTwice() throws IOException {
    index("Index.xml", "a.png");
    Files.write(folder.resolve("a.png"), png());
    settled();
    Path away = Files.move(folder, temp.resolve("away"));
    for (int i = 0; i < 3; i++) {
      LiveFolder.Look look = look();
      assertThat(look.news()).isFalse();
      assertThat(look.found()).isNotNull();
    }
    assertThat(live.isGone()).isTrue();
    Files.createDirectory(folder); // the mount point without its share
    look();
    assertThat(live.isGone()).as("empty all at once").isTrue();
    Files.move(away, folder, StandardCopyOption.REPLACE_EXISTING);
    assertThat(names(settled())).containsExactly("a.png");
    assertThat(live.isGone()).isFalse();
    assertThat(said).hasSize(2).first().asString().startsWith("cannot be read, and is waited for");
    assertThat(said).last().isEqualTo("is back");
  }

  @Test
  void aFolderThatIsNotThereYetIsWaitedFor() throws IOException {
    Files.delete(folder);
    look();
    assertThat(live.isGone()).isTrue();
    Files.createDirectory(folder);
    index("Index.xml", "a.png");
    Files.write(folder.resolve("a.png"), png());
    assertThat(names(settled())).containsExactly("a.png");
    assertThat(said).hasSize(2).first().asString().contains("is not a folder");
  }

  @Test
  void aWholeFileThatShrinksIsNamedAndCannotBeRead() throws IOException {
    index("Index.xml", "a.png");
    Path file = Files.write(folder.resolve("a.png"), png());
    PlateIndex plate = settled();
    FoundArchive found = look().found();
    assertThat(found).isNotNull();
    PlateArchive archive = live.archive(found, plate);
    PlaneId id = plate.planes().getFirst().id();
    assertThat(archive.read(id).payload().remaining()).isEqualTo(png().length);
    Files.write(file, png(), java.nio.file.StandardOpenOption.APPEND);
    assertThatThrownBy(() -> archive.read(id)).isInstanceOf(IOException.class).hasMessageContaining("a.png was changed while it was read");
    assertThat(look().altered()).containsExactly(file.toRealPath());
    assertThat(look().altered()).isEmpty();
  }

  @Test
  void logsAndTemporaryFilesHoldNothingUp() throws IOException {
    index("Index.xml", "a.png");
    Files.write(folder.resolve("a.png"), png());
    for (int i = 0; i < 4; i++) {
      Files.writeString(folder.resolve("acquisition.log"), "line " + i);
      Files.writeString(folder.resolve("next.part"), "part " + i);
      Files.setLastModifiedTime(folder.resolve("acquisition.log"), FileTime.fromMillis(i));
      look();
    }
    assertThat(live.isResting()).isTrue();
    assertThat(look().found()).isNotNull();
  }

  @Test
  void theDoneFileMayBeEmptyAndIsNoIndex() throws IOException {
    index("Index.xml", "a.png");
    settled();
    assertThat(live.isDone()).isFalse();
    Files.createFile(folder.resolve("DONE"));
    look();
    assertThat(live.isDone()).isTrue();
    assertThat(live.isResting()).isTrue();
  }

  @Test
  void nothingIsSaidOfAFolderThatHoldsNoPlateYet() throws IOException {
    assertThat(look().found()).isNull();
    Files.write(folder.resolve("a.png"), png());
    look();
    look();
    assertThat(look().found()).isNull();
    assertThat(live.problem()).contains("looks like none of the layouts");
    index("Index.xml", "a.png");
    assertThat(names(settled())).containsExactly("a.png");
    assertThat(live.problem()).isNull();
    assertThat(said).isEmpty();
  }

  private PlateIndex settled() {
    look();
    look();
    FoundArchive found = look().found();
    assertThat(found).as("%s %s", live.problem(), said).isNotNull();
    return found.index().plates().getFirst();
  }

  private LiveFolder.Look look() {
    now += Duration.ofMillis(800).toNanos();
    return live.look(now);
  }

  private LiveFolder live(Path path) {
    return new LiveFolder(path, Duration.ofMillis(750), "DONE", scan -> FoundArchive.open(
        scan, io.dcmix.core.archive.layout.ArchiveLayouts.recognise(scan), ArchiveOptions.NONE), said::add);
  }

  private static List<String> names(PlateIndex plate) {
    return plate.planes().stream().map(plane -> plane.location().file().getFileName().toString()).toList();
  }

  private static byte[] png() {
    ByteBuffer png = PlaneEncoder.encode(new PlaneFormat(4, 3, PixelType.UINT8, Encoding.PNG), ByteBuffer.allocate(12), 6);
    byte[] bytes = new byte[png.remaining()];
    png.get(bytes);
    return bytes;
  }

  /** One well, a field an image. */
  private void index(String name, String... images) throws IOException {
    int[] field = {0};
    Files.writeString(folder.resolve(name), "<EvaluationInputData><Plates><Plate><PlateID>P</PlateID><PlateRows>8</PlateRows>"
        + "<PlateColumns>12</PlateColumns></Plate></Plates><Images>" + Stream.of(images).map(image ->
            "<Image><URL>%s</URL><Row>1</Row><Col>1</Col><FieldID>%d</FieldID><PlaneID>1</PlaneID><ChannelID>1</ChannelID><ChannelName>DNA</ChannelName></Image>"
                .formatted(image, ++field[0])).collect(Collectors.joining()) + "</Images></EvaluationInputData>");
  }
}
