package io.dcmix.core.scoring;

import io.dcmix.schema.WellKey;

/**
 * What a submission is for, handed back with its outcome.
 *
 * @param task the stream task that submitted
 * @param generation life of that task; a task that was closed and opened again has another
 * @param well the well
 * @param site its site number
 * @param version version of the site's planes; an outcome of another version is stale
 */
public record SiteTicket(String task, long generation, WellKey well, int site, int version) {}
