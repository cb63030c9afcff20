package io.dcmix.core.archive.layout;

import io.dcmix.core.archive.ArchiveException;
import io.dcmix.core.archive.Csv;
import io.dcmix.core.archive.Shown;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * A {@code load_data.csv}: which columns say where the images of a channel are, and which say of what.
 *
 * @param rows one line a site
 * @param channels the columns of each channel, by its name as the header has it ({@code OrigDNA}), in the header's order
 * @param corrections the columns of illumination functions
 * @param columns the place of every column by its name
 */
record LoadDataTable(List<Csv.Row> rows, SequencedMap<String, Channel> channels, List<Channel> corrections, Map<String, Integer> columns) {
  private static final String URL = "URL_";
  private static final String FILE = "FileName_";
  private static final String PATH = "PathName_";
  private static final String ILLUMINATION = "Illum";

  /** Where a channel's images are: -1 where the table has no such column. */
  record Channel(int file, int path, int url) {}

  /** @throws ArchiveException if it is no such table */
  static LoadDataTable read(Path file, String place) throws IOException {
    Csv table = Csv.read(file);
    Map<String, Integer> columns = new LinkedHashMap<>();
    for (int i = 0; i < table.header().size(); i++) {
      if (columns.putIfAbsent(table.header().get(i), i) != null && !table.header().get(i).isEmpty()) {
        throw new ArchiveException(place, "has two columns '" + Shown.of(table.header().get(i)) + "'");
      }
    }
    SequencedMap<String, Channel> channels = new LinkedHashMap<>();
    List<Channel> corrections = new ArrayList<>();
    for (String column : columns.keySet()) {
      String name = column.startsWith(URL) ? column.substring(URL.length()) : column.startsWith(FILE) ? column.substring(FILE.length()) : "";
      Channel channel = new Channel(
          columns.getOrDefault(FILE + name, -1), columns.getOrDefault(PATH + name, -1), columns.getOrDefault(URL + name, -1));
      if (name.startsWith(ILLUMINATION)) {
        corrections.add(channel);
      } else if (!name.isEmpty()) {
        channels.putIfAbsent(name, channel);
      }
    }
    if (channels.isEmpty()) {
      throw new ArchiveException(place, "has no column URL_... or FileName_... that says where images are");
    }
    return new LoadDataTable(table.rows(), channels, corrections, columns);
  }

  /** The path that a row gives; empty if it gives none. */
  static String path(Csv.Row row, Channel channel) {
    String file = cell(row, channel.file());
    String folder = cell(row, channel.path());
    return file.isEmpty() ? cell(row, channel.url()) : folder.isEmpty() ? file : folder + "/" + file;
  }

  /** The first of these columns that says something in a row; empty if none does. */
  String cell(Csv.Row row, String... names) {
    for (String name : names) {
      String cell = cell(row, columns.getOrDefault(name, -1));
      if (!cell.isEmpty()) {
        return cell;
      }
    }
    return "";
  }

  private static String cell(Csv.Row row, int column) {
    return column < 0 || column >= row.cells().size() ? "" : Csv.text(row.cells().get(column));
  }
}
