package io.dcmix.streams;

import io.dcmix.core.images.CorruptPlaneException;
import io.dcmix.core.images.PlaneDecoder;
import io.dcmix.core.model.SiteScore;
import io.dcmix.core.quality.PlaneStatistics;
import io.dcmix.core.quality.QualityPolicy;
import io.dcmix.core.scoring.PlanePointer;
import io.dcmix.core.scoring.SiteId;
import io.dcmix.core.scoring.SiteOutcome;
import io.dcmix.core.scoring.SitePassage;
import io.dcmix.core.scoring.SitePlane;
import io.dcmix.core.scoring.SiteScorer;
import io.dcmix.core.scoring.SiteTicket;
import io.dcmix.schema.event.FailureReason;
import io.dcmix.schema.event.PlaneQuality;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.stream.DoubleStream;

/**
 * A scorer whose outcomes come when the test says so. The score of a site is made of its bytes: the hit logit is the first
 * byte of the first channel minus 10, the highest over its focal planes, so a test chooses the class by its pixels.
 */
final class HandReleasedScorer implements SiteScorer {
  record Held(SiteTicket ticket, List<SitePlane> planes) {}

  final List<Held> held = new ArrayList<>();
  /** What the model was run on. */
  final List<SiteTicket> scored = new ArrayList<>();

  /** SHA-256 of the model that scores what is released from now on, and what it adds to every logit. */
  String model = "";

  double bias;

  final List<PlanePointer> offered = new ArrayList<>();
  final Map<PlanePointer, byte[]> payloads = new HashMap<>();

  /** What lies in the topic, by offset: where a payload that was never offered is read. */
  final Map<Long, byte[]> topic = new HashMap<>();

  /** What lies outside of it, by URI. */
  final Map<String, byte[]> files = new HashMap<>();

  /** Share of each channel, from the first channel's bytes; equal shares unless a test says otherwise. */
  BiFunction<byte[], Integer, double[]> contribution = (bytes, channels) -> DoubleStream.generate(() -> 1.0 / channels).limit(channels).toArray();

  /** Measures and refuses images as this says; null: they are not looked at. */
  QualityPolicy quality;

  int room = Integer.MAX_VALUE;
  boolean releaseAtOnce = true;
  boolean releaseWhenAwaited;
  DeviceSickException sickness;

  /** When a site went through, made as it is released; null: outcomes tell no times. */
  Supplier<SitePassage> passage;

  private final List<SiteOutcome> done = new ArrayList<>();

  @Override
  public void offer(SiteId site, SitePlane plane, ByteBuffer payload) {
    offered.add(plane.pointer());
    if (payload == null) {
      return; // a real scorer begins to fetch it
    }
    byte[] bytes = new byte[payload.remaining()];
    payload.duplicate().get(bytes);
    payloads.put(plane.pointer(), bytes);
  }

  @Override
  public boolean submit(SiteTicket ticket, List<SitePlane> planes) {
    if (held.size() >= room) {
      return false;
    }
    held.add(new Held(ticket, planes));
    if (releaseAtOnce) {
      releaseAll();
    }
    return true;
  }

  void releaseAll() {
    while (!held.isEmpty()) {
      release(0);
    }
  }

  /** Ends one of the held sites. */
  void release(int index) {
    Held site = held.remove(index);
    List<PlaneQuality> measured = new ArrayList<>();
    SiteOutcome.Failed unusable = unusable(site, measured);
    if (unusable != null) {
      done.add(unusable.withQuality(measured));
      return;
    }
    scored.add(site.ticket());
    double logit = site.planes().getFirst().layers().stream().mapToInt(layer -> payload(layer.pointer())[0] & 0xFF).max().orElseThrow() - 10 + bias;
    byte[] bytes = payload(site.planes().getFirst().layers().getFirst().pointer());
    double p = 1 / (1 + Math.exp(-logit));
    int channels = site.planes().size();
    double[] importance = new double[channels];
    for (int c = 0; c < channels; c++) {
      importance[c] = c == 0 ? logit : 0;
    }
    boolean explained = switch (site.ticket().explain()) {
      case NO -> false;
      case IF_HIT -> logit > 0;
      case YES -> true;
    };
    done.add(new SiteOutcome.Scored(site.ticket(),
        new SiteScore(new double[] {0, logit}, new double[] {1 - p, p}, contribution.apply(bytes, channels), explained ? importance : null), "test", model, measured));
  }

  /** What the decoder, or the policy, says of the site's planes; null if nothing. */
  private SiteOutcome.Failed unusable(Held site, List<PlaneQuality> measured) {
    for (SitePlane image : site.planes()) {
      for (SitePlane.Layer layer : image.layers()) {
        ByteBuffer target = ByteBuffer.allocateDirect((int) layer.format().decodedBytes()).order(ByteOrder.nativeOrder());
        try {
          PlaneDecoder.decode(layer.format(), ByteBuffer.wrap(payload(layer.pointer())), target);
        } catch (CorruptPlaneException e) {
          return new SiteOutcome.Failed(site.ticket(), FailureReason.CORRUPT_PLANE, image.channel(), layer.z(), e.getMessage());
        }
        if (quality != null) {
          measured.add(PlaneStatistics.of(target.flip(), layer.format(), quality.bitDepth()).at(site.ticket().site().site(), image.channel()));
          QualityPolicy.Refusal refusal = quality.refusal(measured.getLast());
          if (refusal != null) {
            return new SiteOutcome.Failed(site.ticket(), refusal.reason(), image.channel(), layer.z(), refusal.message());
          }
        }
      }
    }
    return null;
  }

  private byte[] payload(PlanePointer pointer) {
    byte[] read = switch (pointer) {
      case PlanePointer.InTopic in -> topic.get(in.offset());
      case PlanePointer.AtUri at -> files.get(at.uri());
    };
    return payloads.getOrDefault(pointer, read);
  }

  /** Ends one of the held sites badly: by a plane of this focal plane. */
  void fail(int index, FailureReason reason, String channel, int z, String message) {
    done.add(new SiteOutcome.Failed(held.remove(index).ticket(), reason, channel, z, message));
  }

  /** Ends one of the held sites badly. */
  void fail(int index, FailureReason reason, String channel, String message) {
    done.add(new SiteOutcome.Failed(held.remove(index).ticket(), reason, channel, message));
  }

  @Override
  public boolean awaitRoom(Duration atMost) {
    if (releaseWhenAwaited) {
      releaseAll();
    }
    return held.size() < room;
  }

  @Override
  public List<SiteOutcome> drain(String task, long generation) {
    if (sickness != null) {
      throw sickness;
    }
    List<SiteOutcome> drained = done.stream().filter(o -> o.ticket().site().task().equals(task) && o.ticket().site().generation() == generation).toList();
    done.removeAll(drained);
    return passage == null ? drained : drained.stream().map(o -> o.withPassage(passage.get())).toList();
  }

  @Override
  public void forget(String task, long generation) {
    done.removeIf(o -> o.ticket().site().task().equals(task) && o.ticket().site().generation() == generation);
  }

  @Override
  public void close() {}
}
