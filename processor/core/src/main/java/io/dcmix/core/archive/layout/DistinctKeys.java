package io.dcmix.core.archive.layout;

import io.dcmix.core.archive.Findings;
import io.dcmix.core.archive.FolderScan;
import io.dcmix.core.archive.Shown;
import io.dcmix.schema.PlateKey;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/** Sees to it that no two plates of an archive share one key. */
final class DistinctKeys {
  private final FolderScan folder;
  private final Findings findings;
  private final Set<PlateKey> taken = new HashSet<>();

  DistinctKeys(FolderScan folder, Findings findings) {
    this.folder = folder;
    this.findings = findings;
  }

  /** The key of a plate; its folder becomes part of the acquisition's id if another has the same plate and acquisition. */
  PlateKey of(String plate, String acquisition, Path at) {
    PlateKey key = new PlateKey(plate, acquisition);
    for (int i = 1; !taken.add(key); i++) {
      String id = acquisition + " in " + folder.name(at) + (i > 1 ? " " + i : "");
      key = new PlateKey(plate, id);
      findings.choice("%s: there are two acquisitions %s of this plate; this one is called '%s'".formatted(
          Shown.of(plate), Shown.of(acquisition), Shown.of(id)), "each folder by itself, with its acquisition given");
    }
    return key;
  }
}
