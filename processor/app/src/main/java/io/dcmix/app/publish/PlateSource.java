package io.dcmix.app.publish;

import io.dcmix.app.archive.ArchiveOptionsMixin;
import io.dcmix.core.archive.BarcodeAliases;
import io.dcmix.core.archive.PlateArchive;
import io.dcmix.core.archive.PlateIndex;
import io.dcmix.core.archive.PlateMap;
import io.dcmix.core.archive.PlateMapColumns;
import io.dcmix.core.archive.PlateMaps;
import io.dcmix.core.archive.layout.FoundArchive;
import io.dcmix.core.cli.CliException;
import io.dcmix.schema.PlateKey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One imaging run that is to be published. This is where folders become plates, whatever their layout.
 *
 * @param folder where it lies
 * @param archive its planes, under the barcode that it goes by
 * @param acquisition id of the run that it is published as
 * @param map what is in its wells, where known
 */
record PlateSource(Path folder, PlateArchive archive, String acquisition, @Nullable PlateMap map) {
  PlateKey key() {
    return new PlateKey(archive.key().plate(), acquisition);
  }

  /** A folder's plates, and what a person should know of them. */
  private record Opened(List<PlateSource> plates, List<String> warnings) {}

  /**
   * Opens folders.
   *
   * @param plateMap replaces what the archives say; null does not
   * @param warned is told what a person should know
   * @return the plates, in the order of the folders and within one in the order of their keys
   * @throws CliException if a folder cannot be read, holds no plate, or the same run as another
   */
  static List<PlateSource> open(
      List<Path> folders, ArchiveOptionsMixin options, @Nullable Path plateMap, BarcodeAliases barcodes, Consumer<String> warned) {
    List<PlateSource> plates = new ArrayList<>();
    Map<PlateKey, Path> seen = new HashMap<>();
    for (Path folder : folders) {
      Opened opened = open(folder, options, plateMap, barcodes);
      opened.warnings().forEach(warning -> warned.accept(folder + ": " + warning));
      if (opened.plates().stream().allMatch(plate -> plate.archive().planes().isEmpty())) {
        throw new CliException("Archive " + folder + " has no image to publish; 'dcmix archive inspect " + folder + "' says what lies there");
      }
      for (PlateSource plate : opened.plates()) {
        Path other = seen.putIfAbsent(plate.key(), folder);
        if (other != null) {
          throw new CliException("Plate %s, run %s, lies in %s and in %s: publish one of them, or each under its own --acquisition".formatted(
              plate.key().plate(), plate.acquisition(), other, folder));
        }
        plates.add(plate);
      }
    }
    return List.copyOf(plates);
  }

  private static Opened open(Path folder, ArchiveOptionsMixin options, @Nullable Path plateMap, BarcodeAliases barcodes) {
    try {
      String acquisition = options.options().acquisition();
      FoundArchive found = options.open(folder);
      List<PlateSource> plates = new ArrayList<>();
      for (PlateIndex plate : found.index().plates()) {
        PlateMap map = plateMap == null ? plate.map() : PlateMaps.read(plateMap, PlateMapColumns.AUTOMATIC, plate.key().plate());
        plates.add(source(folder, barcodes.apply(found.archive(plate)), acquisition, map));
      }
      return new Opened(plates, found.index().findings().warnings());
    } catch (IOException e) {
      throw new CliException(String.valueOf(e.getMessage()), e);
    }
  }

  private static PlateSource source(Path folder, PlateArchive archive, @Nullable String acquisition, @Nullable PlateMap map) {
    return new PlateSource(folder, archive, acquisition == null ? archive.key().acquisition() : acquisition, map);
  }
}
