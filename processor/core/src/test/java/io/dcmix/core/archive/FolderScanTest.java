package io.dcmix.core.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class FolderScanTest {
  @TempDir Path folder;

  private Path file(String name) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, "x");
  }

  private FolderScan scan() throws IOException {
    return FolderScan.of(folder.resolve("in"));
  }

  @Test
  void linksThatLeadRoundInCirclesAreNotFollowed() throws IOException {
    file("in/a/b.txt");
    Files.createSymbolicLink(folder.resolve("in/a/loop"), folder.resolve("in"));
    Files.createSymbolicLink(folder.resolve("in/self"), folder.resolve("in/self"));
    FolderScan scan = scan();
    assertThat(scan.files()).extracting(scan::name).containsExactly("a/b.txt");
    assertThat(scan.refused()).containsExactly("self is a link that leads nowhere");
  }

  @Test
  void linksThatLeadOutAreRefusedAndThoseWithinAreFiles() throws IOException {
    file("out/secret.tif");
    file("in/a.tif");
    Files.createSymbolicLink(folder.resolve("in/b.tif"), folder.resolve("in/a.tif"));
    Files.createSymbolicLink(folder.resolve("in/c.tif"), folder.resolve("out/secret.tif"));
    Files.createSymbolicLink(folder.resolve("in/d"), folder.resolve("out"));
    FolderScan scan = scan();
    assertThat(scan.files()).extracting(scan::name).containsExactly("a.tif", "b.tif");
    assertThat(scan.refused()).containsExactlyInAnyOrder("c.tif is a link that leads out of the folder", "d is a link that leads out of the folder");
  }

  @Test
  void aNameWithALineBreakIsRefusedAndShownOnOneLine() throws IOException {
    file("in/a.tif");
    file("in/b\nforged: line\u001b[2J.tif");
    assertThat(scan().files()).hasSize(1);
    assertThat(scan().refused()).singleElement().asString().contains("forged").doesNotContain("\n", "\u001b");
  }

  @Test
  void emptyFilesAreListed() throws IOException {
    Files.write(file("in/empty.tif"), new byte[0]);
    assertThat(scan().files()).hasSize(1);
  }

  @Test
  void filesAndFoldersTogetherHaveALimit() throws IOException {
    for (int i = 0; i < 5; i++) {
      file("in/" + i + "/f");
    }
    // The folder itself, five folders and five files.
    assertThat(FolderScan.of(folder.resolve("in"), 11).files()).hasSize(5);
    assertThatThrownBy(() -> FolderScan.of(folder.resolve("in"), 10)).isInstanceOf(ArchiveException.class).hasMessageContaining("more than 10 files and folders");
  }

  @Test
  void foldersThatLieTooDeepAreTold() throws IOException {
    file("in/" + "d/".repeat(15) + "seen");
    file("in/" + "d/".repeat(16) + "hidden");
    FolderScan scan = scan();
    assertThat(scan.files()).hasSize(1);
    assertThat(scan.refused()).singleElement().asString().contains("more than 16 folders deep");
  }

  @Test
  void whatIsNoFolderIsRefused() throws IOException {
    Path file = file("in");
    assertThatThrownBy(() -> FolderScan.of(file)).isInstanceOf(ArchiveException.class).hasMessageContaining("is not a folder");
  }
}
