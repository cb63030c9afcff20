package io.dcmix.app.log;

/** How a log line is written. */
public enum LogFormat {
  /** For people. */
  TEXT,
  /** One JSON object a line, for what collects logs. */
  JSON
}
