/** Looks at archives of plates, and the options of every command that reads one. */
@NullMarked
package io.dcmix.app.archive;

import org.jspecify.annotations.NullMarked;
