package io.dcmix.core.scoring;

import io.dcmix.schema.WellKey;

/**
 * A site of a well in one life of a stream task.
 *
 * @param task the stream task that holds the well
 * @param generation life of that task; a task that was closed and opened again has another
 * @param well the well
 * @param site its site number
 */
public record SiteId(String task, long generation, WellKey well, int site) {}
