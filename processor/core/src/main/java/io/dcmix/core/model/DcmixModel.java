package io.dcmix.core.model;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import io.dcmix.core.model.OnnxSession.Output;
import io.dcmix.core.model.OnnxSession.Outputs;
import io.dcmix.core.screening.HitMargin;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A DCMIX model on ONNX Runtime.
 *
 * <p>Threads: on the CPU any number of threads score at once through one session. On CUDA one run at a time, because the
 * runtime's device memory grows with every further thread. {@link #close()} waits for the runs under way; a later call to
 * {@link #score} or {@link #margins} throws IllegalStateException.
 */
public final class DcmixModel implements SiteModel {
  private static final Logger LOG = LoggerFactory.getLogger(DcmixModel.class);

  /**
   * What the mixed images of one run of {@link #margins} may take. Every run casts and normalises all channels anew, so few
   * passes a run are slow; a network that looks at full resolution needs many times this for its feature maps, so many are
   * large.
   */
  private static final long MIXED_BYTES = 32L << 20;

  private static final int MAX_PASSES_AT_ONCE = 32;

  private final ModelCard card;
  private final OnnxSession session;
  private final OnnxTensor plain;
  private final OnnxTensor leaveOneOut;
  private final int slabSites;
  private final boolean reproducible;

  private final ReentrantReadWriteLock life = new ReentrantReadWriteLock();
  private final @Nullable Lock oneRunAtATime;
  private boolean closed; // guarded by life

  private DcmixModel(ModelCard card, OnnxSession session, OnnxTensor plain, OnnxTensor leaveOneOut, int slabSites, boolean reproducible) {
    this.card = card;
    this.session = session;
    this.plain = plain;
    this.leaveOneOut = leaveOneOut;
    this.slabSites = slabSites;
    this.reproducible = reproducible;
    this.oneRunAtATime = session.onCpu() ? null : new ReentrantLock();
  }

  /** {@link #load(Path, DevicePolicy, RuntimeOptions)} with {@link RuntimeOptions#DEFAULT}. */
  public static DcmixModel load(Path file, DevicePolicy policy) throws ModelContractException, IOException {
    return load(file, policy, RuntimeOptions.DEFAULT);
  }

  /**
   * Loads a model file, checks it against the contract, runs it on known sites, and so warms it up.
   *
   * @throws ModelContractException if the file breaks the contract; lists every problem found
   * @throws DeviceUnavailableException if the policy is CUDA and CUDA does not work
   * @throws IOException if the file cannot be read or is too large
   * @throws IllegalArgumentException if the policy names several devices; see {@link Devices}
   */
  public static DcmixModel load(Path file, DevicePolicy policy, RuntimeOptions options)
      throws ModelContractException, IOException {
    if (policy instanceof DevicePolicy.Cuda(List<Integer> ids) && ids.size() > 1) {
      throw new IllegalArgumentException("One model runs on one device, not on " + policy + "; Devices.load takes several");
    }
    return Devices.load(file, policy, options).models().getFirst();
  }

  static byte[] read(Path file, long limit) throws IOException {
    if (Files.isDirectory(file)) {
      throw new IOException("Model file " + file + " is a folder; name the .onnx file in it");
    }
    try (InputStream in = Files.newInputStream(file)) {
      String problem = tooLarge(Files.size(file), Runtime.getRuntime().maxMemory());
      if (problem != null) {
        throw new IOException("Model file " + file + " " + problem);
      }
      byte[] bytes = in.readNBytes(Math.toIntExact(limit) + 1);
      if (bytes.length > limit) {
        throw new IOException("Model file %s is larger than the limit of %d bytes".formatted(file, limit));
      }
      return bytes;
    } catch (NoSuchFileException e) {
      throw new NoSuchFileException(file.toString(), null, "there is no such model file");
    }
  }

  /**
   * Reading takes twice the file's size, and beside it the heap holds what the processor works on: a quarter at most, or a version that
   * comes while others serve would end them all.
   *
   * @param bytes of the file
   * @param heap bytes that the heap may take
   * @return null if it fits
   */
  static @Nullable String tooLarge(long bytes, long heap) {
    return bytes <= heap / 4 ? null : "takes %,d MiB, more than a quarter of the heap's %,d MiB: give the JVM a larger heap, as with -Xmx%dm"
        .formatted(bytes >> 20, heap >> 20, Math.max(heap, 5 * bytes) >> 20);
  }

  /** Opens and checks a model on a CUDA device, or on the CPU where that is null. */
  static DcmixModel start(Path file, byte[] bytes, RuntimeOptions options, @Nullable Integer cudaDevice)
      throws OrtException, ModelContractException {
    List<AutoCloseable> opened = new ArrayList<>();
    try {
      OnnxSession session = OnnxSession.open(bytes, options, cudaDevice);
      opened.add(session);
      List<String> problems = new ArrayList<>();
      ModelCard card =
          ModelContract.read(session.metadata(), session.inputs(), session.outputs(), sha256(bytes), problems);
      if (card == null) {
        throw new ModelContractException(file.toString(), problems);
      }
      OnnxTensor plain = session.masks(allOnes(1, card.channels().size()));
      opened.add(plain);
      OnnxTensor leaveOneOut = session.masks(leaveOneOut(card.channels().size()));
      opened.add(leaveOneOut);
      int slabSites = options.slabSites(card, cudaDevice != null);
      boolean sameBits = new StartupCheck(session, card, plain, leaveOneOut, slabSites, problems).run();
      if (!problems.isEmpty()) {
        throw new ModelContractException(file.toString(), problems);
      }
      boolean reproducible = sameBits && (cudaDevice == null || options.cuda().reproducible());
      DcmixModel model = new DcmixModel(card, session, plain, leaveOneOut, slabSites, reproducible);
      opened.clear();
      return model;
    } finally {
      closeAll(opened.reversed());
    }
  }

  private static float[][] allOnes(int rows, int channels) {
    float[][] ones = new float[rows][channels];
    for (float[] row : ones) {
      Arrays.fill(row, 1);
    }
    return ones;
  }

  /** Row 0 keeps all channels, row i + 1 drops channel i. */
  private static float[][] leaveOneOut(int channels) {
    float[][] rows = allOnes(channels + 1, channels);
    for (int c = 0; c < channels; c++) {
      rows[c + 1][c] = 0;
    }
    return rows;
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }

  static String oneLine(OrtException e) {
    return String.valueOf(e.getMessage()).strip().replaceAll("\\s*\\R\\s*", " ");
  }

  @Override
  public ModelCard card() {
    return card;
  }

  @Override
  public String device() {
    return session.device();
  }

  @Override
  public int slabSites() {
    return slabSites;
  }

  @Override
  public boolean reproducible() {
    return reproducible;
  }

  @Override
  public List<SiteScore> score(ByteBuffer slab, int sites, boolean explain) throws InferenceException {
    int held = slab.remaining() / card.siteBytes();
    if (!slab.isDirect() || held < 1 || slab.remaining() % card.siteBytes() != 0 || sites < 1 || sites > held) {
      throw new IllegalArgumentException(
          "%d sites must lie in a direct buffer of a multiple of %d bytes, not in a %s buffer of %d"
              .formatted(sites, card.siteBytes(), slab.isDirect() ? "direct" : "heap", slab.remaining()));
    }
    Outputs outputs = run(slab.slice(), held, explain ? leaveOneOut : plain);
    List<SiteScore> scores = new ArrayList<>(sites);
    for (int n = 0; n < sites; n++) {
      scores.add(score(outputs, n, explain));
    }
    return scores;
  }

  /** Site n of a run: logits and probabilities are [N, P, K], contribution is [N, C]. */
  private SiteScore score(Outputs outputs, int n, boolean explain) throws InferenceException {
    int classes = card.classes().size();
    int channels = card.channels().size();
    int passes = explain ? channels + 1 : 1;
    double[][] logits = new double[passes][];
    for (int p = 0; p < passes; p++) {
      logits[p] = outputs.logits().doubles((n * passes + p) * classes, classes);
      finite(ModelContract.LOGITS, logits[p]);
    }
    double[] probabilities = outputs.probabilities().doubles(n * passes * classes, classes);
    finite(ModelContract.PROBABILITIES, probabilities);
    double[] contribution = outputs.contribution().doubles(n * channels, channels);
    finite(ModelContract.CONTRIBUTION, contribution);
    return new SiteScore(logits[0], probabilities, contribution, explain ? importance(logits) : null);
  }

  private void finite(String output, double[] values) throws InferenceException {
    for (double v : values) {
      if (!Double.isFinite(v)) {
        throw new InferenceException("Model %s gave NaN or infinity in '%s'".formatted(card.name(), output));
      }
    }
  }

  /**
   * Runs one site with channels dropped as the caller likes, for explanations that {@link #score} does not give.
   *
   * <p>The passes are run some at a time, so that memory does not grow with their number.
   *
   * @param pixels as in {@link #score}
   * @param masks [P, C], one row per pass: 1 keeps a channel, 0 drops it
   * @return the margin of the hit class ({@link HitMargin}), one per pass
   * @throws InferenceException if the runtime fails on it, or gives NaN or infinity
   * @throws IllegalArgumentException if a row has not one finite value per channel, or the pixels are not a site
   * @throws IllegalStateException after {@link #close()}
   */
  public double[] margins(ByteBuffer pixels, float[][] masks) throws InferenceException {
    ByteBuffer site = site(pixels);
    checkMasks(masks);
    int atOnce = passesAtOnce();
    int classes = card.classes().size();
    double[] margins = new double[masks.length];
    for (int from = 0; from < masks.length; from += atOnce) {
      int to = Math.min(masks.length, from + atOnce);
      Output logits;
      try (OnnxTensor rows = session.masks(Arrays.copyOfRange(masks, from, to))) {
        logits = run(site, 1, rows).logits();
      } catch (OrtException e) {
        throw new InferenceException("ONNX Runtime takes no masks: " + oneLine(e), e);
      }
      for (int p = from; p < to; p++) {
        double[] ofPass = logits.doubles((p - from) * classes, classes);
        finite(ModelContract.LOGITS, ofPass);
        margins[p] = HitMargin.of(ofPass, card.hitIndex());
      }
    }
    return margins;
  }

  /** How many passes {@link #margins} runs together, 1 or more. */
  int passesAtOnce() {
    return Math.clamp(MIXED_BYTES / ((long) Float.BYTES * card.height() * card.width()), 1, MAX_PASSES_AT_ONCE);
  }

  private void checkMasks(float[][] masks) {
    for (int p = 0; p < masks.length; p++) {
      if (masks[p].length != card.channels().size()) {
        throw new IllegalArgumentException("Row %d of the masks has %d values; model %s has %d channels"
            .formatted(p, masks[p].length, card.name(), card.channels().size()));
      }
      for (float kept : masks[p]) {
        if (!Float.isFinite(kept)) {
          throw new IllegalArgumentException("Row %d of the masks holds %s; it must be finite".formatted(p, kept));
        }
      }
    }
  }

  private ByteBuffer site(ByteBuffer pixels) {
    if (!pixels.isDirect() || pixels.remaining() < card.siteBytes()) {
      throw new IllegalArgumentException(
          "A site must be a direct buffer of %d bytes, not a %s buffer of %d"
              .formatted(card.siteBytes(), pixels.isDirect() ? "direct" : "heap", pixels.remaining()));
    }
    return pixels.slice(pixels.position(), card.siteBytes());
  }

  private Outputs run(ByteBuffer slab, int sites, OnnxTensor masks) throws InferenceException {
    Lock running = life.readLock();
    running.lock();
    try {
      if (closed) {
        throw new IllegalStateException("Model " + card.name() + " is closed");
      }
      if (oneRunAtATime == null) {
        return session.run(card, slab, sites, masks);
      }
      oneRunAtATime.lock();
      try {
        return session.run(card, slab, sites, masks);
      } finally {
        oneRunAtATime.unlock();
      }
    } catch (OrtException e) {
      throw new InferenceException("ONNX Runtime failed on " + device() + ": " + oneLine(e), e);
    } finally {
      running.unlock();
    }
  }

  /** What the hit margin loses without each channel; pass 0 has all channels, pass c + 1 lacks channel c. */
  private double[] importance(double[][] logits) {
    double all = HitMargin.of(logits[0], card.hitIndex());
    double[] importance = new double[card.channels().size()];
    for (int c = 0; c < importance.length; c++) {
      importance[c] = all - HitMargin.of(logits[c + 1], card.hitIndex());
    }
    return importance;
  }

  /** Waits for the runs under way, then frees the session. Closing twice is fine. */
  @Override
  public void close() {
    Lock alone = life.writeLock();
    alone.lock();
    try {
      if (!closed) {
        closed = true;
        closeAll(List.of(leaveOneOut, plain, session));
      }
    } finally {
      alone.unlock();
    }
  }

  private static void closeAll(List<? extends AutoCloseable> resources) {
    for (AutoCloseable resource : resources) {
      try {
        resource.close();
      } catch (Exception e) {
        LOG.warn("A native resource of the model could not be freed: {}", e.getMessage());
      }
    }
  }
}
