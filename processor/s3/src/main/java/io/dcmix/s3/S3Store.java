package io.dcmix.s3;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;

/**
 * An object store that speaks S3's protocol. It asks once and says how that ended; who tries again, when, and for how long is
 * {@link io.dcmix.core.source.ReferenceSource}'s to say, as for files. A thread that is interrupted lets go of its connection if
 * it is a virtual one.
 *
 * <p>Threading: any number of threads. It holds idle connections only, so it lives as long as the process.
 */
public final class S3Store {
  private static final Duration CONNECT_WITHIN = Duration.ofSeconds(5);

  /** What MinIO and others call the only region that they have. */
  private static final Region ONLY = Region.US_EAST_1;

  /** The name of an object that nobody has, to see whether a bucket answers. */
  private static final String NOTHING = "dcmix-looks-for-nothing";

  private final S3Client client;
  private final String credentials;

  private S3Store(S3Client client, String credentials) {
    this.client = client;
    this.credentials = credentials;
  }

  /**
   * Finds credentials and the region. Does not ask the store; on a machine in Amazon's cloud, asks that for both.
   *
   * @throws UnusableStoreException if one is not found, or the settings cannot be
   */
  public static S3Store open(S3Settings settings) throws UnusableStoreException {
    if (!settings.problems().isEmpty()) {
      throw new UnusableStoreException(String.join("; ", settings.problems()));
    }
    AwsCredentialsProvider provider =
        settings.anonymous() ? AnonymousCredentialsProvider.create() : DefaultCredentialsProvider.builder().build();
    String credentials = settings.anonymous() ? "none, requests are not signed" : found(provider);
    S3ClientBuilder builder = S3Client.builder()
        .httpClientBuilder(UrlConnectionHttpClient.builder().connectionTimeout(CONNECT_WITHIN).socketTimeout(settings.silence()))
        .credentialsProvider(provider)
        .region(region(settings))
        .forcePathStyle(settings.pathStyle())
        // Every payload's SHA-256 is checked by who asks for it.
        .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
        .overrideConfiguration(it -> it.retryStrategy(AwsRetryStrategy.doNotRetry()));
    if (settings.endpoint() != null) {
      builder.endpointOverride(settings.endpoint());
    }
    return new S3Store(builder.build(), credentials);
  }

  private static String found(AwsCredentialsProvider provider) throws UnusableStoreException {
    try {
      return provider.resolveCredentials() instanceof AwsSessionCredentials ? "found: temporary ones" : "found: a key that does not expire";
    } catch (SdkException e) {
      throw new UnusableStoreException("no credentials for the object store were found: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile"
          + " with AWS_PROFILE, or give the pod or machine a role; for a bucket that is open to all, --s3-anonymous");
    }
  }

  private static Region region(S3Settings settings) throws UnusableStoreException {
    if (settings.region() != null) {
      return Region.of(settings.region());
    }
    try {
      return DefaultAwsRegionProviderChain.builder().build().getRegion();
    } catch (SdkException e) {
      if (settings.endpoint() != null) {
        return ONLY;
      }
      throw new UnusableStoreException("the region of the buckets is not known: name it with --s3-region or AWS_REGION");
    }
  }

  /** What kind of credentials there are; nothing of what they are. */
  public String credentials() {
    return credentials;
  }

  /**
   * Fetches an object, once.
   *
   * @param size bytes that it must have; no more than that is read or held
   * @throws IOException if it is not there, has another size or cannot be read, in one line: that may change
   */
  ByteBuffer get(S3Location object, int size) throws IOException {
    try (ResponseInputStream<GetObjectResponse> body = client.getObject(it -> it.bucket(object.bucket()).key(object.key()))) {
      Long length = body.response().contentLength();
      if (length == null || length != size) {
        body.abort();
        throw new IOException("the object has %s bytes, the event says %d".formatted(length == null ? "an unknown number of" : length, size));
      }
      byte[] payload = new byte[size];
      int read = body.readNBytes(payload, 0, size);
      if (read < size) {
        body.abort();
        throw new IOException("the object ended after %d of %d bytes".formatted(read, size));
      }
      return ByteBuffer.wrap(payload);
    } catch (SdkException e) {
      throw new IOException(S3Failure.line(e), e);
    }
  }

  /**
   * Looks whether a folder can be asked for objects, by asking for one that is not there.
   *
   * @throws IOException if the answer is another than that, in one line
   */
  public void probe(S3Location folder) throws IOException {
    try (ResponseInputStream<GetObjectResponse> body = client.getObject(it -> it.bucket(folder.bucket()).key(folder.key() + NOTHING))) {
      body.abort();
    } catch (NoSuchKeyException e) {
      return;
    } catch (SdkException e) {
      throw new IOException(S3Failure.line(e), e);
    }
  }
}
