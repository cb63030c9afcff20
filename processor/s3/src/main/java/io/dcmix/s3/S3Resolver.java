package io.dcmix.s3;

import io.dcmix.core.source.PayloadReference;
import io.dcmix.core.source.PayloadResolver;
import io.dcmix.core.source.RefusedReferenceException;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Fetches objects below folders of buckets that the operator allows. Events come from outside, so a URI is a request: nothing is
 * asked of the store before it was found to lie below one of them.
 */
public final class S3Resolver implements PayloadResolver {
  private final S3Store store;
  private final List<S3Location> folders;

  /**
   * Allows folders.
   *
   * @param folders as {@link S3Location#folder} gives them; none refuses everything
   */
  public S3Resolver(S3Store store, List<S3Location> folders) {
    this.store = store;
    this.folders = List.copyOf(folders);
  }

  @Override
  public String scheme() {
    return PayloadReference.S3;
  }

  @Override
  public ByteBuffer fetch(URI uri, int size) throws IOException, RefusedReferenceException {
    S3Location object = S3Location.object(uri);
    if (folders.stream().noneMatch(object::below)) {
      throw new RefusedReferenceException(
          uri + " lies outside of the allowed buckets and folders; allow its folder with --reference-s3 on every instance, or publish the image inline");
    }
    return store.get(object, size);
  }
}
