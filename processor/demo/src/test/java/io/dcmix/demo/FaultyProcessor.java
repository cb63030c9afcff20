package io.dcmix.demo;

import io.dcmix.app.run.Shutdown;
import io.dcmix.core.images.PlaneDecoder;
import io.dcmix.core.model.DcmixModel;
import io.dcmix.core.model.DevicePolicy;
import io.dcmix.core.model.ModelCard;
import io.dcmix.core.model.SiteModel;
import io.dcmix.core.model.SiteScore;
import io.dcmix.core.quality.QualityPolicy;
import io.dcmix.core.scoring.ScorerConfig;
import io.dcmix.streams.ProcessorConfig;
import io.dcmix.streams.ScreeningConfig;
import io.dcmix.streams.StreamsRuntime;
import io.dcmix.streams.Topics;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.streams.GroupProtocol;

/**
 * A processor as {@code dcmix run} starts it, whose model obeys switches: the file {@code shut} holds every answer back, the file
 * {@code sick} makes every run fail, and a site whose pixels all have one certain value is always refused.
 */
final class FaultyProcessor {
  static final byte REFUSED_PIXEL = (byte) 0xFE;
  static final String SHUT = "shut";
  static final String SICK = "sick";

  /** Printed when the first site is in the model. */
  static final String SCORING = "a site is in the model";

  private FaultyProcessor() {}

  public static void main(String[] args) throws Exception {
    Path switches = Path.of(args[5]);
    try (Shutdown shutdown = new Shutdown()) {
      DcmixModel sound = shutdown.add(DcmixModel.load(Path.of(args[4]), DevicePolicy.CPU));
      ProcessorConfig config = ProcessorConfig.of(new Topics(args[1]), args[0], Path.of(args[3]))
          // What the model refuses here is an image of one grey in all channels, and it must get there.
          .withScreening(ScreeningConfig.DEFAULT.withQuality(QualityPolicy.FLAG_ALL))
          .withGroupProtocol(GroupProtocol.valueOf(args[2]))
          .withScoring(ScorerConfig.DEFAULT.withPoolBytes((long) Integer.parseInt(args[6]) * sound.card().siteBytes()))
          .withTimeouts(BrokerProcess.TRANSACTION, BrokerProcess.SWEEP, BrokerProcess.SESSION);
      StreamsRuntime runtime = shutdown.add(StreamsRuntime.start(config, List.of(new SwitchedModel(sound, switches)),
          (plane, payload, target) -> PlaneDecoder.decode(plane.format(), payload, target)));
      var _ = runtime.ended().thenRun(shutdown::ask);
      shutdown.await();
      if (runtime.ended().isDone()) {
        System.exit(1);
      }
    }
  }

  private record SwitchedModel(SiteModel model, Path switches) implements SiteModel {
    @Override
    public ModelCard card() {
      return model.card();
    }

    @Override
    public String device() {
      return model.device();
    }

    @Override
    public boolean reproducible() {
      return model.reproducible();
    }

    @Override
    public List<SiteScore> score(ByteBuffer slab, int sites, boolean explain) throws InferenceException {
      if (Files.exists(switches.resolve(SICK))) {
        throw new InferenceException("The device is switched to sick");
      }
      if (refused(slab)) {
        throw new InferenceException("The site is one that is refused");
      }
      List<SiteScore> scores = model.score(slab, sites, explain);
      if (Files.exists(switches.resolve(SHUT))) {
        System.out.println(SCORING);
        while (Files.exists(switches.resolve(SHUT)) && !Thread.currentThread().isInterrupted()) {
          LockSupport.parkNanos(2_000_000);
        }
      }
      return scores;
    }

    private static boolean refused(ByteBuffer slab) {
      for (int i = slab.position(); i < slab.limit(); i++) {
        if (slab.get(i) != REFUSED_PIXEL) {
          return false;
        }
      }
      return true;
    }

    @Override
    public void close() {
      // Its owner closes the model.
    }
  }
}
