/**
 * One self-contained HTML page from plain values: no network, no script. {@link io.dcmix.training.report.page.Report} says what is on it,
 * {@link io.dcmix.training.report.page.HtmlPage} writes it.
 */
@NullMarked
package io.dcmix.training.report.page;

import org.jspecify.annotations.NullMarked;
