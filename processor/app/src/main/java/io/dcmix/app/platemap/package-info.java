/** {@code dcmix plate-map}: what is in the wells of plates, from files to Kafka. */
@NullMarked
package io.dcmix.app.platemap;

import org.jspecify.annotations.NullMarked;
