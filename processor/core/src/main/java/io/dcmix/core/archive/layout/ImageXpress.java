package io.dcmix.core.archive.layout;

import io.dcmix.core.archive.ArchiveException;
import io.dcmix.core.archive.ArchiveIndex;
import io.dcmix.core.archive.ArchiveLayout;
import io.dcmix.core.archive.ArchiveOptions;
import io.dcmix.core.archive.Findings;
import io.dcmix.core.archive.FolderScan;
import io.dcmix.core.archive.PlateIndex;
import io.dcmix.core.archive.Shown;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What MetaXpress writes for an ImageXpress: files that name well, site and wave, in folders of timepoints and focal planes, of an
 * export or of its database. The names tell every plane; the {@code .HTD}, where there is one, tells what was promised.
 */
public final class ImageXpress implements ArchiveLayout {
  /** One acquisition: a folder, and how its files begin. */
  private record Group(Path base, String plate) {}

  /** What one acquisition consists of. */
  private record Content(List<ImageXpressPlate.Image> images, List<Path> htds) {
    Content() {
      this(new ArrayList<>(), new ArrayList<>());
    }
  }

  @Override
  public String name() {
    return "imagexpress";
  }

  @Override
  public String description() {
    return "MetaXpress, of ImageXpress microscopes: NAME.HTD, and files NAME_B02_s1_w1.TIF in TimePoint_1/ZStep_1";
  }

  @Override
  public Set<String> choices() {
    return Set.of("htd", "sites", "sparse", Projections.CHOICE, PlateBuilder.WELLS);
  }

  @Override
  public boolean recognises(FolderScan folder) throws IOException {
    for (Path file : folder.files()) {
      if (isHtd(file) ? Htd.isOne(file) : parse(file).map(ImageXpressName::telling).orElse(false)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public ArchiveIndex read(FolderScan folder, ArchiveOptions options) throws IOException {
    Findings findings = new Findings();
    ListedFiles files = new ListedFiles(folder);
    DistinctKeys keys = new DistinctKeys(folder, findings);
    List<PlateIndex> plates = new ArrayList<>();
    for (Map.Entry<Group, Content> entry : groups(folder, files, findings).entrySet()) {
      Group group = entry.getKey();
      new ImageXpressPlate(folder, files, options, findings, group.base, group.plate, entry.getValue().images, entry.getValue().htds)
          .read(keys).ifPresent(plates::add);
    }
    files.tellOthers(findings);
    if (plates.isEmpty()) {
      throw new ArchiveException("Archive " + folder.root(), "holds no plate of MetaXpress" + findings.warnings().stream().limit(Findings.EXAMPLES)
          .map(warning -> "; " + warning).reduce("", String::concat));
    }
    return new ArchiveIndex(name(), Chosen.plates(plates, folder, options, findings), findings);
  }

  /** The acquisitions, in the order of their folders. */
  private static SortedMap<Group, Content> groups(FolderScan folder, ListedFiles files, Findings findings) {
    SortedMap<Group, Content> groups = new TreeMap<>(Comparator.comparing(Group::base).thenComparing(Group::plate));
    List<Path> htds = new ArrayList<>();
    for (Path file : folder.files()) {
      if (isHtd(file)) {
        files.find(file);
        htds.add(file);
        continue;
      }
      try {
        ImageXpressName name = ImageXpressName.of(file).orElse(null);
        if (name != null && name.thumbnail()) {
          files.ignore(file, "thumbnail", findings);
        } else if (name != null) {
          groups.computeIfAbsent(new Group(name.place().base(), name.plate()), group -> new Content()).images.add(new ImageXpressPlate.Image(file, name));
        }
      } catch (IllegalArgumentException e) {
        findings.warning("%s is not read: %s".formatted(folder.name(file), e.getMessage()));
      }
    }
    Map<Path, List<String>> imaged = new HashMap<>();
    groups.keySet().forEach(group -> imaged.computeIfAbsent(group.base, base -> new ArrayList<>()).add(group.plate));
    Set<Group> named = new HashSet<>();
    htds.forEach(htd -> named.add(new Group(ImageXpressName.Place.of(htd).base(), stem(htd))));
    for (Path htd : htds) {
      groups.computeIfAbsent(groupOf(htd, imaged, named, folder, findings), group -> new Content()).htds.add(htd);
    }
    return groups;
  }

  /**
   * What an HTD tells of: the files in its folder or, as a copy, in one above that begin with its name; else the only ones in its folder.
   *
   * @param imaged how files begin, by folder
   * @param named what there are HTDs of
   */
  private static Group groupOf(Path htd, Map<Path, List<String>> imaged, Set<Group> named, FolderScan folder, Findings findings) {
    String stem = stem(htd);
    Path base = ImageXpressName.Place.of(htd).base();
    for (Path at = base; at != null && at.startsWith(folder.root()); at = at.getParent()) {
      if (imaged.getOrDefault(at, List.of()).contains(stem)) {
        return new Group(at, stem);
      }
    }
    List<String> here = imaged.getOrDefault(base, List.of());
    if (here.size() == 1 && !named.contains(new Group(base, here.getFirst()))) {
      findings.choice("%s is taken to tell of the files that begin with %s".formatted(Shown.of(folder.name(htd)), Shown.of(here.getFirst())), "htd=ignore");
      return new Group(base, here.getFirst());
    }
    findings.warning("%s promises a plate, and there is no image of it".formatted(folder.name(htd)));
    return new Group(base, stem);
  }

  private static String stem(Path htd) {
    return ListedFiles.fileName(htd).replaceFirst("(?i)\\.htd$", "");
  }

  private static boolean isHtd(Path file) {
    return ListedFiles.fileName(file).regionMatches(true, Math.max(0, ListedFiles.fileName(file).length() - 4), ".htd", 0, 4);
  }

  private static Optional<ImageXpressName> parse(Path file) {
    try {
      return ImageXpressName.of(file);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
