package io.dcmix.training.fit;

import io.dcmix.core.cli.CliException;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UTFDataFormatException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A fit between two epochs: enough to go on as if nothing had happened.
 *
 * @param fingerprint options and data of the fit; a fit resumes only under the same
 * @param history the epochs that are done
 * @param parameters numbers of the network
 * @param steps steps of the optimiser
 * @param moments of the optimiser
 * @param bestLoss lowest validation loss; infinite when none was measured
 * @param bestParameters numbers of the network at that epoch; empty without early stopping
 */
public record Checkpoint(
    String fingerprint,
    List<Epoch> history,
    Map<String, float[]> parameters,
    int steps,
    Map<String, float[]> moments,
    double bestLoss,
    Map<String, float[]> bestParameters) {
  private static final int MAGIC = 0x44434b31; // "DCK1"
  private static final int MOST_ARRAYS = 10_000;
  private static final int MOST_EPOCHS = 1_000_000;
  private static final int MOST_CHANNELS = 4096;

  public Checkpoint {
    history = List.copyOf(history);
  }

  /** Writes the file in one go: a kill leaves the old one or the new one. */
  public void write(Path file) throws IOException {
    Path draft = file.resolveSibling(file.getFileName() + ".part");
    try (DataOutputStream out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(draft), 1 << 16))) {
      out.writeInt(MAGIC);
      out.writeUTF(fingerprint);
      out.writeInt(history.size());
      for (Epoch e : history) {
        out.writeInt(e.number());
        out.writeDouble(e.loss());
        out.writeDouble(e.accuracy());
        out.writeDouble(e.validationLoss());
        out.writeDouble(e.validationAccuracy());
        out.writeDouble(e.seconds());
        floats(out, e.weights() == null ? new float[0] : e.weights());
      }
      arrays(out, parameters);
      out.writeInt(steps);
      arrays(out, moments);
      out.writeDouble(bestLoss);
      arrays(out, bestParameters);
      out.writeInt(MAGIC);
    }
    Files.move(draft, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }

  /**
   * Reads a file.
   *
   * @param expected fingerprint of the fit that is to go on
   * @throws CliException if the file is no checkpoint, is cut short, or belongs to another fit
   */
  public static Checkpoint read(Path file, String expected) throws IOException {
    long limit = Files.size(file);
    try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16))) {
      require(in.readInt() == MAGIC, file);
      String fingerprint = in.readUTF();
      if (!fingerprint.equals(expected)) {
        throw new CliException(("The checkpoint %s belongs to a training with other options or data, so it cannot go on. Use the same "
            + "ones, or delete the file to start again.%n  there: %s%n  here:  %s").formatted(file, fingerprint, expected));
      }
      List<Epoch> history = new ArrayList<>();
      int epochs = count(in.readInt(), MOST_EPOCHS, file);
      for (int i = 0; i < epochs; i++) {
        int number = in.readInt();
        double loss = in.readDouble();
        double accuracy = in.readDouble();
        double validationLoss = in.readDouble();
        double validationAccuracy = in.readDouble();
        double seconds = in.readDouble();
        float[] weights = floats(in, Math.min(limit, 4L * MOST_CHANNELS), file);
        history.add(new Epoch(number, loss, accuracy, validationLoss, validationAccuracy, weights.length == 0 ? null : weights, seconds));
      }
      Map<String, float[]> parameters = arrays(in, limit, file);
      int steps = in.readInt();
      Map<String, float[]> moments = arrays(in, limit, file);
      double bestLoss = in.readDouble();
      Map<String, float[]> best = arrays(in, limit, file);
      require(in.readInt() == MAGIC, file);
      return new Checkpoint(fingerprint, history, parameters, steps, moments, bestLoss, best);
    } catch (EOFException | UTFDataFormatException e) {
      throw broken(file);
    }
  }

  private static void arrays(DataOutputStream out, Map<String, float[]> arrays) throws IOException {
    out.writeInt(arrays.size());
    for (Map.Entry<String, float[]> array : arrays.entrySet()) {
      out.writeUTF(array.getKey());
      floats(out, array.getValue());
    }
  }

  private static Map<String, float[]> arrays(DataInputStream in, long limit, Path file) throws IOException {
    int n = count(in.readInt(), MOST_ARRAYS, file);
    Map<String, float[]> arrays = new LinkedHashMap<>();
    for (int i = 0; i < n; i++) {
      arrays.put(in.readUTF(), floats(in, limit, file));
    }
    return arrays;
  }

  private static void floats(DataOutputStream out, float[] values) throws IOException {
    out.writeInt(values.length);
    for (float v : values) {
      out.writeFloat(v);
    }
  }

  /** The file's own size bounds what one array may claim. */
  private static float[] floats(DataInputStream in, long limit, Path file) throws IOException {
    float[] values = new float[count(in.readInt(), Math.toIntExact(Math.min(Integer.MAX_VALUE - 8, limit / 4)), file)];
    for (int i = 0; i < values.length; i++) {
      values[i] = in.readFloat();
    }
    return values;
  }

  private static int count(int n, int most, Path file) {
    require(n >= 0 && n <= most, file);
    return n;
  }

  private static void require(boolean holds, Path file) {
    if (!holds) {
      throw broken(file);
    }
  }

  private static CliException broken(Path file) {
    return new CliException("%s is no whole checkpoint of a training; delete it to start again".formatted(file));
  }
}
