package io.dcmix.core.archive.layout;

import io.dcmix.core.archive.ArchiveException;
import io.dcmix.core.archive.ArchiveIndex;
import io.dcmix.core.archive.ArchiveLayout;
import io.dcmix.core.archive.ArchiveOptions;
import io.dcmix.core.archive.Findings;
import io.dcmix.core.archive.FolderScan;
import io.dcmix.core.archive.IndexedPlane;
import io.dcmix.core.archive.PlaneId;
import io.dcmix.core.archive.PlaneLocation;
import io.dcmix.core.archive.PlateIndex;
import io.dcmix.schema.PlateFormat;
import io.dcmix.schema.PlateKey;
import io.dcmix.schema.WellAddress;
import io.dcmix.schema.event.Absence;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * RxRx1, in the tree of 2019 ({@code train} and {@code test} above the experiments) or of 2020. {@code Plate1} is one of an
 * experiment, so the plate is {@code HEPG2-01_1}. What is in the wells, and which sites there should be, stands in
 * {@code metadata.csv}.
 */
public final class RxRx1 implements ArchiveLayout {
  private static final Pattern NAME = Pattern.compile(
      "(?:.*/)?(?<experiment>[A-Za-z0-9]+-\\d+)/Plate(?<plate>\\d{1,3})/(?<well>[A-Z]{1,2}\\d{2})_s(?<site>\\d{1,4})_w(?<channel>\\d{1,3})\\.png");

  /** What was stained, by the number in the name. */
  private static final Map<Integer, String> STAINS = Map.of(1, "nuclei", 2, "ER", 3, "actin", 4, "RNA", 5, "mitochondria", 6, "Golgi");

  private static final String CHANNELS = "channels";
  private static final String NAMES = "names";
  private static final String NUMBERS = "numbers";
  private static final long MAX_GRID = 500_000;

  /** A file and what its name says. */
  private record Named(Path file, String plate, WellAddress well, int site, int channel) {}

  @Override
  public String name() {
    return "rxrx1";
  }

  @Override
  public String description() {
    return "RxRx1: HEPG2-01/Plate1/B02_s1_w1.png, with metadata.csv";
  }

  @Override
  public Set<String> choices() {
    return Set.of(CHANNELS, PlateBuilder.WELLS);
  }

  @Override
  public boolean recognises(FolderScan folder) {
    return folder.files().stream().anyMatch(file -> match(folder, file).isPresent());
  }

  @Override
  public ArchiveIndex read(FolderScan folder, ArchiveOptions options) throws IOException {
    Findings findings = new Findings();
    ListedFiles files = new ListedFiles(folder);
    List<Named> named = names(folder, files, findings);
    if (named.isEmpty()) {
      throw new ArchiveException("Archive " + folder.root(), "has no file whose path ends like HEPG2-01/Plate1/B02_s1_w1.png");
    }
    RxRx1Metadata metadata = RxRx1Metadata.read(folder, files, findings);
    Map<Integer, String> channels = channels(named, folder, options, findings);
    TreeSet<Integer> sites = new TreeSet<>(named.stream().map(Named::site).toList());
    SortedMap<String, List<Named>> plates = new TreeMap<>();
    named.forEach(file -> plates.computeIfAbsent(file.plate, any -> new ArrayList<>()).add(file));
    plates.keySet().forEach(plate -> metadata.of(plate).values().forEach(sites::addAll));

    List<PlateIndex> read = new ArrayList<>();
    for (Map.Entry<String, List<Named>> plate : plates.entrySet()) {
      PlateBuilder builder = new PlateBuilder(new PlateKey(plate.getKey(), "1"), folder, findings);
      channels.values().forEach(builder::channel);
      SortedMap<WellAddress, SortedSet<Integer>> listed = metadata.of(plate.getKey());
      TreeSet<WellAddress> wells = new TreeSet<>(listed.keySet());
      for (Named file : plate.getValue()) {
        wells.add(file.well);
        builder.add(new IndexedPlane(id(file, channels), new PlaneLocation.WholeFile(file.file)));
      }
      if ((long) wells.size() * sites.size() * channels.size() > MAX_GRID) {
        findings.warning("%s: the names have %d different sites; what is missing cannot be told".formatted(plate.getKey(), sites.size()));
      } else {
        wells.forEach(well -> missing(well, sites, channels, listed, metadata.source() != null, builder));
      }
      read.add(builder.build(PlateFormat.WELLS_384, null, metadata.maps().get(plate.getKey()), options));
    }
    long without = metadata.sites().keySet().stream().filter(plate -> !plates.containsKey(plate)).count();
    if (without > 0) {
      findings.warning("%s lists %d plates of which there is no file here".formatted(metadata.source(), without));
    }
    files.tellOthers(findings);
    return new ArchiveIndex(name(), Chosen.plates(read, folder, options, findings), findings);
  }

  /** The plate of an experiment, as everything else calls it: {@code HEPG2-01_1}. */
  static String plate(String experiment, String plate) {
    return experiment + "_" + Integer.parseInt(plate);
  }

  private static void missing(
      WellAddress well, SortedSet<Integer> sites, Map<Integer, String> channels, SortedMap<WellAddress, SortedSet<Integer>> listed,
      boolean table, PlateBuilder plate) {
    SortedSet<Integer> promised = listed.getOrDefault(well, new TreeSet<>());
    for (int site : sites) {
      List<PlaneId> ids = channels.values().stream().map(channel -> new PlaneId(well, site, channel, 0, 0)).toList();
      boolean any = ids.stream().anyMatch(plate::knows);
      boolean expected = any || !table || promised.contains(site);
      ids.stream().filter(id -> !plate.knows(id)).forEach(id -> plate.absent(
          id, expected ? "no file for " + id : "metadata.csv does not list the site", expected ? Absence.MISSING : Absence.NOT_RECORDED));
    }
  }

  private static List<Named> names(FolderScan folder, ListedFiles files, Findings findings) {
    List<Named> named = new ArrayList<>();
    for (Path file : folder.files()) {
      match(folder, file).ifPresent(m -> {
        files.find(file);
        try {
          named.add(new Named(file, plate(m.group("experiment"), m.group("plate")), WellAddress.parse(m.group("well")),
              Integer.parseInt(m.group("site")), Integer.parseInt(m.group("channel"))));
        } catch (IllegalArgumentException e) {
          findings.ignored("a name that names no well", folder.name(file));
        }
      });
    }
    return named;
  }

  /** An experiment that is the archive's folder itself counts, too. */
  private static Optional<Matcher> match(FolderScan folder, Path file) {
    Matcher m = NAME.matcher(ListedFiles.fileName(folder.root()) + "/" + folder.name(file));
    return m.matches() ? Optional.of(m) : Optional.empty();
  }

  private static PlaneId id(Named file, Map<Integer, String> channels) {
    return new PlaneId(file.well, file.site, channels.getOrDefault(file.channel, ""), 0, 0);
  }

  private static Map<Integer, String> channels(List<Named> named, FolderScan folder, ArchiveOptions options, Findings findings)
      throws ArchiveException {
    boolean numbers = Chosen.reading(options, CHANNELS, NAMES, NUMBERS).equals(NUMBERS);
    Map<Integer, String> names = new TreeMap<>();
    named.forEach(file -> names.computeIfAbsent(file.channel, n -> numbers ? "w" + n : STAINS.getOrDefault(n, "w" + n)));
    if (!numbers) {
      findings.choice("the channels go by what RxRx1 stained: " + names, CHANNELS + "=" + NUMBERS);
    }
    return Chosen.channels(names, folder, options, findings);
  }
}
