package io.dcmix.core.source;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;

/**
 * Fetches payloads that URIs of one scheme name. Any number of threads may call at once; a call may block, and gives up when
 * its thread is interrupted. Whether the content is right is checked by the caller.
 */
public interface PayloadResolver {
  /** The scheme, lower case: {@code file}. */
  String scheme();

  /**
   * Fetches a payload, once.
   *
   * @param size bytes that it must have; no more than that is allocated
   * @return a fresh heap buffer of that many bytes. Heap, because nobody tells when it is no longer used: the collector frees
   *     it as it needs room, where direct memory that ran out would stop everything for a full collection
   * @throws RefusedReferenceException if the place must not be read, so that trying again cannot help
   * @throws IOException if it is not there, has another size or cannot be read: that may change
   */
  ByteBuffer fetch(URI uri, int size) throws IOException, RefusedReferenceException;
}
