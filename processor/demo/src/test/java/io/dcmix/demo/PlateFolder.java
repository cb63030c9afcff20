package io.dcmix.demo;

import io.dcmix.core.archive.PlaneId;
import io.dcmix.core.archive.simulation.SimulatedPlate;
import io.dcmix.core.archive.simulation.SimulationSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A simulated plate of one site a well as a folder of PNG files, {@code A01_DNA.png}, with a description of how to read them. */
final class PlateFolder {
  private PlateFolder() {}

  /** The planes of these channels. */
  static List<PlaneId> planes(SimulatedPlate plate, List<String> channels) {
    return plate.planes().stream().filter(id -> channels.contains(id.channel())).toList();
  }

  static Path file(Path folder, PlaneId id) {
    return folder.resolve(id.well() + "_" + id.channel() + ".png");
  }

  static Path write(Path folder, SimulatedPlate plate, List<String> channels) throws IOException {
    Files.createDirectories(folder);
    for (PlaneId id : planes(plate, channels)) {
      ByteBuffer payload = plate.read(id).payload();
      byte[] bytes = new byte[payload.remaining()];
      payload.duplicate().get(bytes);
      Files.write(file(folder, id), bytes);
    }
    Files.writeString(folder.resolve("dcmix-archive.properties"), """
        pattern = (?<well>[A-Z]{1,2}\\d\\d)_(?<channel>.+)\\.png
        channels = %s
        plate = %s
        acquisition = %s
        wells = %d
        """.formatted(String.join(",", SimulationSpec.CHANNELS.stream().filter(channels::contains).map(c -> c + "=" + c).toList()),
        plate.key().plate(), plate.key().acquisition(), plate.format().size()));
    return folder;
  }
}
