package io.dcmix.app.run;

import io.dcmix.app.run.ModelSource.RefusedModelException;
import io.dcmix.core.log.LogFields;
import io.dcmix.core.model.ModelCard;
import io.dcmix.core.scoring.ActiveModel;
import io.dcmix.schema.event.ModelControl;
import io.dcmix.schema.event.ModelEvent;
import io.dcmix.streams.control.ModelControlReader;
import io.dcmix.streams.control.ModelControlWriter;
import io.dcmix.streams.metrics.InstanceMeters;
import io.dcmix.streams.wire.RegistryUnavailableException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows what is said of a lane's model while the lane runs: loads each version that is activated, on a thread of its own, and lets it take over; or
 * refuses it, says so where operators look, and leaves the old one at work.
 */
final class ModelFollower implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ModelFollower.class);
  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration REST = Duration.ofSeconds(10);
  private static final Duration CLOSE_WITHIN = Duration.ofSeconds(20);

  private final String lane;
  private final ModelSource source;
  private final ModelControlReader reader;
  private final ModelControlWriter writer;
  private final ActiveModel active;
  private final Exchange exchange;
  private final MeterRegistry registry;
  private final Counter swaps;
  private final Counter refusals;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread;

  /** Puts a loaded version to work; throws IllegalArgumentException if it does not fit. */
  @FunctionalInterface
  interface Exchange {
    void replace(LoadedModels.Use model);
  }

  /**
   * Begins to follow where the reader stands.
   *
   * @param reader has been read to its end; closed by this
   * @param writer closed by this
   * @param active what serves now
   * @param refused what was refused before the start
   */
  ModelFollower(
      String lane, ModelSource source, ModelControlReader reader, ModelControlWriter writer, ActiveModel active, Exchange exchange,
      MeterRegistry registry, List<ModelSource.Refused> refused) {
    this.lane = lane;
    this.source = source;
    this.reader = reader;
    this.writer = writer;
    this.active = active;
    this.exchange = exchange;
    this.registry = registry;
    this.swaps = InstanceMeters.swaps(registry);
    this.refusals = InstanceMeters.refusals(registry);
    this.thread = Thread.ofPlatform().name("model-control-" + lane).daemon().start(() -> follow(refused));
  }

  private void follow(List<ModelSource.Refused> refused) {
    // Kept over an outage of the brokers or the registry in the middle of a poll.
    AtomicReference<@Nullable ModelControl> newest = new AtomicReference<>();
    try {
      refused.forEach(one -> refuse(one.wanted(), one.why()));
      ModelControl confirmed = reader.orders().confirmed();
      if (confirmed == null || !confirmed.getModelSha256().equals(active.get().card().sha256())) {
        confirm(active.get().card());
      }
      while (!closing.await(0, TimeUnit.SECONDS)) {
        try {
          reader.poll(POLL, record -> {
            if (record.getEvent() == ModelEvent.ACTIVATED) {
              newest.set(record);
            }
          });
          ModelControl wanted = newest.getAndSet(null);
          if (wanted != null) {
            take(wanted);
          }
        } catch (InterruptException e) {
          return;
        } catch (KafkaException | RegistryUnavailableException e) {
          LOG.atWarn().addKeyValue(LogFields.LANE, lane).log("Lane {}: {} cannot be followed for now, {} goes on: {}", lane, "model-control", text(active.get().card()), e.getMessage());
          if (closing.await(REST.toSeconds(), TimeUnit.SECONDS)) {
            return;
          }
        }
      }
    } catch (InterruptedException e) {
      LOG.atDebug().addKeyValue(LogFields.LANE, lane).log("Lane {}: its model is followed no more", lane);
    } finally {
      reader.close();
      writer.close();
    }
  }

  private void take(ModelControl wanted) {
    ModelCard now = active.get().card();
    if (now.sha256().equals(wanted.getModelSha256())) {
      active.settle();
      confirm(now);
      return;
    }
    LOG.atInfo().addKeyValue(LogFields.LANE, lane).log("Lane {}: model {} {} was activated and is being loaded; {} goes on until then", lane, wanted.getModelName(), wanted.getModelVersion(), text(now));
    LoadedModels.Use model;
    try {
      model = source.load(wanted);
    } catch (RefusedModelException e) {
      refuse(wanted, String.valueOf(e.getMessage()));
      return;
    } catch (RuntimeException e) {
      LOG.atError().addKeyValue(LogFields.LANE, lane).setCause(e).log("Lane {}: loading model {} {} ended by an unexpected error", lane, wanted.getModelName(), wanted.getModelVersion());
      refuse(wanted, "loading it ended by an unexpected error: " + e);
      return;
    }
    if (closing.getCount() == 0) {
      model.release().run();
      return;
    }
    try {
      exchange.replace(model);
    } catch (IllegalArgumentException e) {
      model.release().run();
      refuse(wanted, String.valueOf(e.getMessage()));
      return;
    }
    swaps.increment();
    InstanceMeters.model(registry, active);
    LOG.atInfo().addKeyValue(LogFields.LANE, lane).log("Lane {}: model {} serves from now on, in place of {}", lane, text(model.card()), text(now));
    confirm(model.card());
  }

  private void refuse(ModelControl wanted, String why) {
    String version = wanted.getModelName() + " " + wanted.getModelVersion();
    LOG.atError().addKeyValue(LogFields.LANE, lane).log("Lane {}: model {} is refused, {} goes on: {}", lane, version, text(active.get().card()), why);
    refusals.increment();
    active.refuse(version + ": " + why);
    write(() -> writer.refuse(wanted, why));
  }

  private void confirm(ModelCard card) {
    write(() -> writer.confirm(card));
  }

  private interface Writing {
    void run() throws IOException, InterruptedException;
  }

  /** What is not written is in the log, and the lane goes on. */
  private void write(Writing writing) {
    try {
      writing.run();
    } catch (IOException | RegistryUnavailableException e) {
      LOG.atWarn().addKeyValue(LogFields.LANE, lane).log("Lane {}: what became of its model could not be written: {}", lane, e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String text(ModelCard card) {
    return card.name() + " " + card.version();
  }

  /** Waits for a version that is being loaded. */
  @Override
  public void close() {
    closing.countDown();
    try {
      if (!thread.join(CLOSE_WITHIN)) {
        LOG.atWarn().addKeyValue(LogFields.LANE, lane).log("Lane {}: a version of its model is still being loaded; it is dropped with the process", lane);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
