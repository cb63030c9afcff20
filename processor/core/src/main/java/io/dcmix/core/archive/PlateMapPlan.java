package io.dcmix.core.archive;

import io.dcmix.schema.PlateFormat;
import io.dcmix.schema.event.Orientation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which plate has which map, from files of maps and a table of barcodes.
 *
 * @param plates by barcode
 * @param problems what is wrong, each with file and line and a remedy
 * @param warnings what a person should know
 */
public record PlateMapPlan(SortedMap<String, Planned> plates, List<String> problems, List<String> warnings) {
  private static final List<String> ENDINGS = List.of(".txt", ".tsv", ".csv", ".txt.gz", ".tsv.gz", ".csv.gz");

  /** Where the maps of a table of barcodes lie, as seen from the table. */
  private static final String FOLDER = "platemap";

  public PlateMapPlan {
    plates = Collections.unmodifiableSortedMap(new TreeMap<>(plates));
    problems = List.copyOf(problems);
    warnings = List.copyOf(warnings);
  }

  /** What a plate gets. */
  public record Planned(PlateMap map, Orientation orientation) {}

  /**
   * What to read.
   *
   * @param files plate maps; a table of barcodes among them counts as {@code barcodes}
   * @param barcodes which plate uses which map; null if there is none
   * @param plates the plates wanted: those that files without barcodes are about, else a choice; empty takes all
   * @param columns of the plate maps
   * @param format of the plates; null takes the smallest that holds the wells
   * @param treatments what the treatments of the maps are called and are for; null if the maps say so themselves
   * @param orientation how the plates lay; null goes by the table of barcodes, else they lay as usual
   */
  public record Request(
      List<Path> files,
      @Nullable Path barcodes,
      List<String> plates,
      PlateMapColumns columns,
      @Nullable PlateFormat format,
      @Nullable Path treatments,
      @Nullable Orientation orientation) {
    public Request {
      files = List.copyOf(files);
      plates = List.copyOf(plates);
    }
  }

  /**
   * Reads all files, as far as they can be read.
   *
   * @throws IOException if the disk fails; a file that is wrong is among the problems
   */
  public static PlateMapPlan read(Request request) throws IOException {
    return new Planner(request).plan();
  }

  /** Reads {@code normal} or {@code rotated-180}. */
  public static Orientation orientation(String text) {
    return BarcodeTable.orientationOf(text);
  }

  private static final class Planner {
    private final Request request;
    private final Set<String> chosen;
    private final SortedMap<String, Planned> plates = new TreeMap<>();
    private final List<String> problems = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private final List<PlateMapFile> read = new ArrayList<>();
    private final Set<BarcodeTable.Entry> used = new HashSet<>();
    private final Set<String> contradicted = new HashSet<>();
    private final Map<String, BarcodeTable.Entry> byBarcode = new HashMap<>();
    private final Map<String, List<BarcodeTable.Entry>> byMap = new HashMap<>();
    private @Nullable BarcodeTable table;

    Planner(Request request) {
      this.request = request;
      this.chosen = Set.copyOf(request.plates());
    }

    PlateMapPlan plan() throws IOException {
      Path barcodes = request.barcodes();
      List<Path> files = new ArrayList<>(request.files());
      for (Path file : request.files()) {
        if (barcodes == null && isBarcodeTable(file)) {
          barcodes = file;
          files.remove(file);
        }
      }
      if (barcodes != null) {
        table = table(barcodes);
        table.entries().forEach(entry -> {
          byBarcode.put(entry.barcode(), entry);
          if (!entry.map().isEmpty()) {
            byMap.computeIfAbsent(entry.map(), any -> new ArrayList<>()).add(entry);
          }
        });
        if (files.isEmpty()) {
          files.addAll(beside(barcodes, table));
        }
      }
      for (Path file : new LinkedHashSet<>(files)) {
        read(file);
      }
      int maps = read.stream().mapToInt(file -> file.maps().size()).sum();
      for (PlateMapFile file : read) {
        file.maps().forEach((name, map) -> assign(file, name, map, maps));
      }
      unused();
      choose();
      plates.keySet().removeAll(contradicted);
      return new PlateMapPlan(plates, List.copyOf(problems), List.copyOf(warnings));
    }

    private boolean isBarcodeTable(Path file) {
      try {
        return BarcodeTable.isHeader(Csv.read(file).header());
      } catch (IOException e) {
        return false; // It is read again as a plate map, and then said.
      }
    }

    private BarcodeTable table(Path file) throws IOException {
      try {
        return BarcodeTable.of(Csv.read(file), PlateMaps.name(file), problems);
      } catch (ArchiveException e) {
        problems.add(String.valueOf(e.getMessage()));
        return new BarcodeTable(PlateMaps.name(file), List.of());
      }
    }

    /** The maps that the table names, in the folder beside it or in its own. */
    private List<Path> beside(Path barcodes, BarcodeTable entries) {
      Path own = Objects.requireNonNull(barcodes.toAbsolutePath().normalize().getParent());
      List<Path> files = new ArrayList<>();
      for (String name : new LinkedHashSet<>(entries.entries().stream().map(BarcodeTable.Entry::map).filter(m -> !m.isEmpty()).toList())) {
        // The name comes from a file: it must not lead out of the folder.
        if (name.contains("/") || name.contains("\\") || name.startsWith(".") || name.codePoints().anyMatch(Shown::isControl)) {
          problems.add("%s: '%s' is no name of a plate map".formatted(entries.source(), Shown.of(name)));
          continue;
        }
        List<Path> found = new ArrayList<>();
        for (Path folder : List.of(own.resolve(FOLDER), own)) {
          ENDINGS.stream().map(ending -> folder.resolve(name + ending)).filter(Files::isRegularFile).forEach(found::add);
          if (Files.isRegularFile(folder.resolve(name))) {
            found.add(folder.resolve(name));
          }
        }
        if (found.isEmpty()) {
          problems.add("%s: there is no plate map %s.txt, .tsv or .csv in %s".formatted(entries.source(), Shown.of(name), own.resolve(FOLDER)));
        } else {
          files.add(found.getFirst());
        }
      }
      return files;
    }

    private void read(Path file) throws IOException {
      try {
        PlateMapFile one = PlateMaps.readAll(file, request.columns(), request.format(), request.treatments());
        one.problems().forEach(problem -> problems.add(one.source() + ": " + problem));
        one.warnings().forEach(warning -> warnings.add(one.source() + " " + warning));
        read.add(one);
      } catch (ArchiveException e) {
        problems.add(String.valueOf(e.getMessage()));
      }
    }

    private void assign(PlateMapFile file, String name, PlateMap map, int maps) {
      if (file.names() == PlateMapFile.Names.PLATES) {
        give(name, map);
        return;
      }
      List<BarcodeTable.Entry> users = users(file, name);
      users.forEach(entry -> give(entry, map));
      if (byMap.isEmpty() && maps == 1 && !request.plates().isEmpty()) {
        request.plates().forEach(plate -> give(plate, map));
      } else if (users.isEmpty()) {
        problems.add("%s: %s; %s".formatted(file.source(),
            name.isEmpty() ? "does not say which plate it is about" : "does not say which plates use the map " + Shown.of(name),
            table != null ? table.source() + " does not name it either" : maps == 1
                ? "name it with --plate, or give a table of barcodes with --barcodes"
                : "give a table of barcodes with --barcodes"));
      }
    }

    /** The plates that use a map by its name, or by that of its file if there is no other map in it. */
    private List<BarcodeTable.Entry> users(PlateMapFile file, String name) {
      Set<String> names = new LinkedHashSet<>(List.of(name));
      if (file.maps().size() == 1) {
        names.add(file.source());
        ENDINGS.stream().filter(file.source()::endsWith).forEach(e -> names.add(file.source().substring(0, file.source().length() - e.length())));
      }
      return names.stream().flatMap(one -> byMap.getOrDefault(one, List.of()).stream()).distinct().toList();
    }

    private void give(String plate, PlateMap map) {
      BarcodeTable.Entry entry = byBarcode.get(plate);
      if (entry == null) {
        put(plate, map, null);
      } else {
        give(entry, map);
      }
    }

    private void give(BarcodeTable.Entry entry, PlateMap map) {
      used.add(entry);
      put(entry.barcode(), map, entry.orientation());
      entry.aliases().forEach(alias -> put(alias, map, entry.orientation()));
    }

    private void put(String plate, PlateMap map, @Nullable Orientation own) {
      Orientation orientation = request.orientation() != null ? request.orientation() : own != null ? own : Orientation.NORMAL;
      Planned before = plates.putIfAbsent(plate, new Planned(map, orientation));
      if (before != null && !(before.map().wells().equals(map.wells()) && before.map().format() == map.format())) {
        problems.add("%s: says otherwise of plate %s than %s".formatted(map.source(), Shown.of(plate), before.map().source()));
        contradicted.add(plate);
      }
    }

    private void unused() {
      if (table != null && !read.isEmpty()) {
        table.entries().stream().filter(entry -> !used.contains(entry) && isWanted(entry.barcode())).forEach(entry -> problems.add("%s: line %d: %s".formatted(
            table.source(), entry.line(), entry.map().isEmpty()
                ? "no plate map speaks of plate " + Shown.of(entry.barcode())
                : "no file holds the plate map " + Shown.of(entry.map()))));
      }
    }

    private boolean isWanted(String plate) {
      return chosen.isEmpty() || chosen.contains(plate);
    }

    /** Leaves the plates that are wanted, under all their barcodes. */
    private void choose() {
      if (request.plates().isEmpty()) {
        return;
      }
      Set<String> wanted = new TreeSet<>(request.plates());
      if (!read.isEmpty() && !plates.isEmpty()) {
        wanted.stream().filter(plate -> !plates.containsKey(plate)).forEach(plate -> problems.add(
            "no file speaks of plate %s; there are %s".formatted(Shown.of(plate), plates.keySet().stream().limit(10).map(Shown::of).toList())));
      }
      request.plates().stream().map(byBarcode::get).filter(Objects::nonNull).forEach(entry -> wanted.addAll(entry.aliases()));
      plates.keySet().retainAll(wanted);
    }
  }
}
