package io.dcmix.training.report.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class GreyImageTest {
  @Test
  void pixelsGoFromBlackToTheTintRowByRow() throws IOException {
    BufferedImage image = read(GreyImage.png(new float[] {-5, 10, 15, 20, 99, Float.NaN}, 2, 3, 10, 20, 0xff8040));

    assertThat(image.getWidth()).isEqualTo(3);
    assertThat(image.getHeight()).isEqualTo(2);
    assertThat(rgb(image, 0, 0)).isEqualTo("000000");
    assertThat(rgb(image, 1, 0)).isEqualTo("000000");
    assertThat(rgb(image, 2, 0)).isEqualTo("804020");
    assertThat(rgb(image, 0, 1)).isEqualTo("ff8040");
    assertThat(rgb(image, 1, 1)).isEqualTo("ff8040");
    assertThat(rgb(image, 2, 1)).isEqualTo("000000");
  }

  @Test
  void theRangeLeavesOutTheFewDarkestAndBrightest() {
    float[] pixels = new float[1001];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = 1000 - i;
    }
    assertThat(GreyImage.range(pixels, 0.01, 0.995)).isEqualTo(new GreyImage.Range(10, 995));
  }

  @Test
  void anImageOfOneValueOrOfNoneIsStillAPicture() throws IOException {
    float[] same = {7, 7, 7, 7};
    GreyImage.Range range = GreyImage.range(same, 0.01, 0.995);
    assertThat(rgb(read(GreyImage.png(same, 2, 2, range.low(), range.high(), 0xffffff)), 1, 1)).isEqualTo("000000");
    assertThat(GreyImage.range(new float[] {Float.NaN}, 0.01, 0.995)).isEqualTo(new GreyImage.Range(0, 1));
  }

  @Test
  void aLargeImageIsReducedByMeansOfItsPixels() throws IOException {
    float[] pixels = new float[1000 * 640];
    Arrays.fill(pixels, 0.5f);
    pixels[0] = 0; // the first block is 4 x 4: its mean is 15/16 of 0.5
    BufferedImage image = read(GreyImage.png(pixels, 1000, 640, 0, 1, 0xffffff));
    assertThat(image.getHeight()).isEqualTo(250);
    assertThat(image.getWidth()).isEqualTo(160);
    assertThat(rgb(image, 0, 0)).isEqualTo("787878");
    assertThat(rgb(image, 159, 249)).isEqualTo("808080");
  }

  @Test
  void pixelsThatDoNotFillTheImageAreRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> GreyImage.png(new float[5], 2, 3, 0, 1, 0)).withMessageContaining("2 x 3");
  }

  private static BufferedImage read(byte[] png) throws IOException {
    return ImageIO.read(new ByteArrayInputStream(png));
  }

  private static String rgb(BufferedImage image, int x, int y) {
    return String.format("%06x", image.getRGB(x, y) & 0xffffff);
  }
}
