package io.dcmix.core.images;

import io.dcmix.schema.event.PixelType;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.Deflater;

/** Writes TIFFs that the JDK's writer cannot: any byte order, predictor, tag. Compressions 1, 5, 8, 32946 and 32773. */
final class TestTiff {
  /** Tags whose one value is a 16-bit number, as TIFF 6.0 demands and some readers insist. */
  private static final Set<Integer> SHORTS = Set.of(258, 259, 262, 266, 277, 317, 339);

  final PlaneFormat format;
  final int[] pixels;
  ByteOrder order = ByteOrder.LITTLE_ENDIAN;
  int compression = 1;
  int predictor = 1;
  int blockWidth;
  int blockHeight;
  boolean tiled;
  final Map<Integer, long[]> tags = new TreeMap<>();

  TestTiff(PlaneFormat format, int[] pixels) {
    this.format = format;
    this.pixels = pixels;
    blockWidth = format.width();
    blockHeight = format.height();
  }

  byte[] write() {
    List<byte[]> blocks = new ArrayList<>();
    for (int top = 0; top < format.height(); top += blockHeight) {
      for (int left = 0; left < format.width(); left += blockWidth) {
        blocks.add(pack(block(left, top)));
      }
    }
    long[] offsets = new long[blocks.size()];
    long[] counts = new long[blocks.size()];
    int at = 8;
    for (int i = 0; i < offsets.length; i++) {
      offsets[i] = at;
      counts[i] = blocks.get(i).length;
      at += blocks.get(i).length;
    }
    Map<Integer, long[]> all = new TreeMap<>(Map.of(
        256, new long[] {format.width()}, 257, new long[] {format.height()}, 258, new long[] {8L * bytes()},
        259, new long[] {compression}, 262, new long[] {1}, 277, new long[] {1}, 317, new long[] {predictor}));
    if (tiled) {
      all.putAll(Map.of(322, new long[] {blockWidth}, 323, new long[] {blockHeight}, 324, offsets, 325, counts));
    } else {
      all.putAll(Map.of(278, new long[] {blockHeight}, 273, offsets, 279, counts));
    }
    all.putAll(tags);

    ByteBuffer out = ByteBuffer.allocate(at + 6 + all.values().stream().mapToInt(v -> 12 + 4 * v.length).sum()).order(order);
    out.putShort((short) (order == ByteOrder.LITTLE_ENDIAN ? 0x4949 : 0x4D4D)).putShort((short) 42).putInt(at);
    blocks.forEach(out::put);
    out.putShort((short) all.size());
    int extra = at + 6 + 12 * all.size();
    for (Map.Entry<Integer, long[]> tag : all.entrySet()) {
      long[] values = tag.getValue();
      boolean isShort = SHORTS.contains(tag.getKey());
      out.putShort(tag.getKey().shortValue()).putShort((short) (isShort ? 3 : 4)).putInt(values.length);
      if (isShort) {
        out.putShort((short) values[0]).putShort((short) 0);
      } else if (values.length == 1) {
        out.putInt((int) values[0]);
      } else {
        out.putInt(extra);
        for (long value : values) {
          out.putInt(extra, (int) value);
          extra += 4;
        }
      }
    }
    return out.array();
  }

  private byte[] block(int left, int top) {
    int height = tiled ? blockHeight : Math.min(blockHeight, format.height() - top);
    ByteBuffer block = ByteBuffer.allocate(blockWidth * height * bytes()).order(order);
    for (int y = top; y < top + height; y++) {
      int before = 0;
      for (int x = left; x < left + blockWidth; x++) {
        int value = x < format.width() && y < format.height() ? pixels[y * format.width() + x] : 0;
        int written = predictor == 2 ? value - before : value;
        if (bytes() == 1) {
          block.put((byte) written);
        } else {
          block.putShort((short) written);
        }
        before = value;
      }
    }
    return block.array();
  }

  private byte[] pack(byte[] block) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    switch (compression) {
      case 1 -> out.writeBytes(block);
      case 8, 32_946 -> {
        Deflater deflater = new Deflater();
        deflater.setInput(block);
        deflater.finish();
        byte[] buffer = new byte[1000];
        while (!deflater.finished()) {
          out.write(buffer, 0, deflater.deflate(buffer));
        }
        deflater.end();
      }
      case 5 -> lzw(block, out);
      case 32_773 -> packBits(block, out);
      default -> throw new AssertionError();
    }
    return out.toByteArray();
  }

  /** The encoder of TIFF 6.0, section 13, with a map of strings as its table. */
  private static void lzw(byte[] block, ByteArrayOutputStream out) {
    Map<String, Integer> table = new HashMap<>();
    StringBuilder bits = new StringBuilder();
    String string = "";
    bits.append(binary(256, 9));
    for (byte b : block) {
      char next = (char) (b & 0xFF);
      String longer = string + next;
      if (longer.length() == 1 || table.containsKey(longer)) {
        string = longer;
        continue;
      }
      bits.append(binary(code(table, string), width(table)));
      table.put(longer, 258 + table.size());
      if (258 + table.size() == 4094) {
        bits.append(binary(256, 12));
        table.clear();
      }
      string = String.valueOf(next);
    }
    bits.append(binary(code(table, string), width(table)));
    table.put(string + "end", 0);
    bits.append(binary(257, width(table)));
    while (bits.length() % 8 != 0) {
      bits.append('0');
    }
    for (int i = 0; i < bits.length(); i += 8) {
      out.write(Integer.parseInt(bits.substring(i, i + 8), 2));
    }
  }

  private static int code(Map<String, Integer> table, String string) {
    return string.length() == 1 ? string.charAt(0) : table.get(string);
  }

  /** Codes grow once the table holds entry 511, 1023 and 2047. */
  private static int width(Map<String, Integer> table) {
    int next = 258 + table.size();
    return next < 512 ? 9 : next < 1024 ? 10 : next < 2048 ? 11 : 12;
  }

  private static String binary(int code, int width) {
    return Integer.toBinaryString(1 << width | code).substring(1);
  }

  private static void packBits(byte[] block, ByteArrayOutputStream out) {
    int i = 0;
    while (i < block.length) {
      int run = 1;
      while (run < 128 && i + run < block.length && block[i + run] == block[i]) {
        run++;
      }
      if (run > 1) {
        out.write(1 - run);
        out.write(block[i]);
      } else {
        out.write(-128);
        out.write(0);
        out.write(block[i]);
      }
      i += run;
    }
  }

  private int bytes() {
    return format.pixelType() == PixelType.UINT8 ? 1 : 2;
  }
}
