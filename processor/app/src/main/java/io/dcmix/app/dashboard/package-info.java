/** The dashboard: reads the result topics as any outside program would, and serves them to browsers. */
@NullMarked
package io.dcmix.app.dashboard;

import org.jspecify.annotations.NullMarked;
