package io.dcmix.s3;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where an object store is and how it is spoken to.
 *
 * @param endpoint address of a store that is not Amazon's, {@code https://host:port}; null for Amazon's
 * @param region where the buckets are; null for what the environment says, and with an endpoint else us-east-1
 * @param pathStyle the bucket stands in the path and not in the host's name, as MinIO and its like want it
 * @param anonymous nothing is signed, for buckets that are open to all; else credentials are found by the SDK's chain
 * @param silence a store that says nothing for so long is given up
 */
public record S3Settings(@Nullable URI endpoint, @Nullable String region, boolean pathStyle, boolean anonymous, Duration silence) {
  /** Amazon's S3, by what the environment says. */
  public static final S3Settings AMAZON = new S3Settings(null, null, false, false, Duration.ofSeconds(30));

  public S3Settings withEndpoint(URI address) {
    return new S3Settings(address, region, pathStyle, anonymous, silence);
  }

  public S3Settings withRegion(String name) {
    return new S3Settings(endpoint, name, pathStyle, anonymous, silence);
  }

  public S3Settings withPathStyle(boolean inPath) {
    return new S3Settings(endpoint, region, inPath, anonymous, silence);
  }

  public S3Settings withAnonymous(boolean unsigned) {
    return new S3Settings(endpoint, region, pathStyle, unsigned, silence);
  }

  public S3Settings withSilence(Duration longest) {
    return new S3Settings(endpoint, region, pathStyle, anonymous, longest);
  }

  /** What is wrong with the settings, each with its remedy; empty if nothing is. */
  public List<String> problems() {
    List<String> problems = new ArrayList<>();
    if (endpoint != null && (endpoint.getHost() == null || endpoint.getRawUserInfo() != null || endpoint.getRawQuery() != null
        || endpoint.getRawFragment() != null || !("http".equals(endpoint.getScheme()) || "https".equals(endpoint.getScheme())))) {
      problems.add("the address of the store must be https://host or https://host:port, not " + endpoint);
    }
    if (region != null && !region.matches("[a-z0-9-]{1,64}")) {
      problems.add("a region is a name such as eu-central-1, not '" + region + "'");
    }
    if (!silence.isPositive()) {
      problems.add("a store must be given time to answer, not " + silence);
    }
    return problems;
  }
}
