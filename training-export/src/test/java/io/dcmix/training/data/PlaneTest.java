package io.dcmix.training.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dcmix.schema.event.PixelType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class PlaneTest {
  @Test
  void shrinksByAveragingWholeBlocksAndLeavesTheRestOut() {
    ByteBuffer pixels = ByteBuffer.wrap(new byte[] {
        1, 3, (byte) 200, (byte) 201, 99,
        5, 7, (byte) 202, (byte) 203, 99,
        99, 99, 99, 99, 99});
    float[] out = {-1, -1, -1, -1};
    new Plane(3, 5, PixelType.UINT8, pixels).shrink(2, out, 1);
    assertThat(out).containsExactly(-1, 4, 201.5f, -1);
  }

  @Test
  void readsUint16BeyondTheSignedRange() {
    ByteBuffer pixels = ByteBuffer.allocate(4).order(ByteOrder.nativeOrder()).putShort((short) 65535).putShort((short) 1).flip();
    Moments moments = new Plane(1, 2, PixelType.UINT16, pixels).moments();
    assertThat(moments.count()).isEqualTo(2);
    assertThat(moments.mean()).isEqualTo(32768);
    assertThat(moments.standardDeviation()).isCloseTo(32767, within(1e-6));
  }
}
