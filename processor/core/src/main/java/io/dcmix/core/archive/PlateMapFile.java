package io.dcmix.core.archive;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A file of plate maps, as far as it could be read.
 *
 * @param source name of the file
 * @param names what the names of the maps are
 * @param maps by name; empty if no line could be read
 * @param problems what is wrong, each with its line and a remedy; wells of lines that are wrong are not in the maps
 * @param warnings what a person should know
 */
public record PlateMapFile(String source, Names names, SortedMap<String, PlateMap> maps, List<String> problems, List<String> warnings) {

  /** What a file calls its maps. */
  public enum Names {
    /** The barcodes of plates. */
    PLATES,
    /** Names of maps, which a table of barcodes gives to plates. */
    MAPS,
    /** Nothing: there is one map, and its name is empty. */
    NONE
  }

  public PlateMapFile {
    maps = Collections.unmodifiableSortedMap(new TreeMap<>(maps));
    problems = List.copyOf(problems);
    warnings = List.copyOf(warnings);
  }
}
