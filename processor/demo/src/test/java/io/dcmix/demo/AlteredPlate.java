package io.dcmix.demo;

import io.dcmix.core.archive.AbsentPlane;
import io.dcmix.core.archive.ArchivePlane;
import io.dcmix.core.archive.PlaneId;
import io.dcmix.core.archive.PlateArchive;
import io.dcmix.core.archive.simulation.SimulatedPlate;
import io.dcmix.core.images.PlaneFormat;
import io.dcmix.schema.PlateFormat;
import io.dcmix.schema.PlateKey;
import io.dcmix.schema.WellAddress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A simulated plate with planes left out, put in, replaced or in another order: what goes wrong between microscope and topic. */
final class AlteredPlate implements PlateArchive {
  private final SimulatedPlate plate;
  private final List<PlaneId> planes;
  private final Map<PlaneId, ArchivePlane> replaced = new HashMap<>();

  AlteredPlate(SimulatedPlate plate) {
    this.plate = plate;
    this.planes = new ArrayList<>(plate.planes());
  }

  static PlaneId plane(String well, int site, String channel) {
    return new PlaneId(WellAddress.parse(well), site, channel, 0, 0);
  }

  /** The plane is never published, and nobody says so. */
  AlteredPlate without(PlaneId id) {
    if (!planes.remove(id)) {
      throw new IllegalArgumentException("The plate has no " + id);
    }
    return this;
  }

  /** Published as the first of all, though the announcement does not name its channel. */
  AlteredPlate withUnannounced(PlaneId id, PlaneFormat format, ByteBuffer payload) {
    planes.addFirst(id);
    replaced.put(id, new ArchivePlane(id, format, payload, null, "put in"));
    return this;
  }

  AlteredPlate replacing(PlaneId id, PlaneFormat format, ByteBuffer payload) {
    if (!planes.contains(id)) {
      throw new IllegalArgumentException("The plate has no " + id);
    }
    replaced.put(id, new ArchivePlane(id, format, payload, null, "replaced"));
    return this;
  }

  /** All wells in one channel, then all in the next, as a microscope does that changes filters seldom. */
  AlteredPlate channelByChannel() {
    planes.sort((a, b) -> Integer.compare(channels().indexOf(a.channel()), channels().indexOf(b.channel())));
    return this;
  }

  @Override
  public PlateKey key() {
    return plate.key();
  }

  @Override
  public PlateFormat format() {
    return plate.format();
  }

  @Override
  public String instrument() {
    return "simulator";
  }

  @Override
  public List<String> channels() {
    return plate.channels();
  }

  @Override
  public List<PlaneId> planes() {
    return List.copyOf(planes);
  }

  @Override
  public List<AbsentPlane> absent() {
    return List.of();
  }

  @Override
  public ArchivePlane read(PlaneId id) throws IOException {
    ArchivePlane other = replaced.get(id);
    return other != null ? other : plate.read(id);
  }
}
