package io.dcmix.streams.well;

import io.dcmix.core.model.ModelCard;
import io.dcmix.core.quality.QualityPolicy;
import io.dcmix.core.scoring.ServedModel;
import io.dcmix.core.wells.DuplicateChannels;
import io.dcmix.core.wells.WellScore;
import io.dcmix.schema.WellKey;
import io.dcmix.schema.event.FailureReason;
import io.dcmix.schema.event.PlaneQuality;
import io.dcmix.schema.event.WellFailure;
import io.dcmix.schema.event.WellFlag;
import io.dcmix.schema.event.WellPrediction;
import io.dcmix.schema.event.WellStatus;
import io.dcmix.schema.state.PlaneState;
import io.dcmix.schema.state.SiteState;
import io.dcmix.schema.state.SiteStatus;
import io.dcmix.schema.state.WellState;
import io.dcmix.streams.ScreeningConfig;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Makes the events of a settled well from what is stored of it. Pure: the same state gives the same events. */
final class WellResults {
  private final int minSites;
  private final QualityPolicy quality;

  WellResults(ScreeningConfig screening) {
    this.minSites = screening.minSites();
    this.quality = screening.quality();
  }

  /**
   * What is known of a well whose sites have all ended.
   *
   * @param served the version of the model that scored all of them
   * @param state its state; the revision in it is the one that these events carry
   * @param sites all sites, by number
   * @param sitesExpected number of announced sites; null without an announcement
   * @param unknownChannels whether channels that the model does not know are part of the acquisition
   * @param focusFailure whether the instrument said that its autofocus failed on a plane of the well
   * @param images the planes that a scored site is made of: by channel, in the model's order, and by focal plane
   */
  record Settled(
      ServedModel served,
      WellKey key,
      WellState state,
      SortedMap<Integer, SiteState> sites,
      @Nullable Integer sitesExpected,
      boolean unknownChannels,
      boolean focusFailure,
      IntFunction<Map<String, SortedMap<Integer, PlaneState>>> images) {}

  /** The failures of its sites, then its prediction, or one failure of the well as a whole. */
  List<WellOutput> of(Settled well) {
    List<WellOutput> outputs = new ArrayList<>();
    List<SiteState> scored = new ArrayList<>();
    List<PlaneState> used = new ArrayList<>();
    Set<WellFlag> defects = EnumSet.noneOf(WellFlag.class);
    Map<String, FailureReason> refused = new TreeMap<>();
    well.sites().forEach((number, site) -> {
      if (site.getStatus() == SiteStatus.SCORED) {
        scored.add(site);
        Map<String, SortedMap<Integer, PlaneState>> images = well.images().apply(number);
        images.values().forEach(planes -> used.addAll(planes.values()));
        site.getQuality().forEach(image -> defects.addAll(quality.defects(image)));
        if (DuplicateChannels.of(images) != null) {
          defects.add(WellFlag.DUPLICATE_CHANNEL);
        }
      } else {
        outputs.add(new WellOutput.Failed(siteFailure(well, number, site)));
        if (site.getReason() != null && site.getChannel() != null && defect(site.getReason()) != null) {
          refused.put(site.getChannel(), site.getReason());
        }
      }
    });
    if (scored.isEmpty()) {
      outputs.add(new WellOutput.Failed(noSites(well), refused));
    } else if (scored.size() < minSites) {
      outputs.add(new WellOutput.Failed(tooFewSites(well), refused));
    } else {
      outputs.add(new WellOutput.Predicted(prediction(well, scored, used, defects), well.served().card().normalisedWeights(), refused));
    }
    return outputs;
  }

  private WellPrediction prediction(Settled well, List<SiteState> scored, List<PlaneState> used, Set<WellFlag> defects) {
    ModelCard model = well.served().card();
    WellScore score = WellScore.of(scored, model.hitIndex());
    int predicted = score.predictedIndex();
    double[] importance = score.importance();
    List<PlaneQuality> measured = measured(scored, model);
    boolean noCells = quality.noCells(measured);
    if (noCells) {
      defects.add(WellFlag.NO_CELLS);
    }
    return WellPrediction.newBuilder()
        .setPlate(well.key().plate().plate())
        .setAcquisition(well.key().plate().acquisition())
        .setWell(well.key().well().toString())
        .setTimepoint(well.key().timepoint())
        .setRevision(well.state().getRevision())
        .setStatus(noCells ? WellStatus.NO_CELLS : WellStatus.SCORED)
        .setPredictedClass(model.classes().get(predicted))
        .setPredictedProbability(score.probabilities()[predicted])
        .setHitClass(model.hitClass())
        .setHitProbability(score.probabilities()[model.hitIndex()])
        .setHitLogit(score.hitLogit())
        .setClasses(model.classes())
        .setProbabilities(list(score.probabilities()))
        .setChannels(model.channels())
        .setContribution(list(score.contribution()))
        .setImportance(importance == null ? null : list(importance))
        .setTopChannel(importance == null ? null : model.channels().get(WellScore.indexOfMax(importance)))
        .setSitesExpected(well.sitesExpected())
        .setSitesScored(scored.size())
        .setSitesFailed(well.sites().size() - scored.size())
        .setFlags(flags(well, scored.size(), defects))
        .setModelName(model.name())
        .setModelVersion(model.version())
        .setModelSha256(model.sha256())
        .setDevice(String.valueOf(scored.getFirst().getDevice()))
        .setReproducible(well.served().reproducible())
        .setPlaneSha256(used.stream().map(PlaneState::getSha256).toList())
        .setPlaneQuality(measured)
        .setInstrument(used.getFirst().getInstrument())
        .setAcquiredAt(Instant.EPOCH.plus(used.stream().mapToLong(PlaneState::getAcquiredAt).max().orElseThrow(), ChronoUnit.MICROS))
        .setLastImageAt(Instant.ofEpochMilli(well.state().getLastArrival()))
        .build();
  }

  /** What was measured of the images, site by site; empty unless it is there of all: a site may have been scored before there were measurements. */
  private static List<PlaneQuality> measured(List<SiteState> scored, ModelCard model) {
    return scored.stream().allMatch(site -> site.getQuality().size() == model.channels().size())
        ? scored.stream().flatMap(site -> site.getQuality().stream()).toList()
        : List.of();
  }

  /** Flags of the well as a whole, and what is wrong with its images: those that were scored, and those that were refused for it. */
  private static List<WellFlag> flags(Settled well, int scored, Set<WellFlag> defects) {
    List<WellFlag> flags = new ArrayList<>();
    if (well.sites().values().stream().anyMatch(site -> site.getReason() == FailureReason.MISSING_PLANE)) {
      flags.add(WellFlag.INCOMPLETE);
    }
    if (scored < well.sites().size()) {
      flags.add(WellFlag.SITE_FAILED);
    }
    if (well.unknownChannels()) {
      flags.add(WellFlag.UNKNOWN_CHANNEL);
    }
    if (well.state().getConflict()) {
      flags.add(WellFlag.CONFLICT);
    }
    if (well.sitesExpected() == null) {
      flags.add(WellFlag.NO_MANIFEST);
    }
    if (well.state().getImplausibleTime()) {
      flags.add(WellFlag.IMPLAUSIBLE_TIME);
    }
    if (well.focusFailure()) {
      flags.add(WellFlag.FOCUS_FAILURE);
    }
    well.sites().values().forEach(site -> {
      WellFlag refused = defect(site.getReason());
      if (refused != null) {
        defects.add(refused);
      }
    });
    flags.addAll(defects);
    return flags;
  }

  private static @Nullable WellFlag defect(@Nullable FailureReason reason) {
    return switch (reason) {
      case BLANK_CHANNEL -> WellFlag.BLANK_CHANNEL;
      case SATURATED_CHANNEL -> WellFlag.SATURATED_CHANNEL;
      case DUPLICATE_CHANNEL -> WellFlag.DUPLICATE_CHANNEL;
      case null, default -> null;
    };
  }

  private static WellFailure siteFailure(Settled well, int number, SiteState site) {
    FailureReason reason = site.getReason() == null ? FailureReason.UNKNOWN : site.getReason();
    return failure(
        well.served().card(), well.key(), well.state(), number, site.getChannel(), reason, "Site " + number + ": " + site.getMessage(), remedy(reason));
  }

  private static WellFailure noSites(Settled well) {
    String why =
        well.sites().isEmpty()
            ? "No usable image of well %s came".formatted(well.key().well())
            : "None of the %d sites of well %s could be scored".formatted(well.sites().size(), well.key().well());
    String channels = well.unknownChannels() ? "; images of channels that the model does not know were left out" : "";
    return failure(well.served().card(), well.key(), well.state(), null, null, FailureReason.NO_SITES, why + channels,
        "Mend what the failures of the sites name and publish the images again, or image the well again.");
  }

  private WellFailure tooFewSites(Settled well) {
    List<Integer> scored = numbers(well, true);
    return failure(well.served().card(), well.key(), well.state(), null, null, FailureReason.TOO_FEW_SITES,
        "Well %s has %d scored sites (%s) and needs %d; without a score: %s".formatted(
            well.key().well(), scored.size(), text(scored), minSites, text(numbers(well, false))),
        remedy(FailureReason.TOO_FEW_SITES));
  }

  private static List<Integer> numbers(Settled well, boolean scored) {
    return well.sites().entrySet().stream()
        .filter(site -> scored == (site.getValue().getStatus() == SiteStatus.SCORED)).map(Map.Entry::getKey).toList();
  }

  private static String text(List<Integer> sites) {
    return sites.isEmpty() ? "none" : sites.stream().map(String::valueOf).collect(Collectors.joining(", "));
  }

  /** A failure event of a well that this model was to score. */
  static WellFailure failure(
      ModelCard model, WellKey key, WellState state, @Nullable Integer site, @Nullable String channel, FailureReason reason, String message, String remedy) {
    return WellFailure.newBuilder()
        .setPlate(key.plate().plate())
        .setAcquisition(key.plate().acquisition())
        .setWell(key.well().toString())
        .setTimepoint(key.timepoint())
        .setRevision(state.getRevision())
        .setSite(site)
        .setChannel(channel)
        .setReason(reason)
        .setMessage(message)
        .setRemedy(remedy)
        .setModelName(model.name())
        .setModelVersion(model.version())
        .setLastImageAt(Instant.ofEpochMilli(state.getLastArrival()))
        .build();
  }

  private static String remedy(FailureReason reason) {
    return switch (reason) {
      case CORRUPT_PLANE -> "Publish the image again from its source file; if the file itself is broken, image the site again.";
      case WRONG_SIZE, WRONG_PIXEL_TYPE -> "Publish images of the kind that the model takes, or run a model trained on this kind.";
      case MISSING_PLANE -> "Publish the missing images; the well is then corrected under the next revision.";
      case SOURCE_EXPIRED -> "Keep images longer than the late window plus the longest outage (the retention of image-events, and files that events refer to), and publish these again.";
      case REFERENCE_REFUSED -> "Publish the image inline, or as a file below a folder that every instance allows with --reference-root; docs/references.md says how.";
      case MODEL_FAILED -> "Look at the site's images; if they are sound, report them to the people who made the model.";
      case TOO_FEW_SITES -> "Publish the missing images, or lower --min-sites.";
      case BLANK_CHANNEL -> "Look at the channel's lamp, shutter, stain and export, and image the site again; --quality blank=flag scores such images anyway.";
      case SATURATED_CHANNEL -> "Image the site again with a shorter exposure; --quality saturated=flag scores such images anyway.";
      case DUPLICATE_CHANNEL -> "Export both channels again and publish the one that was wrong; --quality duplicate=flag scores such images anyway.";
      case LATE -> "Publish the plate under a new acquisition id to score it again.";
      case NO_SITES, UNKNOWN -> "See the other failures of this well.";
    };
  }

  private static List<Double> list(double[] values) {
    return Arrays.stream(values).boxed().toList();
  }
}
