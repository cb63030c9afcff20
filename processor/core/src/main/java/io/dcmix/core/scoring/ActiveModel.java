package io.dcmix.core.scoring;

import io.dcmix.core.model.ModelCard;
import io.dcmix.core.model.SiteModel;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The version of the model that serves a lane, on all its devices, and its exchange for another between runs. Whoever runs it leases
 * it: a lease keeps its version whatever comes, and a version that was replaced is given up with its last lease.
 *
 * <p>Thread-safe. What {@link #get} gives is never ahead of what a lease that is taken later runs on.
 */
public final class ActiveModel implements Supplier<ServedModel>, AutoCloseable {
  private final ScorerConfig scoring;
  private Version current; // guarded by this
  private boolean closed; // guarded by this
  private volatile ServedModel served;
  private volatile @Nullable String refusal;

  /** A version with what must be known to give it up. Its counts are guarded by the active model. */
  private static final class Version {
    private final List<SiteModel> models;
    private final Runnable release;
    private int leases;
    private boolean replaced;

    Version(List<? extends SiteModel> models, Runnable release) {
      this.models = List.copyOf(models);
      this.release = release;
    }

    boolean isOver() {
      return replaced && leases == 0;
    }
  }

  /** A version for the time of a run. Closed once, by whoever took it. */
  public final class Lease implements AutoCloseable {
    private final Version version;

    private Lease(Version version) {
      this.version = version;
    }

    /** The model on one of the devices, 0-based. */
    public SiteModel on(int device) {
      return version.models.get(device);
    }

    @Override
    public void close() {
      boolean over;
      synchronized (ActiveModel.this) {
        version.leases--;
        over = version.isOver();
      }
      if (over) {
        version.release.run();
      }
    }
  }

  /**
   * Begins with a version.
   *
   * @param models one a device, all of the same file, loaded and warm
   * @param scoring of the lane; says how large batches are
   * @param release gives the models up; called once, when nobody runs them any more
   */
  public ActiveModel(List<? extends SiteModel> models, ScorerConfig scoring, Runnable release) {
    this.scoring = scoring;
    this.current = new Version(models, release);
    this.served = served(models);
  }

  /** A version that stays its owner's, and that nothing replaces. */
  public static ActiveModel of(List<? extends SiteModel> models, ScorerConfig scoring) {
    return new ActiveModel(models, scoring, () -> {});
  }

  private ServedModel served(List<? extends SiteModel> models) {
    ModelCard card = models.getFirst().card();
    boolean reproducible = models.stream()
        .allMatch(m -> m.reproducible() && (m.device().equals("cpu") || m.slabSites() == scoring.batchSites(card)));
    return new ServedModel(card, reproducible);
  }

  /** The version that runs from now on. */
  @Override
  public ServedModel get() {
    return served;
  }

  /** Where it runs, in the order of the devices: {@code cpu}, or {@code cuda:0}, {@code cuda:1}. */
  public synchronized List<String> devices() {
    return current.models.stream().map(SiteModel::device).toList();
  }

  /** The version that serves now, for a run; to be closed after it. */
  public synchronized Lease lease() {
    current.leases++;
    return new Lease(current);
  }

  /**
   * Lets another version take over: runs that begin from now on are its. A refusal is forgotten. After {@link #close} it is given up
   * at once.
   *
   * @param models on the same devices, loaded and warm
   * @param release as in the constructor; not called if they are refused
   * @throws IllegalArgumentException if it does not fit the lane; says in what. The old one goes on
   */
  public void replace(List<? extends SiteModel> models, Runnable release) {
    List<String> differences = get().card().differences(models.getFirst().card());
    List<String> devices = models.stream().map(SiteModel::device).toList();
    if (!differences.isEmpty()) {
      throw new IllegalArgumentException("It does not fit the lane: " + String.join("; ", differences));
    }
    if (!devices.equals(devices())) {
      throw new IllegalArgumentException("It runs on %s and the lane on %s".formatted(devices, devices()));
    }
    Version over = null;
    synchronized (this) {
      if (closed) {
        over = new Version(models, release); // it was still being loaded when the lane ended
      } else {
        Version old = current;
        current = new Version(models, release);
        served = served(models);
        old.replaced = true;
        over = old.isOver() ? old : null;
      }
    }
    refusal = null;
    if (over != null) {
      over.release.run();
    }
  }

  /** Remembers that the version that shall serve was refused, and why. */
  public void refuse(String why) {
    refusal = why;
  }

  /** What {@link #refuse} was told last; null once another version took over. */
  public @Nullable String refusal() {
    return refusal;
  }

  /** Forgets the refusal: the version that serves is the one that shall. */
  public void settle() {
    refusal = null;
  }

  /** Gives the version up, at the latest when its last run is over. Closing twice is fine. */
  @Override
  public void close() {
    Version last;
    boolean over;
    synchronized (this) {
      closed = true;
      last = current;
      over = !last.replaced && last.leases == 0;
      last.replaced = true;
    }
    if (over) {
      last.release.run();
    }
  }
}
