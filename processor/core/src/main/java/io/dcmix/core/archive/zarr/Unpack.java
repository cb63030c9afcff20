package io.dcmix.core.archive.zarr;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import io.dcmix.core.images.CorruptPlaneException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.zip.DataFormatException;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;

/** Unpacks bytes of which it is known how many there are; what holds fewer or more is broken. */
final class Unpack {
  private Unpack() {}

  static void zlib(byte[] packed, int from, int length, byte[] target, int to, int size) throws CorruptPlaneException {
    try (Inflater inflater = new Inflater()) {
      inflater.setInput(packed, from, length);
      int done = 0;
      while (done < size) {
        int count = inflater.inflate(target, to + done, size - done);
        if (count == 0) {
          throw new CorruptPlaneException("zlib: the data end %d bytes early".formatted(size - done));
        }
        done += count;
      }
      if (inflater.inflate(new byte[1]) != 0) {
        throw new CorruptPlaneException("zlib: the data hold more than %d bytes".formatted(size));
      }
    } catch (DataFormatException e) {
      throw new CorruptPlaneException("zlib: the data are broken (%s)".formatted(e.getMessage()), e);
    }
  }

  static void gzip(byte[] packed, byte[] target) throws CorruptPlaneException {
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(packed))) {
      int done = in.readNBytes(target, 0, target.length);
      if (done < target.length || in.read() >= 0) {
        throw new CorruptPlaneException("gzip: the data hold %s than %d bytes".formatted(done < target.length ? "fewer" : "more", target.length));
      }
    } catch (IOException e) {
      throw new CorruptPlaneException("gzip: the data are broken (%s)".formatted(e.getMessage()), e);
    }
  }

  static void zstd(byte[] packed, int from, int length, byte[] target, int to, int size) throws CorruptPlaneException {
    try {
      long done = Zstd.decompressByteArray(target, to, size, packed, from, length);
      if (done != size) {
        throw new CorruptPlaneException("Zstandard: the data end %d bytes early".formatted(size - done));
      }
    } catch (ZstdException e) {
      throw new CorruptPlaneException("Zstandard: the data are broken (%s)".formatted(e.getMessage()), e);
    }
  }
}
