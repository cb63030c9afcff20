package io.dcmix.core.scoring;

import io.dcmix.core.model.ModelCard;
import io.dcmix.core.model.SiteModel;
import io.dcmix.core.model.SiteModel.InferenceException;
import io.dcmix.core.model.SiteScore;
import io.dcmix.core.scoring.SiteScorer.DeviceSickException;
import io.dcmix.core.scoring.SiteTicket.Explain;
import io.dcmix.core.screening.HitMargin;
import io.dcmix.schema.event.FailureReason;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Runs sites through the model that serves one device, in batches of a fixed shape. A batch that fails is run again site by site, and a
 * site that fails alone is to blame only if a blank one passes.
 *
 * <p>Threading: of one thread; of any number where a batch is one site.
 */
final class SiteRunner {
  private final ActiveModel active;
  private final int device;
  private final ScoringMeter meter;
  private final Slab plain;
  private final Slab explained;

  /**
   * Prepares the slabs.
   *
   * @param device its place among the active model's, 0-based
   * @param batchSites sites of a plain run; explained ones make a pass a channel more, and get as much smaller batches
   */
  SiteRunner(ActiveModel active, int device, int batchSites, Arena arena, ScoringMeter meter) {
    this.active = active;
    this.device = device;
    this.meter = meter;
    ModelCard card = active.get().card();
    this.plain = new Slab(arena, batchSites, card.siteBytes());
    this.explained = new Slab(arena, SiteModel.explainedSites(card, batchSites), card.siteBytes());
  }

  /** A complete site with its decoded pixels. */
  record Job(SiteTicket ticket, ByteBuffer pixels) {}

  /**
   * Scores sites, all with one version of the model, their explanations too.
   *
   * @return one outcome a site, in order
   * @throws DeviceSickException if the device fails on a blank site too
   */
  List<SiteOutcome> run(List<Job> jobs) {
    try (ActiveModel.Lease lease = active.lease()) {
      return run(lease.on(device), jobs);
    }
  }

  private List<SiteOutcome> run(SiteModel model, List<Job> jobs) {
    SiteOutcome[] outcomes = new SiteOutcome[jobs.size()];
    List<Integer> plainly = new ArrayList<>();
    List<Integer> fully = new ArrayList<>();
    for (int i = 0; i < jobs.size(); i++) {
      (jobs.get(i).ticket().explain() == Explain.YES ? fully : plainly).add(i);
    }
    run(model, jobs, plainly, false, outcomes);
    run(model, jobs, fully, true, outcomes);

    List<Integer> hits = new ArrayList<>();
    for (int i : plainly) {
      if (jobs.get(i).ticket().explain() == Explain.IF_HIT && isHit(model, outcomes[i])) {
        hits.add(i);
      }
    }
    SiteOutcome[] scored = outcomes.clone();
    run(model, jobs, hits, true, outcomes);
    for (int i : hits) {
      outcomes[i] = explain(scored[i], outcomes[i]);
    }
    return Arrays.asList(outcomes);
  }

  private static boolean isHit(SiteModel model, SiteOutcome outcome) {
    return outcome instanceof SiteOutcome.Scored s && HitMargin.of(s.score().logits(), model.card().hitIndex()) > 0;
  }

  /** The plain score with the importance: a decision must not depend on whether it was explained. */
  private static SiteOutcome explain(SiteOutcome plain, SiteOutcome explained) {
    return plain instanceof SiteOutcome.Scored p && explained instanceof SiteOutcome.Scored e
        ? new SiteOutcome.Scored(
            p.ticket(),
            new SiteScore(p.score().logits(), p.score().probabilities(), p.score().contribution(), e.score().importance()),
            p.device(),
            p.modelSha256())
        : explained;
  }

  private void run(SiteModel model, List<Job> jobs, List<Integer> which, boolean explain, SiteOutcome[] outcomes) {
    int atOnce = (explain ? explained : plain).sites();
    for (int from = 0; from < which.size(); from += atOnce) {
      List<Integer> batch = which.subList(from, Math.min(from + atOnce, which.size()));
      try {
        scoreInto(model, jobs, batch, explain, outcomes);
      } catch (InferenceException failure) {
        if (batch.size() == 1) {
          outcomes[batch.getFirst()] = blame(model, jobs.get(batch.getFirst()), explain, failure);
        } else {
          batch.forEach(i -> runAlone(model, jobs, i, explain, outcomes));
        }
      }
    }
  }

  private void runAlone(SiteModel model, List<Job> jobs, int i, boolean explain, SiteOutcome[] outcomes) {
    try {
      scoreInto(model, jobs, List.of(i), explain, outcomes);
    } catch (InferenceException failure) {
      outcomes[i] = blame(model, jobs.get(i), explain, failure);
    }
  }

  private void scoreInto(SiteModel model, List<Job> jobs, List<Integer> batch, boolean explain, SiteOutcome[] outcomes) throws InferenceException {
    long start = System.nanoTime();
    ByteBuffer slab = (explain ? explained : plain).of(batch.stream().map(i -> jobs.get(i).pixels()).toList());
    List<SiteScore> scores = model.score(slab, batch.size(), explain);
    meter.ran(model.device(), batch.size(), System.nanoTime() - start);
    for (int k = 0; k < batch.size(); k++) {
      int i = batch.get(k);
      outcomes[i] = new SiteOutcome.Scored(jobs.get(i).ticket(), scores.get(k), model.device(), model.card().sha256());
    }
  }

  /** A site is to blame only if a blank one passes; otherwise the device is. */
  private SiteOutcome blame(SiteModel model, Job job, boolean explain, InferenceException failure) {
    ByteBuffer blank = ByteBuffer.allocateDirect(model.card().siteBytes()).order(ByteOrder.nativeOrder());
    try {
      model.score((explain ? explained : plain).of(List.of(blank)), 1, explain);
    } catch (InferenceException e) {
      failure.addSuppressed(e);
      throw new DeviceSickException(
          "The device " + model.device() + " fails on a blank site too, so nothing it says can be trusted: " + failure.getMessage(), failure);
    }
    return new SiteOutcome.Failed(
        job.ticket(), FailureReason.MODEL_FAILED, null, "The model failed on this site and on no other: " + failure.getMessage());
  }
}
