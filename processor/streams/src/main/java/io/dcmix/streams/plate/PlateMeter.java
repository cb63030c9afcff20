package io.dcmix.streams.plate;

import io.dcmix.schema.event.Alert;
import io.dcmix.schema.event.HitCall;
import io.dcmix.schema.event.PlateQuality;

/** Is told what the plate stages say, for metrics. Called from the stream threads: implementations count and return. */
public interface PlateMeter {
  /** Counts nothing. */
  PlateMeter NONE = new PlateMeter() {
    @Override
    public void called(HitCall call) {}

    @Override
    public void judged(PlateQuality quality) {}

    @Override
    public void alerted(Alert alert) {}
  };

  /** A call goes out. */
  void called(HitCall call);

  /** The quality of a plate that will not change without another image, layout or announcement goes out. */
  void judged(PlateQuality quality);

  /** An alert goes out. */
  void alerted(Alert alert);
}
