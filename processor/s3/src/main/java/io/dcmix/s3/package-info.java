/**
 * Images that lie in an object store: which objects an event may refer to, and how they are fetched. The one module that knows the
 * AWS SDK, whose classes are first loaded when an {@link io.dcmix.s3.S3Store} is opened.
 */
@NullMarked
package io.dcmix.s3;

import org.jspecify.annotations.NullMarked;
