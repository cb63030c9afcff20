package io.dcmix.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dcmix.core.archive.PlaneId;
import io.dcmix.core.cli.CliException;
import io.dcmix.core.cli.ProgressBar;
import io.dcmix.schema.AvroCodec;
import io.dcmix.schema.WellKey;
import io.dcmix.schema.event.ImageEvent;
import io.dcmix.streams.LaneTopics;
import io.dcmix.streams.Topics;
import io.dcmix.streams.publish.ArchivePublisher;
import io.dcmix.streams.publish.ArchivePublisher.Published;
import io.dcmix.streams.publish.ImageEvents;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Sends one plate by the publisher and by bare producers, in turns, each time into topics of its own. */
final class PublishMeasurement {
  private static final AvroCodec<ImageEvent> IMAGES = AvroCodec.of(ImageEvent.class);

  private final Broker broker;
  private final ImagePool pool;
  private final int wells;
  private final int partitions;
  private final List<List<byte[]>> events = new ArrayList<>();
  private int lanes;

  PublishMeasurement(Broker broker, ImagePool pool, int wells, int partitions) {
    this.broker = broker;
    this.pool = pool;
    this.wells = wells;
    this.partitions = partitions;
  }

  /**
   * The three of one turn, in 10⁶ bytes of events a second.
   *
   * @param bare idempotent producer without transactions
   * @param transactional producer with a transaction a well
   * @param megabytes that each sent
   */
  record Round(double bare, double transactional, double publisher, double megabytes) {
    double ratio() {
      return publisher / bare;
    }
  }

  List<Round> run(int rounds) throws InterruptedException, IOException {
    BenchPlate plate = plate(0);
    List<PlaneId> planes = plate.planes();
    int planesPerWell = pool.images().planes();
    for (int well = 0; well < Math.min(wells, pool.images().poolWells()); well++) {
      List<byte[]> own = new ArrayList<>();
      for (PlaneId id : planes.subList(well * planesPerWell, (well + 1) * planesPerWell)) {
        var read = plate.read(id);
        own.add(IMAGES.encode(ImageEvents.of(plate.key(), read, plate.instrument()).setBytes(read.payload()).build()));
      }
      events.add(own);
    }
    List<Round> measured = new ArrayList<>();
    try (ProgressBar bar = ProgressBar.start("Publishing a plate again and again", (rounds + 1) * 3L)) {
      for (int round = 0; round <= rounds; round++) {
        double[] seconds = new double[3];
        long bytes = 0;
        for (int turn = 0; turn < 3; turn++) {
          // Whoever comes first changes, so that nobody always has the fresh page cache.
          int which = (turn + round) % 3;
          Topics topics = lane();
          long start = System.nanoTime();
          bytes = which == 2 ? publish(topics, round) : bare(topics, round, which == 1);
          seconds[which] = (System.nanoTime() - start) / 1e9;
          delete(topics);
          bar.update(round * 3L + turn + 1, "");
        }
        if (round > 0) { // the first is to warm up
          measured.add(new Round(bytes / 1e6 / seconds[0], bytes / 1e6 / seconds[1], bytes / 1e6 / seconds[2], bytes / 1e6));
        }
      }
    }
    return measured;
  }

  private BenchPlate plate(int round) {
    return BenchPlate.ofFiles("BENCH-" + round, pool, wells);
  }

  private long publish(Topics topics, int round) throws IOException, InterruptedException {
    try (ArchivePublisher publisher = new ArchivePublisher(topics, broker.client(), InstantSource.system())) {
      BenchPlate plate = plate(round);
      Published published = publisher.publish(plate, plate.key().acquisition(), null, done -> {});
      if (!published.absent().isEmpty()) {
        throw new CliException("An image could not be published: " + published.absent().getFirst().reason());
      }
      return published.bytes();
    }
  }

  private long bare(Topics topics, int round, boolean transactions) throws InterruptedException {
    Map<String, Object> config = new HashMap<>(broker.client());
    config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    config.put(ProducerConfig.ACKS_CONFIG, "all");
    config.put(ProducerConfig.LINGER_MS_CONFIG, 5);
    config.put(ProducerConfig.BATCH_SIZE_CONFIG, 1 << 20);
    config.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 64L << 20);
    config.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, LaneTopics.MAX_MESSAGE_BYTES);
    if (transactions) {
      config.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, topics.lane());
    }
    long bytes = 0;
    BenchPlate plate = plate(round);
    List<PlaneId> planes = plate.planes();
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
      if (transactions) {
        producer.initTransactions();
      }
      int planesPerWell = pool.images().planes();
      for (int well = 0; well < wells; well++) {
        if (transactions) {
          producer.beginTransaction();
        }
        for (int plane = 0; plane < planesPerWell; plane++) {
          PlaneId id = planes.get(well * planesPerWell + plane);
          byte[] event = events.get(well % events.size()).get(plane);
          sent.add(producer.send(new ProducerRecord<>(
              topics.imageEvents(), new WellKey(plate.key(), id.well(), 0).toString().getBytes(UTF_8), event)));
          bytes += event.length;
        }
        if (transactions) {
          producer.commitTransaction();
        }
      }
      producer.flush();
      for (Future<RecordMetadata> one : sent) {
        one.get();
      }
    } catch (ExecutionException e) {
      throw new CliException("The bare producer was refused: " + e.getCause(), e);
    }
    return bytes;
  }

  private Topics lane() throws InterruptedException {
    Topics topics = new Topics("bench-publish-" + lanes++);
    try {
      LaneTopics.create(broker.admin(), topics, new LaneTopics.Plan(partitions, (short) 1, Duration.ofDays(1)));
    } catch (ExecutionException | LaneTopics.UnusableTopicsException e) {
      throw new CliException("The topics of lane %s cannot be created: %s".formatted(topics.lane(), e.getMessage()), e);
    }
    return topics;
  }

  private void delete(Topics topics) throws InterruptedException {
    try {
      broker.admin().deleteTopics(List.of(topics.imageEvents(), topics.publishProgress())).all().get();
    } catch (ExecutionException e) {
      throw new CliException("The topics of lane %s cannot be deleted: %s".formatted(topics.lane(), e.getMessage()), e);
    }
  }
}
