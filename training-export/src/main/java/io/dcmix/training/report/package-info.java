/** What a person sees while a model is trained and after it. */
@NullMarked
package io.dcmix.training.report;

import org.jspecify.annotations.NullMarked;
