/** The demonstration: a broker, a processor, the page and a plate in one process. Not part of the production image. */
@NullMarked
package io.dcmix.demo;

import org.jspecify.annotations.NullMarked;
