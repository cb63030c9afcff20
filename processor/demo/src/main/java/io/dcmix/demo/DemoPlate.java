package io.dcmix.demo;

import io.dcmix.app.archive.ArchiveOptionsMixin;
import io.dcmix.core.archive.BarcodeAliases;
import io.dcmix.core.archive.OpenedArchive;
import io.dcmix.core.archive.PlateArchive;
import io.dcmix.core.archive.PlateMap;
import io.dcmix.core.archive.simulation.SimulatedPlate;
import io.dcmix.core.archive.simulation.SimulationSpec;
import io.dcmix.core.cli.CliException;
import io.dcmix.core.model.ModelCard;
import io.dcmix.core.source.References;
import io.dcmix.schema.WellAddress;
import io.dcmix.schema.event.WellRole;
import io.dcmix.streams.publish.Referral;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The plate that a demo runs on.
 *
 * @param map what is in its wells, where known
 * @param truth what is known beforehand
 * @param warnings what the user should know of the archive
 * @param folder where its files are, links resolved; null if it is simulated
 */
record DemoPlate(PlateArchive archive, @Nullable PlateMap map, Truth truth, List<String> warnings, @Nullable Path folder) {

  /**
   * Opens a user's plate, or simulates one.
   *
   * @throws CliException if the archive cannot be read; names the place and the remedy
   */
  static DemoPlate open(@Nullable Path archive, ArchiveOptionsMixin how, @Nullable Path plateMap, @Nullable Path aliases, long seed) {
    if (archive == null) {
      if (!how.silent() || plateMap != null || aliases != null) {
        throw new CliException("--plate-map, --barcode-aliases and how to read an archive (--spec, --layout, --plate, …) belong to one: add --archive DIR");
      }
      SimulatedPlate plate = SimulatedPlate.of(SimulationSpec.demo(seed));
      return new DemoPlate(plate, plate.map(), Truth.of(plate), List.of(), null);
    }
    try {
      OpenedArchive opened = how.openOne(archive, plateMap);
      if (opened.archive().planes().isEmpty()) {
        throw new CliException("The archive " + archive + " has no image to score; 'dcmix archive inspect " + archive + "' says what lies there");
      }
      BarcodeAliases barcodes = aliases == null ? BarcodeAliases.NONE : BarcodeAliases.read(aliases);
      return new DemoPlate(barcodes.apply(opened.archive()), opened.map(), Truth.of(opened.map()), opened.warnings(), archive.toRealPath());
    } catch (IOException e) {
      throw new CliException(String.valueOf(e.getMessage()), e);
    }
  }

  /** The processor may fetch its files. */
  References references() {
    return folder == null ? References.NONE : References.NONE.withRoots(List.of(folder));
  }

  /** Its images of more bytes go by reference; null if it has no files. */
  @Nullable Referral referral(long above) {
    return folder == null ? null : Referral.to(folder, above);
  }

  /** The control wells, negative and positive. */
  Set<WellAddress> controls() {
    Set<WellAddress> controls = new HashSet<>();
    if (map != null) {
      map.wells().forEach((well, content) -> {
        if (content.role() == WellRole.NEGATIVE_CONTROL || content.role() == WellRole.POSITIVE_CONTROL) {
          controls.add(well);
        }
      });
    }
    return controls;
  }

  /** Number of wells with at least one plane. */
  long wells() {
    return archive.planes().stream().map(plane -> plane.well() + "/" + plane.timepoint()).distinct().count();
  }

  /**
   * Refuses a model that could not score a single well of this plate.
   *
   * @throws CliException naming the channels of both
   */
  void checkAgainst(ModelCard model) {
    List<String> missing = new ArrayList<>(model.channels());
    missing.removeAll(archive.channels());
    if (!missing.isEmpty()) {
      throw new CliException("The model needs channels %s; the plate has %s and lacks %s. Name the channels alike in the archive's spec, or use a model for these channels"
          .formatted(model.channels(), archive.channels(), missing));
    }
  }
}
