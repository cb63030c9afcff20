package io.dcmix.training.data;

/** The pixels of many samples, read when they are asked for. Any number of threads may read. */
public interface Pixels {
  /** Number of channels. */
  int channels();

  int height();

  int width();

  /**
   * Reads a rectangle of one channel.
   *
   * @param sample index of the sample
   * @param out receives h·w values, row-major from 0 on, in pixel values
   */
  void read(int sample, int channel, int top, int left, int h, int w, float[] out);
}
