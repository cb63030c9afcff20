package io.dcmix.streams.well;

/** Why a record was set aside, in kinds; the record's headers say it in words. */
public enum DeadLetterReason {
  /** It has no key or no value. */
  NO_KEY_OR_VALUE,
  /** Its key or its value cannot be read. */
  UNREADABLE,
  /** A text of the event is too long to be stored. */
  TEXT_TOO_LONG,
  /** Key and event name different wells. */
  KEY_MISMATCH,
  /** The publisher partitions otherwise than by murmur2. */
  WRONG_PARTITION,
  /** The site's number is negative. */
  NEGATIVE_SITE,
  /** The focal plane's number is negative or too high. */
  FOCAL_PLANE_OUT_OF_RANGE
}
