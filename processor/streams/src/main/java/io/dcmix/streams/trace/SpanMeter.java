package io.dcmix.streams.trace;

/** Is told what becomes of spans, for metrics. Called from several threads. */
public interface SpanMeter {
  /** Counts nothing. */
  SpanMeter NONE = new SpanMeter() {
    @Override
    public void exported(int spans) {}

    @Override
    public void dropped(int spans) {}
  };

  /** The collector took them. */
  void exported(int spans);

  /** They are lost: the collector did not take them, or too many waited for it. */
  void dropped(int spans);
}
