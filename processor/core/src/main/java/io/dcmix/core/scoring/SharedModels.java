package io.dcmix.core.scoring;

import io.dcmix.core.model.ModelCard;
import io.dcmix.core.model.SiteModel;
import io.dcmix.core.model.SiteScore;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;

/**
 * The models of a process that runs several lanes. The lanes take turns on each device: whoever waits with the lowest rank goes
 * next, so a lane is delayed by the lanes behind it for one run of the model at most. On a GPU a turn is the device; on the CPU
 * there are as many as the first lane has threads.
 *
 * <p>A lane of a high rank may wait as long as those before it are busy. Its sites wait in its pool and then in its store, as
 * they do behind a slow model.
 */
public final class SharedModels {
  private final List<? extends SiteModel> models;
  private final List<Turns> turns;

  /**
   * Shares models; they stay their owner's.
   *
   * @param models one a device
   * @param cpuThreads runs of the model that a CPU makes at once
   */
  public SharedModels(List<? extends SiteModel> models, int cpuThreads) {
    this.models = List.copyOf(models);
    this.turns = models.stream().map(model -> new Turns(model.device().equals("cpu") ? cpuThreads : 1)).toList();
  }

  /**
   * The same models as one lane sees them.
   *
   * @param rank 0 goes first
   */
  public List<SiteModel> ofLane(int rank) {
    List<SiteModel> own = new ArrayList<>();
    for (int i = 0; i < models.size(); i++) {
      own.add(new InTurn(models.get(i), turns.get(i), rank));
    }
    return own;
  }

  /** How many runs wait for their turn now, on all devices. */
  public int waiting() {
    return turns.stream().mapToInt(Turns::waiting).sum();
  }

  private record InTurn(SiteModel model, Turns turns, int rank) implements SiteModel {
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
        turns.take(rank);
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
