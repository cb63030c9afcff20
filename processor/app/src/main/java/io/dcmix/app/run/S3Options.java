package io.dcmix.app.run;

import io.dcmix.core.cli.CliException;
import io.dcmix.core.source.PayloadResolver;
import io.dcmix.core.source.RefusedReferenceException;
import io.dcmix.s3.S3Location;
import io.dcmix.s3.S3Resolver;
import io.dcmix.s3.S3Settings;
import io.dcmix.s3.S3Store;
import io.dcmix.s3.UnusableStoreException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which objects events may refer to, and where their store is; a mixin. */
public final class S3Options {
  @Option(names = "--reference-s3", paramLabel = "URI",
      description = "Images may be objects below s3://bucket/folder/, by reference; see docs/references.md. Repeatable. Default: none.")
  private List<String> folders = new ArrayList<>();

  @Option(names = "--s3-endpoint", paramLabel = "URL", description = "The object store, where it is not Amazon's: https://minio:9000.")
  private @Nullable URI endpoint;

  @Option(names = "--s3-region", paramLabel = "NAME",
      description = "Region of the buckets. Default: what AWS_REGION, the profile or the machine says; with --s3-endpoint else us-east-1.")
  private @Nullable String region;

  @Option(names = "--s3-path-style", description = "Ask for https://host/bucket/key instead of https://bucket.host/key; MinIO and its like want it.")
  private boolean pathStyle;

  @Option(names = "--s3-anonymous", description = "Sign no request: for buckets that are open to all. Default: credentials by the AWS SDK's chain.")
  private boolean anonymous;

  /**
   * What fetches objects: nothing, and none of the SDK's classes is loaded, unless a folder is allowed.
   *
   * @param silence a store that says nothing for so long is given up
   * @throws CliException if the options do not fit together, or there are no credentials
   */
  public List<PayloadResolver> resolvers(Duration silence) {
    List<S3Location> allowed = folders();
    return allowed.isEmpty() ? List.of() : List.of(new S3Resolver(store(silence), allowed));
  }

  /** The folders of {@code --reference-s3}. */
  public List<S3Location> folders() {
    if (folders.isEmpty() && (endpoint != null || region != null || pathStyle || anonymous)) {
      throw new CliException("--s3-endpoint, --s3-region, --s3-path-style and --s3-anonymous say how objects are fetched: name their folders with --reference-s3");
    }
    List<S3Location> named = new ArrayList<>();
    for (String folder : folders) {
      try {
        named.add(S3Location.folder(folder));
      } catch (RefusedReferenceException e) {
        throw new CliException("--reference-s3: " + e.getMessage(), e);
      }
    }
    return named;
  }

  /**
   * Opens the store.
   *
   * @throws CliException if that cannot be; names the remedy
   */
  public S3Store store(Duration silence) {
    try {
      return S3Store.open(new S3Settings(endpoint, region, pathStyle, anonymous, silence));
    } catch (UnusableStoreException e) {
      throw new CliException("--reference-s3: " + e.getMessage(), e);
    }
  }
}
