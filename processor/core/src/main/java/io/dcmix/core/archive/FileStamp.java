package io.dcmix.core.archive;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import org.jspecify.annotations.Nullable;

/**
 * What a listing tells of a file. Two equal stamps mean that nothing happened to it in between. The time is the file server's and
 * only ever compared with another one of the same file, because nobody's clocks agree.
 *
 * @param size bytes
 * @param modified as the file server says
 * @param key which file it is, where the file system tells: another one after something was renamed into place
 */
public record FileStamp(long size, FileTime modified, @Nullable Object key) {
  static FileStamp of(BasicFileAttributes attributes) {
    return new FileStamp(attributes.size(), attributes.lastModifiedTime(), attributes.fileKey());
  }

  /** Links followed. */
  public static FileStamp of(Path file) throws IOException {
    return of(Files.readAttributes(file, BasicFileAttributes.class));
  }

  /** Whether it may hold the same. A share that is mounted again gives its files other keys, and that is no change. */
  public boolean isAlike(FileStamp other) {
    return size == other.size && modified.equals(other.modified);
  }
}
