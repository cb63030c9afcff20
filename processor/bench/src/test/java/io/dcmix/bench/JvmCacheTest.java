package io.dcmix.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dcmix.core.cli.CliException;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JvmCacheTest {
  @TempDir Path folder;
  private Path jar;
  private Path kept;
  private String classPath;
  private final List<Path> learnt = new ArrayList<>();

  @BeforeEach
  void twoJars() throws Exception {
    jar = Files.writeString(folder.resolve("a.jar"), "a");
    kept = folder.resolve("data").resolve("aot");
    classPath = jar + File.pathSeparator + Files.writeString(folder.resolve("b.jar"), "b");
  }

  @Test
  void shouldMakeACacheOnceAndAgainWhenAJarFileChanged() throws Exception {
    List<String> first = options(false, List.of("-Xmx1g"));
    assertThat(first).singleElement().asString().startsWith("-XX:AOTCache=" + kept);
    assertThat(JvmCache.isGiven(first)).isTrue();
    assertThat(options(false, List.of("-Xmx1g"))).isEqualTo(first);
    assertThat(learnt).hasSize(1);

    Files.setLastModifiedTime(jar, FileTime.fromMillis(Files.getLastModifiedTime(jar).toMillis() + 5000));
    List<String> second = options(false, List.of("-Xmx1g"));

    assertThat(second).isNotEqualTo(first);
    assertThat(learnt).hasSize(2);
    try (Stream<Path> files = Files.list(kept)) {
      assertThat(files.map(file -> "-XX:AOTCache=" + file)).as("the old one is good for nothing").isEqualTo(second);
    }
  }

  @Test
  void shouldMakeNoCacheWhereTheProcessesInheritOneOrCanHaveNone() throws Exception {
    assertThat(options(false, List.of("-XX:AOTCache=/build/dcmix.aot"))).isEmpty();
    classPath += File.pathSeparator + folder;
    assertThat(options(false, List.of())).as("classes in a folder").isEmpty();
    assertThat(learnt).isEmpty();
  }

  @Test
  void shouldSwitchAnInheritedCacheOffForAColdJvm() throws Exception {
    List<String> options = options(true, List.of("-XX:AOTCache=/build/dcmix.aot"));

    assertThat(options).containsExactly("-XX:AOTMode=off");
    assertThat(JvmCache.isGiven(Stream.concat(Stream.of("-XX:AOTCache=/build/dcmix.aot"), options.stream()).toList())).isFalse();
    assertThat(learnt).isEmpty();
  }

  @Test
  void shouldNameTheRemedyWhereACacheCannotBeKept() throws Exception {
    Files.writeString(folder.resolve("data"), "a file is in the way");
    assertThatThrownBy(() -> options(false, List.of())).isInstanceOf(CliException.class).hasMessageContainingAll(kept.toString(), "--data", "--cold");
  }

  private List<String> options(boolean cold, List<String> ownOptions) throws InterruptedException {
    return JvmCache.options(cold, ownOptions, classPath, kept, cache -> learnt.add(Files.writeString(cache, "learnt")));
  }
}
