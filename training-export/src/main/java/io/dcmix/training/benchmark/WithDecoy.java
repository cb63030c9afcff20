package io.dcmix.training.benchmark;

import io.dcmix.training.data.Pixels;

/**
 * Pixels with one more channel at the end: a channel of another sample, which knows nothing of this one. What is said of the
 * others can be believed as far as nothing is said of it.
 *
 * @param of the pixels
 * @param channel 0-based channel that is shown again
 * @param from for each sample, the sample whose channel is shown
 */
@SuppressWarnings("ArrayRecordComponent")
record WithDecoy(Pixels of, int channel, int[] from) implements Pixels {
  @Override
  public int channels() {
    return of.channels() + 1;
  }

  @Override
  public int height() {
    return of.height();
  }

  @Override
  public int width() {
    return of.width();
  }

  @Override
  public void read(int sample, int wanted, int top, int left, int h, int w, float[] out) {
    boolean decoy = wanted == of.channels();
    of.read(decoy ? from[sample] : sample, decoy ? channel : wanted, top, left, h, w, out);
  }
}
