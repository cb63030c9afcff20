package io.dcmix.streams;

import io.dcmix.core.scoring.ScorerConfig;
import io.dcmix.core.source.References;
import io.dcmix.streams.trace.TraceConfig;
import io.dcmix.streams.wire.WireFormat;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.streams.GroupProtocol;
import org.apache.kafka.streams.StreamsConfig;
import org.jspecify.annotations.Nullable;

/**
 * What a processor instance is told. Start from {@link #of} and change what differs.
 *
 * @param topics the lane
 * @param selection which of its images are scored
 * @param bootstrapServers host:port, comma-separated
 * @param stateDir folder of the local state; it can be lost, the changelogs restore it
 * @param streamThreads threads that read images and write results, 1 or more
 * @param scoring threads and memory that decode and score
 * @param memory what may be held in memory besides
 * @param screening what is made of the images, for a scientist to decide
 * @param commitInterval how often results become visible
 * @param transactionTimeout after which the broker gives up a silent instance's transaction
 * @param abortSweep how often the broker looks for such transactions (its transaction.abort.timed.out… setting)
 * @param sessionTimeout after which the broker gives a silent instance's partitions to another
 * @param pollInterval longest time between two polls before an instance counts as stuck
 * @param groupProtocol how instances share the lane; STREAMS leaves it to the broker, whose session setting then applies and must
 *     be what sessionTimeout says
 * @param wire how events are written at the edge
 * @param kafka further client settings, such as security; they are given to every Kafka client
 * @param references what may be fetched by reference
 * @param checkHashOf the SHA-256 that an event states of its inline image is checked on one image in so many; 1: on all
 * @param standbyReplicas further instances that keep a copy of each part of the state and can take over without reading it again;
 *     under STREAMS this is the broker's to say
 * @param tracing where traces go; null: there are none
 */
public record ProcessorConfig(
    Topics topics,
    ImageSelection selection,
    String bootstrapServers,
    Path stateDir,
    int streamThreads,
    ScorerConfig scoring,
    MemoryBudget memory,
    ScreeningConfig screening,
    Duration commitInterval,
    Duration transactionTimeout,
    Duration abortSweep,
    Duration sessionTimeout,
    Duration pollInterval,
    GroupProtocol groupProtocol,
    WireFormat wire,
    Map<String, String> kafka,
    References references,
    int checkHashOf,
    int standbyReplicas,
    @Nullable TraceConfig tracing) {

  /** Finds a publisher that states wrong hashes within its first wells, at a sixteenth of the price. */
  private static final int CHECK_HASH_OF = 16;

  /** How long at most a record waits for the scorer to have room; then its site waits in the store. */
  public static final Duration BACK_PRESSURE = Duration.ofSeconds(1);

  public ProcessorConfig {
    kafka = Map.copyOf(kafka);
  }

  /** The defaults, for a broker with its default settings. */
  public static ProcessorConfig of(Topics topics, String bootstrapServers, Path stateDir) {
    return new ProcessorConfig(
        topics, ImageSelection.ALL, bootstrapServers, stateDir, 1, ScorerConfig.DEFAULT, MemoryBudget.DEFAULT, ScreeningConfig.DEFAULT, Duration.ofMillis(200),
        Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofSeconds(45), Duration.ofMinutes(5), GroupProtocol.CLASSIC,
        new WireFormat.SingleObject(), Map.of(), References.NONE, CHECK_HASH_OF, 0, null);
  }

  public ProcessorConfig withSelection(ImageSelection wanted) {
    return new ProcessorConfig(topics, wanted, bootstrapServers, stateDir, streamThreads, scoring, memory, screening,
        commitInterval, transactionTimeout, abortSweep, sessionTimeout, pollInterval, groupProtocol, wire, kafka, references, checkHashOf, standbyReplicas, tracing);
  }

  /** The same instance settings for another lane. */
  public ProcessorConfig withTopics(Topics other) {
    return new ProcessorConfig(other, selection, bootstrapServers, stateDir, streamThreads, scoring, memory, screening,
        commitInterval, transactionTimeout, abortSweep, sessionTimeout, pollInterval, groupProtocol, wire, kafka, references, checkHashOf, standbyReplicas, tracing);
  }

  public ProcessorConfig withScreening(ScreeningConfig wanted) {
    return new ProcessorConfig(topics, selection, bootstrapServers, stateDir, streamThreads, scoring, memory, wanted,
        commitInterval, transactionTimeout, abortSweep, sessionTimeout, pollInterval, groupProtocol, wire, kafka, references, checkHashOf, standbyReplicas, tracing);
  }

  public ProcessorConfig withTimeouts(Duration transaction, Duration sweep, Duration session) {
    return new ProcessorConfig(topics, selection, bootstrapServers, stateDir, streamThreads, scoring, memory, screening,
        commitInterval, transaction, sweep, session, pollInterval, groupProtocol, wire, kafka, references, checkHashOf, standbyReplicas, tracing);
  }

  public ProcessorConfig withScoring(ScorerConfig wanted) {
    return new ProcessorConfig(topics, selection, bootstrapServers, stateDir, streamThreads, wanted, memory, screening,
        commitInterval, transactionTimeout, abortSweep, sessionTimeout, pollInterval, groupProtocol, wire, kafka, references, checkHashOf, standbyReplicas, tracing);
  }

  public ProcessorConfig withStreamThreads(int threads) {
    return new ProcessorConfig(topics, selection, bootstrapServers, stateDir, threads, scoring, memory, screening,
        commitInterval, transactionTimeout, abortSweep, sessionTimeout, pollInterval, groupProtocol, wire, kafka, references, checkHashOf, standbyReplicas, tracing);
  }

  public ProcessorConfig withMemory(MemoryBudget budget) {
    return new ProcessorConfig(topics, selection, bootstrapServers, stateDir, streamThreads, scoring, budget, screening,
        commitInterval, transactionTimeout, abortSweep, sessionTimeout, pollInterval, groupProtocol, wire, kafka, references, checkHashOf, standbyReplicas, tracing);
  }

  public ProcessorConfig withCommitInterval(Duration interval) {
    return new ProcessorConfig(topics, selection, bootstrapServers, stateDir, streamThreads, scoring, memory, screening,
        interval, transactionTimeout, abortSweep, sessionTimeout, pollInterval, groupProtocol, wire, kafka, references, checkHashOf, standbyReplicas, tracing);
  }

  public ProcessorConfig withKafka(Map<String, String> settings) {
    return new ProcessorConfig(topics, selection, bootstrapServers, stateDir, streamThreads, scoring, memory, screening,
        commitInterval, transactionTimeout, abortSweep, sessionTimeout, pollInterval, groupProtocol, wire, settings, references, checkHashOf, standbyReplicas, tracing);
  }

  public ProcessorConfig withGroupProtocol(GroupProtocol protocol) {
    return new ProcessorConfig(topics, selection, bootstrapServers, stateDir, streamThreads, scoring, memory, screening,
        commitInterval, transactionTimeout, abortSweep, sessionTimeout, pollInterval, protocol, wire, kafka, references, checkHashOf, standbyReplicas, tracing);
  }

  public ProcessorConfig withWire(WireFormat format) {
    return new ProcessorConfig(topics, selection, bootstrapServers, stateDir, streamThreads, scoring, memory, screening,
        commitInterval, transactionTimeout, abortSweep, sessionTimeout, pollInterval, groupProtocol, format, kafka, references, checkHashOf, standbyReplicas, tracing);
  }

  public ProcessorConfig withReferences(References fetched) {
    return new ProcessorConfig(topics, selection, bootstrapServers, stateDir, streamThreads, scoring, memory, screening,
        commitInterval, transactionTimeout, abortSweep, sessionTimeout, pollInterval, groupProtocol, wire, kafka, fetched, checkHashOf, standbyReplicas, tracing);
  }

  public ProcessorConfig withCheckHashOf(int oneIn) {
    return new ProcessorConfig(topics, selection, bootstrapServers, stateDir, streamThreads, scoring, memory, screening,
        commitInterval, transactionTimeout, abortSweep, sessionTimeout, pollInterval, groupProtocol, wire, kafka, references, oneIn, standbyReplicas, tracing);
  }

  public ProcessorConfig withStandbyReplicas(int copies) {
    return new ProcessorConfig(topics, selection, bootstrapServers, stateDir, streamThreads, scoring, memory, screening,
        commitInterval, transactionTimeout, abortSweep, sessionTimeout, pollInterval, groupProtocol, wire, kafka, references, checkHashOf, copies, tracing);
  }

  /** Nowhere, if there is no place. */
  public ProcessorConfig withTracing(@Nullable TraceConfig place) {
    return new ProcessorConfig(topics, selection, bootstrapServers, stateDir, streamThreads, scoring, memory, screening,
        commitInterval, transactionTimeout, abortSweep, sessionTimeout, pollInterval, groupProtocol, wire, kafka, references, checkHashOf, standbyReplicas, place);
  }

  /** What is wrong with the settings, each with its remedy; empty if nothing is. */
  public List<String> problems() {
    List<String> problems = new ArrayList<>();
    if (streamThreads < 1 || scoring.workers() < 1) {
      problems.add("stream threads (" + streamThreads + ") and scorer threads (" + scoring.workers() + ") must be at least 1");
    }
    if (checkHashOf < 1) {
      problems.add("hashes are checked on one image in so many: " + checkHashOf + " must be 1 or more");
    }
    if (scoring.poolBytes() < 1 || scoring.backlogBytes() < 1 || scoring.slabBytes() < 1) {
      problems.add("the pixel pool (%d bytes), the decode backlog (%d) and the batch (%d) must be above 0"
          .formatted(scoring.poolBytes(), scoring.backlogBytes(), scoring.slabBytes()));
    }
    problems.addAll(screening.problems());
    if (memory.inputBytes() < LaneTopics.MAX_MESSAGE_BYTES || memory.stateBytes() < 1 << 20) {
      problems.add("the input buffer (%,d bytes) must hold one event of %,d bytes, the state's memory (%,d) must be 1 MiB or more"
          .formatted(memory.inputBytes(), LaneTopics.MAX_MESSAGE_BYTES, memory.stateBytes()));
    }
    copiesAreToldToWhoeverDecides(problems);
    waitsEndBeforeTheTransactionDoes(problems);
    batchesStartBeforeResultsAreDue(problems);
    transactionsEndBeforeTheSessionDoes(problems);
    sessionsEndBeforeThePollInterval(problems);
    problems.addAll(references.problems());
    return problems;
  }

  private void copiesAreToldToWhoeverDecides(List<String> problems) {
    if (standbyReplicas < 0) {
      problems.add("standby replicas (" + standbyReplicas + ") must be 0 or more");
    } else if (standbyReplicas > 0 && groupProtocol == GroupProtocol.STREAMS) {
      problems.add("under the streams protocol the broker decides about standby replicas: leave them at 0 here, and tell it "
          + "'kafka-configs.sh --alter --entity-type groups --entity-name %s --add-config streams.num.standby.replicas=%d'"
              .formatted(topics.applicationId(), standbyReplicas));
    }
    if (kafka.containsKey(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG)) {
      problems.add("the Kafka setting " + StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG + " is the processor's --standby-replicas: give it there");
    }
  }

  private void waitsEndBeforeTheTransactionDoes(List<String> problems) {
    if (BACK_PRESSURE.plus(commitInterval).compareTo(transactionTimeout) >= 0) {
      problems.add(
          "commit interval (%s) + longest wait for the scorer (%s) must be below the transaction timeout (%s): shorten the commit interval"
              .formatted(commitInterval, BACK_PRESSURE, transactionTimeout));
    }
  }

  private void batchesStartBeforeResultsAreDue(List<String> problems) {
    if (scoring.maxDelay().compareTo(BACK_PRESSURE) >= 0) {
      problems.add("the longest wait for a batch to fill (%s) must be below the longest wait for the scorer (%s): shorten max-delay"
          .formatted(scoring.maxDelay(), BACK_PRESSURE));
    }
  }

  private void transactionsEndBeforeTheSessionDoes(List<String> problems) {
    if (transactionTimeout.plus(abortSweep).compareTo(sessionTimeout) >= 0) {
      problems.add(
          "transaction timeout (%s) + the broker's abort sweep (%s) must be below the session timeout (%s): lengthen the session timeout"
              .formatted(transactionTimeout, abortSweep, sessionTimeout));
    }
  }

  private void sessionsEndBeforeThePollInterval(List<String> problems) {
    if (sessionTimeout.compareTo(pollInterval) >= 0) {
      problems.add(
          "the session timeout (%s) must be below the poll interval (%s): shorten the session timeout".formatted(sessionTimeout, pollInterval));
    }
  }

  /** Without the settings: those of Kafka's clients may hold passwords. */
  @Override
  public String toString() {
    return "ProcessorConfig[lane " + topics.lane() + " at " + bootstrapServers + ", state in " + stateDir + "]";
  }
}
