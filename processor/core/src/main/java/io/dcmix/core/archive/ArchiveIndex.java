package io.dcmix.core.archive;

import java.util.List;

/**
 * What lies in a folder.
 *
 * @param layout name of the layout it was read by
 * @param plates in the order of their keys
 * @param findings what a careful person should know before anything is published
 */
public record ArchiveIndex(String layout, List<PlateIndex> plates, Findings findings) {
  public ArchiveIndex {
    plates = List.copyOf(plates);
  }
}
