package io.dcmix.bench;

import io.dcmix.core.archive.simulation.SimulationSpec;
import io.dcmix.core.images.PlaneFormat;
import io.dcmix.schema.event.Encoding;
import io.dcmix.schema.event.PixelType;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What is measured: images of a kind and a model of a kind. */
enum Workload {
  /** One site of six 512² 8-bit PNGs, about as large as RxRx1's; a small CNN at 128². */
  RXRX1(Net.SMALL_128, 24, 384, 0.70, 0.80),
  /** The same images; ResNet-18 at 224². */
  RESNET(Net.RESNET_224, 8, 384, 0.93, 0.97),
  /** Two sites of five 2160² 16-bit TIFFs in files that the events refer to; a small CNN at 270². */
  PHENIX(Net.SMALL_270, 1, 96, null, null),
  /** The images of rxrx1; a model that hardly computes, so that what is left is transport and decoding. */
  TRANSPORT(Net.NONE, 24, 384, null, null);

  /**
   * The images of a well.
   *
   * @param name of the folder that keeps them
   * @param sites a well
   * @param format of each plane
   * @param channels names
   * @param noise SD of what is added to the simulated image, in values of 8 bits, so that files are as large as real ones
   * @param poolWells number of different wells; the others have the bytes of one of these
   * @param byReference whether events refer to the files instead of holding their bytes
   */
  record Images(
      String name, int sites, PlaneFormat format, List<String> channels, double noise, int poolWells, boolean byReference) {
    static final Images RXRX1 = new Images(
        "rxrx1", 1, new PlaneFormat(512, 512, PixelType.UINT8, Encoding.PNG), SimulationSpec.CHANNELS, 5.5, 64, false);
    static final Images PHENIX = new Images(
        "phenix", 2, new PlaneFormat(2160, 2160, PixelType.UINT16, Encoding.TIFF), SimulationSpec.CHANNELS.subList(0, 5), 9, 6, true);

    int planes() {
      return sites * channels.size();
    }
  }

  /** The models; see {@link Models}. */
  enum Net { NONE, SMALL_128, SMALL_270, RESNET_224 }

  private final Net net;
  private final int plates;
  private final int wells;
  private final @Nullable Double ratioBar;
  private final @Nullable Double ratioAim;

  Workload(Net net, int plates, int wells, @Nullable Double ratioBar, @Nullable Double ratioAim) {
    this.net = net;
    this.plates = plates;
    this.wells = wells;
    this.ratioBar = ratioBar;
    this.ratioAim = ratioAim;
  }

  Images images() {
    return this == PHENIX ? Images.PHENIX : Images.RXRX1;
  }

  Net net() {
    return net;
  }

  /** Plates that are drained, unless the command says otherwise. */
  int plates() {
    return plates;
  }

  /** Wells of a plate, unless the command says otherwise. */
  int wells() {
    return wells;
  }

  /** Least pipeline ÷ bare loop on two cores without a GPU; null where none is set. */
  @Nullable Double ratioBar() {
    return ratioBar;
  }

  /** What to aim at. */
  @Nullable Double ratioAim() {
    return ratioAim;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
