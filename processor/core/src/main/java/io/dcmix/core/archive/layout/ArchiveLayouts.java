package io.dcmix.core.archive.layout;

import io.dcmix.core.archive.ArchiveException;
import io.dcmix.core.archive.ArchiveLayout;
import io.dcmix.core.archive.FolderScan;
import io.dcmix.core.archive.PatternLayout;
import io.dcmix.core.archive.Shown;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The layouts that are known. */
public final class ArchiveLayouts {
  /** First what a person described; then those with an index of their own, whose names may fit a looser pattern, too. */
  private static final List<ArchiveLayout> ALL = List.of(
      new PatternLayout(),
      new Harmony(),
      new CellVoyager(),
      new InCell(),
      new OmeTiff(),
      new OmeZarr(),
      new RxRx1(),
      new LoadData(),
      new ImageXpress());

  private ArchiveLayouts() {}

  /** All layouts, in the order in which they are tried. */
  public static List<ArchiveLayout> all() {
    return ALL;
  }

  /**
   * The layout of that name.
   *
   * @throws ArchiveException listing all names if there is none
   */
  public static ArchiveLayout named(String name) throws ArchiveException {
    return ALL.stream().filter(layout -> layout.name().equals(name)).findFirst().orElseThrow(() -> new ArchiveException(
        "Layout " + Shown.of(name), "is not known; there are " + ALL.stream().map(ArchiveLayout::name).toList()));
  }

  /** The layouts that a folder looks like, the likeliest first; empty if it looks like none. */
  public static List<ArchiveLayout> recognise(FolderScan folder) throws IOException {
    List<ArchiveLayout> found = new ArrayList<>();
    for (ArchiveLayout layout : ALL) {
      if (layout.recognises(folder)) {
        found.add(layout);
      }
    }
    return found;
  }
}
