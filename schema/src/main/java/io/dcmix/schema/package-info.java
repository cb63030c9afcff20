/** Identities and events: what every other module, and every other program on the topics, agrees on. */
@NullMarked
package io.dcmix.schema;

import org.jspecify.annotations.NullMarked;
