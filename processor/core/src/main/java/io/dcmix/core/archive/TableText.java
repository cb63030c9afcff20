package io.dcmix.core.archive;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * The text of a table that a person or an instrument saved: UTF-8 or UTF-16, with or without byte order mark, perhaps
 * gzipped. Line ends become {@code \n}.
 *
 * <p>One byte is forgiven in UTF-8: 0xB5, the micro sign of the old Windows and Macintosh encodings, which spreadsheets write
 * into concentrations. Any other wrong byte is refused, because nobody knows what it was.
 */
public final class TableText {
  /** Of the file as it is on disk, and of what it unpacks to. */
  public static final int MAX_BYTES = 64 << 20;

  private static final int LINE_FEED = '\n';
  private static final byte MICRO = (byte) 0xB5;

  private TableText() {}

  /**
   * Reads a file.
   *
   * @throws ArchiveException if the file is none, too large, damaged or no text
   */
  public static String read(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new ArchiveException(file.toString(), Files.exists(file) ? "is not a file" : "is not a file: there is nothing of that name");
    }
    byte[] bytes = bytes(file);
    String text = decode(bytes, file.toString()).replace("\r\n", "\n").replace('\r', '\n');
    int nul = text.indexOf('\0');
    if (nul >= 0) {
      throw new ArchiveException(file.toString(), "line %d: has a NUL character; the file is damaged or no text".formatted(line(text, nul)));
    }
    return text;
  }

  private static byte[] bytes(Path file) throws IOException {
    try (InputStream raw = new BufferedInputStream(Files.newInputStream(file))) {
      raw.mark(2);
      boolean zipped = raw.read() == 0x1F && raw.read() == 0x8B;
      raw.reset();
      try (InputStream in = zipped ? new GZIPInputStream(raw) : raw) {
        byte[] bytes = in.readNBytes(MAX_BYTES + 1);
        if (bytes.length > MAX_BYTES) {
          throw new ArchiveException(file.toString(), "has more than %d MiB%s; split it by plate".formatted(MAX_BYTES >> 20, zipped ? " unpacked" : ""));
        }
        return bytes;
      }
    } catch (ZipException | EOFException e) {
      throw new ArchiveException(file.toString(), "is a damaged gzip file (%s); copy it again".formatted(e.getMessage()));
    }
  }

  private static String decode(byte[] bytes, String place) throws ArchiveException {
    if (starts(bytes, 'P', 'K', 3, 4) || starts(bytes, 0xD0, 0xCF, 0x11, 0xE0)) {
      throw new ArchiveException(place, "is a spreadsheet, not text; save it as CSV UTF-8");
    }
    if (starts(bytes, 0xEF, 0xBB, 0xBF)) {
      return decode(bytes, 3, StandardCharsets.UTF_8, place);
    }
    if (starts(bytes, 0xFF, 0xFE)) {
      return decode(bytes, 2, StandardCharsets.UTF_16LE, place);
    }
    if (starts(bytes, 0xFE, 0xFF)) {
      return decode(bytes, 2, StandardCharsets.UTF_16BE, place);
    }
    // Without a mark, the first two letters of a header tell: in UTF-16 each has a zero beside it.
    boolean two = bytes.length >= 4 && bytes.length % 2 == 0;
    if (two && bytes[1] == 0 && bytes[3] == 0 && bytes[0] != 0 && bytes[2] != 0) {
      return decode(bytes, 0, StandardCharsets.UTF_16LE, place);
    }
    if (two && bytes[0] == 0 && bytes[2] == 0 && bytes[1] != 0 && bytes[3] != 0) {
      return decode(bytes, 0, StandardCharsets.UTF_16BE, place);
    }
    return decode(bytes, 0, StandardCharsets.UTF_8, place);
  }

  private static String decode(byte[] bytes, int from, Charset charset, String place) throws ArchiveException {
    CharsetDecoder decoder = charset.newDecoder();
    ByteBuffer in = ByteBuffer.wrap(bytes, from, bytes.length - from);
    CharBuffer out = CharBuffer.allocate(bytes.length - from + 1);
    while (true) {
      CoderResult result = decoder.decode(in, out, true);
      if (!result.isError()) {
        return out.flip().toString();
      }
      if (!charset.equals(StandardCharsets.UTF_8) || in.get(in.position()) != MICRO) {
        String before = out.flip().toString();
        throw new ArchiveException(place, "line %d: is not %s text (byte 0x%02X after '%s'); save it as CSV UTF-8".formatted(
            line(before, before.length()), charset.equals(StandardCharsets.UTF_8) ? "UTF-8" : "UTF-16", in.get(in.position()),
            Shown.of(before.substring(Math.max(before.lastIndexOf(LINE_FEED) + 1, before.length() - 20)))));
      }
      in.get();
      out.put('\u00B5');
      decoder.reset();
    }
  }

  private static boolean starts(byte[] bytes, int... head) {
    if (bytes.length < head.length) {
      return false;
    }
    for (int i = 0; i < head.length; i++) {
      if ((bytes[i] & 0xFF) != head[i]) {
        return false;
      }
    }
    return true;
  }

  /** The 1-based line of a position. */
  private static long line(String text, int position) {
    return 1 + text.substring(0, position).replace("\r\n", "\n").replace('\r', '\n').chars().filter(c -> c == LINE_FEED).count();
  }
}
