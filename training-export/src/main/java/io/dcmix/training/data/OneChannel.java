package io.dcmix.training.data;

/**
 * One channel of other pixels, for a network that sees no more.
 *
 * @param all the others
 * @param channel 0-based
 */
public record OneChannel(Pixels all, int channel) implements Pixels {
  @Override
  public int channels() {
    return 1;
  }

  @Override
  public int height() {
    return all.height();
  }

  @Override
  public int width() {
    return all.width();
  }

  @Override
  public void read(int sample, int one, int top, int left, int h, int w, float[] out) {
    all.read(sample, channel, top, left, h, w, out);
  }
}
