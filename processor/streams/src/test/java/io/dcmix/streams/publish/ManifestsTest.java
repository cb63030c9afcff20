package io.dcmix.streams.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.dcmix.core.archive.AbsentPlane;
import io.dcmix.core.archive.ArchivePlane;
import io.dcmix.core.archive.PlaneId;
import io.dcmix.core.archive.PlateArchive;
import io.dcmix.schema.PlateFormat;
import io.dcmix.schema.PlateKey;
import io.dcmix.schema.WellAddress;
import io.dcmix.schema.event.Absence;
import io.dcmix.schema.event.Acquisition;
import io.dcmix.schema.event.AcquisitionStatus;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ManifestsTest {
  /** A plate that is nothing but its index. */
  private record Index(List<PlaneId> planes, List<AbsentPlane> absent) implements PlateArchive {
    @Override
    public PlateKey key() {
      return new PlateKey("P", "run");
    }

    @Override
    public PlateFormat format() {
      return PlateFormat.holding(List.of(WellAddress.parse("H12")));
    }

    @Override
    public String instrument() {
      return "scope";
    }

    @Override
    public List<String> channels() {
      return List.of("DNA");
    }

    @Override
    public ArchivePlane read(PlaneId id) throws IOException {
      throw new IOException("it has no pixels");
    }
  }

  @Test
  void announcesWhatVariesAndWhyWhatIsAbsentIsSo() {
    Index index = new Index(
        List.of(plane("A01", 1, 0, 0), plane("A01", 2, 0, 0), plane("A02", 1, 0, 0), plane("A02", 2, 0, 0), plane("A03", 2, 1, 2)),
        List.of(new AbsentPlane(plane("A01", 1, 1, 0), "not in the protocol", Absence.NOT_ACQUIRED),
            new AbsentPlane(plane("A02", 1, 0, 2), "AF Error", Absence.FOCUS_FAILURE),
            new AbsentPlane(plane("A04", 7, 0, 0), "no file")));
    Acquisition announced = Manifests.acquisition(index, "again", index.absent(), AcquisitionStatus.FINISHED, Instant.EPOCH, Instant.EPOCH);

    assertThat(announced.getAcquisition()).isEqualTo("again");
    assertThat(announced.getWells()).containsExactly("A01", "A02", "A03", "A04");
    assertThat(announced.getSites()).as("of most wells").containsExactly(1, 2);
    assertThat(announced.getWellSites()).containsOnlyKeys("A03", "A04").containsEntry("A03", List.of(2)).containsEntry("A04", List.of(7));
    assertThat(announced.getTimepoints()).isEqualTo(2);
    assertThat(announced.getZPlanes()).isEqualTo(3);
    assertThat(announced.getAbsent()).extracting(
            io.dcmix.schema.event.AbsentPlane::getWell, io.dcmix.schema.event.AbsentPlane::getKind, io.dcmix.schema.event.AbsentPlane::getReason)
        .containsExactly(tuple("A01", Absence.NOT_ACQUIRED, "not in the protocol"), tuple("A02", Absence.FOCUS_FAILURE, "AF Error"),
            tuple("A04", Absence.MISSING, "no file"));
  }

  private static PlaneId plane(String well, int site, int timepoint, int z) {
    return new PlaneId(WellAddress.parse(well), site, "DNA", timepoint, z);
  }
}
