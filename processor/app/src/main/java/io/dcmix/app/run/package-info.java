/** Running a processor: the model, the streams and the page in one process. */
@NullMarked
package io.dcmix.app.run;

import org.jspecify.annotations.NullMarked;
