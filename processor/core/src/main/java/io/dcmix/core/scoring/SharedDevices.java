package io.dcmix.core.scoring;

import io.dcmix.core.model.ModelCard;
import io.dcmix.core.model.SiteModel;
import io.dcmix.core.model.SiteScore;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The devices of a process that runs several lanes, each with a model of its own or with the same one. The lanes take turns on each
 * device: whoever waits with the lowest rank goes next, so on a GPU a lane is delayed by the lanes behind it for one run of the model at
 * most. On the CPU there are as many places as the first lane has threads, and that lane waits for none: a run of another lane
 * takes a core from it as long as it lasts, and never its turn.
 *
 * <p>A lane of a high rank may wait as long as those before it are busy. Its sites wait in its pool and then in its store, as
 * they do behind a slow model.
 */
public final class SharedDevices {
  private final int cpuThreads;
  private final Map<String, Turns> turns = new ConcurrentHashMap<>();

  /**
   * Shares the devices of this process.
   *
   * @param cpuThreads runs of a model that the CPU makes at once
   */
  public SharedDevices(int cpuThreads) {
    this.cpuThreads = cpuThreads;
  }

  /**
   * Models as one lane sees them; they stay their owner's.
   *
   * @param models one a device
   * @param rank 0 goes first
   */
  public List<SiteModel> ofLane(List<? extends SiteModel> models, int rank) {
    return models.stream().<SiteModel>map(model -> {
      boolean cpu = model.device().equals("cpu");
      return new InTurn(model, turns.computeIfAbsent(model.device(), device -> new Turns(cpu ? cpuThreads : 1)), rank, cpu && rank == 0);
    }).toList();
  }

  /** How many runs wait for their turn now, on all devices. */
  public int waiting() {
    return turns.values().stream().mapToInt(Turns::waiting).sum();
  }

  private record InTurn(SiteModel model, Turns turns, int rank, boolean waitsForNobody) implements SiteModel {
    @Override
    public ModelCard card() {
      return model.card();
    }

    @Override
    public String device() {
      return model.device();
    }

    @Override
    public int slabSites() {
      return model.slabSites();
    }

    @Override
    public boolean reproducible() {
      return model.reproducible();
    }

    /**
     * {@inheritDoc}
     *
     * @throws CancellationException if the thread is interrupted before its turn: its lane closes
     */
    @Override
    public List<SiteScore> score(ByteBuffer slab, int sites, boolean explain) throws InferenceException {
      try {
        if (waitsForNobody) {
          turns.takeAtOnce();
        } else {
          turns.take(rank);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new CancellationException("The lane closed before its turn");
      }
      try {
        return model.score(slab, sites, explain);
      } finally {
        turns.giveBack();
      }
    }

    @Override
    public void close() {
      // The models are their owner's.
    }
  }
}
