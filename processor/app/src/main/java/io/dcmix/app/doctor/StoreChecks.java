package io.dcmix.app.doctor;

import io.dcmix.app.run.S3Options;
import io.dcmix.core.cli.CliException;
import io.dcmix.s3.S3Location;
import io.dcmix.s3.S3Store;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The object store: whether there are credentials for it, and whether the folders that events may refer to can be asked. */
final class StoreChecks {
  private static final String REFERENCES = "References";
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private StoreChecks() {}

  /** Asks for nothing if no folder is named. */
  static List<Finding> run(S3Options options) {
    List<S3Location> folders = options.folders();
    if (folders.isEmpty()) {
      return List.of();
    }
    S3Store store;
    try {
      store = options.store(PATIENCE);
    } catch (CliException e) {
      return List.of(Finding.failed(REFERENCES, "object store", String.valueOf(e.getMessage()), "Do what the message says; see docs/references.md"));
    }
    List<Finding> findings = new ArrayList<>();
    findings.add(Finding.ok(REFERENCES, "credentials", store.credentials()));
    for (S3Location folder : folders) {
      try {
        store.probe(folder);
        findings.add(Finding.ok(REFERENCES, "object store", folder + " answers"));
      } catch (IOException e) {
        findings.add(Finding.failed(REFERENCES, "object store", folder + ": " + e.getMessage(),
            "Correct the folder, --s3-endpoint, --s3-region or the credentials; see docs/references.md"));
      }
    }
    return findings;
  }
}
