package io.dcmix.core.images;

import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/** Unpacks zlib data (RFC 1950) that come in one or more pieces. Only what is asked for is unpacked, whatever was packed. */
final class InflateSource implements ByteSource {
  /** Hands out the packed data, piece by piece; null at the end. */
  interface Pieces {
    @Nullable ByteBuffer next() throws CorruptPlaneException;
  }

  private final Inflater inflater;
  private final Pieces pieces;

  /**
   * @param inflater fresh or reset; stays the caller's to end
   */
  InflateSource(Inflater inflater, Pieces pieces) {
    this.inflater = inflater;
    this.pieces = pieces;
  }

  static InflateSource of(Inflater inflater, ByteBuffer packed) {
    inflater.reset();
    inflater.setInput(packed);
    return new InflateSource(inflater, () -> null);
  }

  @Override
  public void read(byte[] into, int offset, int length) throws CorruptPlaneException {
    int done = 0;
    while (done < length) {
      int n = inflate(into, offset + done, length - done);
      if (n == 0) {
        throw new CorruptPlaneException("compressed data end %d bytes early".formatted(length - done));
      }
      done += n;
    }
  }

  @Override
  public void finish() throws CorruptPlaneException {
    if (inflate(new byte[1], 0, 1) > 0) {
      throw new CorruptPlaneException("compressed data hold more than the image");
    }
    if (!inflater.finished()) {
      throw new CorruptPlaneException("compressed data end without their checksum");
    }
  }

  /** Unpacks some bytes; 0 only at the end of the stream or of the pieces. */
  private int inflate(byte[] into, int offset, int length) throws CorruptPlaneException {
    try {
      while (true) {
        int n = inflater.inflate(into, offset, length);
        if (n > 0 || inflater.finished()) {
          return n;
        }
        if (inflater.needsDictionary()) {
          throw new CorruptPlaneException("compressed data want a preset dictionary");
        }
        ByteBuffer piece = pieces.next();
        if (piece == null) {
          return 0;
        }
        inflater.setInput(piece);
      }
    } catch (DataFormatException e) {
      throw new CorruptPlaneException("compressed data are broken (%s)".formatted(e.getMessage()), e);
    }
  }
}
