package io.dcmix.training.explain;

import io.dcmix.core.archive.PlaneId;
import io.dcmix.core.archive.PlateMap;
import io.dcmix.core.archive.simulation.SimulatedPlate;
import io.dcmix.schema.WellAddress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** Wells of a simulated plate as a folder of PNG files with description and plate map, as a microscope would leave them. */
final class SimulatedFolder {
  private SimulatedFolder() {}

  static void write(Path folder, SimulatedPlate plate, List<WellAddress> wells) throws IOException {
    for (WellAddress well : wells) {
      for (int site = 1; site <= plate.spec().sites(); site++) {
        for (String channel : plate.channels()) {
          ByteBuffer payload = plate.read(new PlaneId(well, site, channel, 0, 0)).payload();
          byte[] bytes = new byte[payload.remaining()];
          payload.get(bytes);
          Files.write(folder.resolve(file(well, site, channel)), bytes);
        }
      }
    }
    Files.writeString(folder.resolve("dcmix-archive.properties"), """
        pattern = (?<well>[A-P]\\d\\d)_s(?<site>\\d+)_(?<channel>\\w+)\\.png
        plate = %s
        wells = %d
        plateMap = map.csv
        """.formatted(plate.key().plate(), plate.format().size()));
    List<String> map = new ArrayList<>(List.of("well,role,treatment,concentration,unit"));
    for (WellAddress well : wells) {
      PlateMap.Content content = Objects.requireNonNull(plate.map().wells().get(well));
      map.add("%s,%s,%s,%s,%s".formatted(well, content.role().name().toLowerCase(Locale.ROOT).replace("_", " "),
          content.treatment(), content.concentration() == null ? "" : content.concentration(), content.unit() == null ? "" : content.unit()));
    }
    Files.write(folder.resolve("map.csv"), map);
  }

  static String file(WellAddress well, int site, String channel) {
    return "%s_s%d_%s.png".formatted(well, site, channel);
  }
}
