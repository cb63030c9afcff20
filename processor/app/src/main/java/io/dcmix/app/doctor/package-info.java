/** What this machine, this cluster and this model can do, before a plate depends on it. */
@NullMarked
package io.dcmix.app.doctor;

import org.jspecify.annotations.NullMarked;
