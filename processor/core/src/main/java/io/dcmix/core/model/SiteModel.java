package io.dcmix.core.model;

import java.nio.ByteBuffer;
import java.util.List;

/** A loaded model on one device. Safe to call from several threads at once. */
public interface SiteModel extends AutoCloseable {
  ModelCard card();

  /** Where it runs: {@code cpu}, {@code cuda:0}. */
  String device();

  /** N: how many sites a plain run of {@link #score(ByteBuffer, int, boolean)} should hold on this device, always the same number. */
  default int slabSites() {
    return 1;
  }

  /** How many an explained run should hold beside plain ones of so many: it makes a pass a channel more, for as much fewer sites. */
  static int explainedSites(ModelCard card, int slabSites) {
    return Math.max(1, slabSites / (1 + card.channels().size()));
  }

  /** Whether the same pixels give the same bits on this device (the start-up self-test says so). */
  boolean reproducible();

  /**
   * Scores the sites of a slab in one run.
   *
   * @param slab a direct buffer in native byte order with [N, C, H, W] pixels from its position to its limit, a whole number N
   *     of sites of {@link ModelCard#siteBytes()}; neither copied nor changed. The same N every time gives the same bits
   * @param sites how many of them are asked for, the first ones, 1 to N; the others only fill the shape
   * @param explain whether to compute the importance, which costs one more pass a channel
   * @return one score per site asked for, in order
   * @throws InferenceException if the runtime fails on it, or gives NaN or infinity for a site that is asked for
   * @throws IllegalStateException after {@link #close()}
   */
  List<SiteScore> score(ByteBuffer slab, int sites, boolean explain) throws InferenceException;

  /** {@link #score(ByteBuffer, int, boolean)} of one site alone: the first {@link ModelCard#siteBytes()} from its position. */
  default SiteScore score(ByteBuffer pixels, boolean explain) throws InferenceException {
    ByteBuffer site = pixels.remaining() > card().siteBytes() ? pixels.slice(pixels.position(), card().siteBytes()) : pixels;
    return score(site, 1, explain).getFirst();
  }

  @Override
  void close();

  /** The runtime failed; whether pixels or device are to blame is for the caller to find out. */
  final class InferenceException extends Exception {
    private static final long serialVersionUID = 1;

    public InferenceException(String message) {
      super(message);
    }

    public InferenceException(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
