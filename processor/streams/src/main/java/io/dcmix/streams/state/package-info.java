/** What a stage keeps: tables in one store. */
@NullMarked
package io.dcmix.streams.state;

import org.jspecify.annotations.NullMarked;
