package io.dcmix.core.archive.layout;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes classic TIFFs of several 16-bit images, the first with a description. */
final class TestPages {
  static final int WIDTH = 3;
  static final int HEIGHT = 2;

  private TestPages() {}

  /** Each image has the given value in its first pixel, and the following numbers in the others. */
  static Path write(Path file, String description, int... values) throws IOException {
    byte[] text = (description + "\0").getBytes(StandardCharsets.UTF_8);
    int directory = 2 + 9 * 12 + 4;
    int pixels = WIDTH * HEIGHT * 2;
    ByteBuffer out = ByteBuffer.allocate(8 + text.length + values.length * (directory + pixels)).order(ByteOrder.LITTLE_ENDIAN);
    out.putShort((short) 0x4949).putShort((short) 42).putInt(8 + text.length).put(text);
    for (int page = 0; page < values.length; page++) {
      int at = out.position();
      out.putShort((short) 9);
      entry(out, 256, WIDTH);
      entry(out, 257, HEIGHT);
      entry(out, 258, 16);
      entry(out, 259, 1);
      entry(out, 262, 1);
      out.putShort((short) 270).putShort((short) 2).putInt(page == 0 ? text.length : 1).putInt(page == 0 ? 8 : 0);
      entry(out, 273, at + directory);
      entry(out, 278, HEIGHT);
      entry(out, 279, pixels);
      out.putInt(page == values.length - 1 ? 0 : at + directory + pixels);
      for (int i = 0; i < WIDTH * HEIGHT; i++) {
        out.putShort((short) (values[page] + i));
      }
    }
    Files.createDirectories(file.getParent());
    return Files.write(file, out.array());
  }

  private static void entry(ByteBuffer out, int tag, int value) {
    out.putShort((short) tag).putShort((short) 4).putInt(1).putInt(value);
  }
}
