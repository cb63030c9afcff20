package io.dcmix.training.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A data set in the four files of MNIST, as Fashion-MNIST and KMNIST have them too: images and labels, for training and for
 * testing.
 *
 * @param train the larger part, to learn from
 * @param test to be looked at once
 */
public record MnistFiles(Part train, Part test) {
  /**
   * Images with their labels.
   *
   * @param labels one per image, unsigned; not copied, nobody writes to it
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Part(IdxFile.Images images, byte[] labels) {
    public Part {
      if (labels.length != images.count()) {
        throw new IllegalArgumentException("%d labels are not one for each of %d images".formatted(labels.length, images.count()));
      }
    }

    /** Number of images. */
    public int size() {
      return labels.length;
    }

    /** 0 to 255. */
    public int label(int image) {
      return labels[image] & 0xFF;
    }

    /** Images of every label, up to the highest that occurs. */
    public int[] histogram() {
      int highest = 0;
      for (byte label : labels) {
        highest = Math.max(highest, label & 0xFF);
      }
      int[] histogram = new int[highest + 1];
      for (byte label : labels) {
        histogram[label & 0xFF]++;
      }
      return histogram;
    }
  }

  /**
   * Reads {@code train-images-idx3-ubyte}, {@code train-labels-idx1-ubyte} and the same of {@code t10k}; also with {@code .gz}
   * behind, and with {@code .idx} for {@code -idx} as some mirrors write it.
   *
   * @throws IOException naming the file that is missing or wrong, and the remedy
   */
  public static MnistFiles open(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new IOException(folder + " is not a folder; name the one that holds train-images-idx3-ubyte.gz and its three companions");
    }
    MnistFiles set = new MnistFiles(part(folder, "train"), part(folder, "t10k"));
    IdxFile.Images train = set.train.images();
    IdxFile.Images test = set.test.images();
    if (train.height() != test.height() || train.width() != test.width()) {
      throw new IOException("In %s the images to train on are %d x %d, those to test %d x %d. Do they belong together?"
          .formatted(folder, train.width(), train.height(), test.width(), test.height()));
    }
    return set;
  }

  private static Part part(Path folder, String name) throws IOException {
    Path imageFile = find(folder, name + "-images", "idx3-ubyte");
    Path labelFile = find(folder, name + "-labels", "idx1-ubyte");
    IdxFile.Images images = IdxFile.images(imageFile);
    byte[] labels = IdxFile.labels(labelFile);
    if (labels.length != images.count()) {
      throw new IOException("%s has %d labels for the %d images of %s. Download both again"
          .formatted(labelFile, labels.length, images.count(), imageFile.getFileName()));
    }
    return new Part(images, labels);
  }

  private static Path find(Path folder, String name, String ending) throws IOException {
    List<String> names = new ArrayList<>();
    for (String separator : List.of("-", ".")) {
      for (String suffix : List.of("", ".gz")) {
        names.add(name + separator + ending + suffix);
      }
    }
    for (String candidate : names) {
      if (Files.isRegularFile(folder.resolve(candidate))) {
        return folder.resolve(candidate);
      }
    }
    throw new IOException("%s has no %s (nor %s). Download the four files of the data set into it"
        .formatted(folder, names.getFirst(), String.join(", ", names.subList(1, names.size()))));
  }
}
