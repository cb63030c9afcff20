package io.dcmix.app.dashboard;

import io.dcmix.schema.KeyParts;
import io.dcmix.schema.PlateFormat;
import io.dcmix.schema.WellAddress;
import io.dcmix.schema.event.Acquisition;
import io.dcmix.schema.event.AcquisitionStatus;
import io.dcmix.schema.event.Alert;
import io.dcmix.schema.event.AlertKind;
import io.dcmix.schema.event.AlertSeverity;
import io.dcmix.schema.event.AlertState;
import io.dcmix.schema.event.CallFlag;
import io.dcmix.schema.event.CallReference;
import io.dcmix.schema.event.CallStage;
import io.dcmix.schema.event.ChannelImportance;
import io.dcmix.schema.event.ChannelStatistics;
import io.dcmix.schema.event.FailureReason;
import io.dcmix.schema.event.HitCall;
import io.dcmix.schema.event.HitDirection;
import io.dcmix.schema.event.LayoutWell;
import io.dcmix.schema.event.PlateLayout;
import io.dcmix.schema.event.PlateQuality;
import io.dcmix.schema.event.PlateStatus;
import io.dcmix.schema.event.PlateVerdict;
import io.dcmix.schema.event.Summary;
import io.dcmix.schema.event.WellFailure;
import io.dcmix.schema.event.WellFlag;
import io.dcmix.schema.event.WellPrediction;
import io.dcmix.schema.event.WellRole;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A made-up plate for tests: controls in the first and last two columns, some hits, events as the processor writes them. */
record Screen(String plate, String acquisition, PlateFormat format, List<String> channels) {
  static final Instant START = Instant.parse("2026-03-01T09:30:00Z");
  static final List<String> CELL_PAINTING = List.of("DNA", "ER", "RNA", "AGP", "Mito", "Actin");
  private static final double[] WEIGHTS = {0.11, 0.16, 0.09, 0.14, 0.31, 0.19};

  static Screen of(String plate, PlateFormat format) {
    return new Screen(plate, "run-1", format, CELL_PAINTING);
  }

  Acquisition acquisition(AcquisitionStatus status) {
    return Acquisition.newBuilder()
        .setPlate(plate)
        .setAcquisition(acquisition)
        .setStatus(status)
        .setRows(format.rows())
        .setColumns(format.columns())
        .setWells(format.wells().stream().map(WellAddress::toString).toList())
        .setSites(List.of(1, 2, 3, 4))
        .setChannels(channels)
        .setInstrument("Simulated microscope")
        .setStartedAt(START)
        .build();
  }

  PlateLayout layout() {
    List<LayoutWell> wells = new ArrayList<>();
    for (WellAddress well : format.wells()) {
      WellRole role = role(well);
      LayoutWell.Builder entry = LayoutWell.newBuilder().setWell(well.toString()).setRole(role);
      switch (role) {
        case NEGATIVE_CONTROL -> entry.setTreatment("DMSO");
        case POSITIVE_CONTROL -> entry.setTreatment("Rotenone").setConcentration(10.0).setConcentrationUnit("uM");
        default -> entry.setTreatment("CMP-%04d".formatted(well.row() * 48 + well.column())).setConcentration(2.5).setConcentrationUnit("uM");
      }
      wells.add(entry.build());
    }
    return PlateLayout.newBuilder()
        .setPlate(plate)
        .setRows(format.rows())
        .setColumns(format.columns())
        .setWells(wells)
        .setSource("test layout")
        .build();
  }

  WellRole role(WellAddress well) {
    if (well.column() == 0) {
      return WellRole.NEGATIVE_CONTROL;
    }
    return well.column() == format.columns() - 1 ? WellRole.POSITIVE_CONTROL : WellRole.SAMPLE;
  }

  /** Positive controls and every 19th other well are hits; the rest of the numbers follow from the well. */
  boolean isHit(WellAddress well) {
    return switch (role(well)) {
      case POSITIVE_CONTROL -> true;
      case NEGATIVE_CONTROL -> false;
      default -> (well.row() * format.columns() + well.column()) % 19 == 5;
    };
  }

  WellPrediction prediction(String well) {
    return prediction(WellAddress.parse(well), 1);
  }

  WellPrediction prediction(WellAddress well, int revision) {
    Random random = new Random(well.row() * 100L + well.column());
    boolean hit = isHit(well);
    double logit = (hit ? 3.2 : -2.6) + 0.9 * random.nextGaussian() + (hit ? 0.0 : 0.25 * Math.sin(well.column() / 3.0));
    logit = hit ? Math.max(logit, 0.4) : Math.min(logit, -0.2);
    double probability = 1 / (1 + Math.exp(-logit));
    List<Double> contribution = new ArrayList<>();
    List<Double> importance = new ArrayList<>();
    for (int i = 0; i < channels.size(); i++) {
      contribution.add(1.0 / channels.size());
      importance.add((hit ? logit : 0.3) * WEIGHTS[i] * (i >= 4 ? 2.2 : 0.3) + 0.08 * random.nextGaussian());
    }
    List<Double> probabilities = List.of(1 - probability, probability);
    int top = 0;
    for (int i = 0; i < channels.size(); i++) {
      top = importance.get(i) > importance.get(top) ? i : top;
    }
    return WellPrediction.newBuilder()
        .setPlate(plate)
        .setAcquisition(acquisition)
        .setWell(well.toString())
        .setTimepoint(0)
        .setRevision(revision)
        .setPredictedClass(hit ? "active" : "inactive")
        .setPredictedProbability(Math.max(probability, 1 - probability))
        .setHitClass("active")
        .setHitProbability(probability)
        .setHitLogit(logit)
        .setClasses(List.of("inactive", "active"))
        .setProbabilities(probabilities)
        .setChannels(channels)
        .setContribution(contribution)
        .setImportance(importance)
        .setTopChannel(channels.get(top))
        .setSitesExpected(4)
        .setSitesScored(random.nextInt(40) == 0 ? 3 : 4)
        .setFlags(random.nextInt(40) == 0 ? List.of(WellFlag.INCOMPLETE) : List.of())
        .setModelName("cell-painting-small")
        .setModelVersion("3")
        .setModelSha256("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")
        .setDevice("cpu")
        .setReproducible(true)
        .setPlaneSha256(List.of("aa", "bb"))
        .setInstrument("Simulated microscope")
        .setAcquiredAt(at(well))
        .setLastImageAt(at(well))
        .build();
  }

  WellFailure failure(String well, int revision) {
    return failure(well, revision, null, FailureReason.CORRUPT_PLANE);
  }

  WellFailure failure(String well, int revision, Integer site, FailureReason reason) {
    WellAddress address = WellAddress.parse(well);
    return WellFailure.newBuilder()
        .setPlate(plate)
        .setAcquisition(acquisition)
        .setWell(well)
        .setTimepoint(0)
        .setRevision(revision)
        .setSite(site)
        .setChannel("Mito")
        .setReason(reason)
        .setMessage("Well " + well + ", channel Mito: the PNG ends after 1,024 of 60,112 bytes")
        .setRemedy("Publish the image again, or check the microscope's disk")
        .setModelName("cell-painting-small")
        .setModelVersion("3")
        .setLastImageAt(at(address))
        .build();
  }

  /** An aggregate after some wells; the numbers settle as the wells become more. */
  ChannelImportance importance(String scopeKey, long wells) {
    List<ChannelStatistics> statistics = new ArrayList<>();
    for (int i = 0; i < channels.size(); i++) {
      double settle = 1 + 0.9 * Math.cos(i * 2.1 + wells / 9.0) / Math.sqrt(wells + 1.0);
      double importance = WEIGHTS[i] * (i >= 4 ? 2.2 : 0.3) * settle;
      statistics.add(
          ChannelStatistics.newBuilder()
              .setChannel(channels.get(i))
              .setWeight(WEIGHTS[i])
              .setContribution(new Summary(wells, 1.0 / channels.size() + 0.1 * (WEIGHTS[i] - 0.16), 0.0004, 0.05, 0.4))
              .setImportance(new Summary(wells, importance, 0.04 * importance * importance, -0.1, 2 * importance))
              .setDrift(scopeKey.equals("all") ? null : (Double) (i * 0.75 - 0.4))
              .setDriftFromStart(scopeKey.startsWith("plate/") ? (Double) (0.3 - 0.2 * i) : null)
              .build());
    }
    return ChannelImportance.newBuilder()
        .setScope(scopeKey.contains("/") ? scopeKey.substring(0, scopeKey.indexOf('/')) : scopeKey)
        .setScopeKey(scopeKey)
        .setWindowStart(START)
        .setWindowEnd(START.plusSeconds(3600))
        .setWells(wells)
        .setModelName("cell-painting-small")
        .setModelVersion("3")
        .setChannels(statistics)
        .build();
  }

  /**
   * The calls on the first wells, ranked among them: the robust z of the hit logit against controls with median -2.6 and scaled
   * MAD 0.9, so that what is predicted a hit is called one.
   */
  List<HitCall> calls(int wells, CallStage stage) {
    List<HitCall> calls = new ArrayList<>();
    for (int i = 0; i < wells; i++) {
      if (i % 67 != 40) {
        calls.add(call(format.wells().get(i), stage));
      }
    }
    List<Double> scores =
        calls.stream().filter(c -> c.getRole() == WellRole.SAMPLE).map(HitCall::getScore).sorted(Comparator.reverseOrder()).toList();
    calls.stream().filter(c -> c.getRole() == WellRole.SAMPLE).forEach(c -> c.setRank(scores.indexOf(c.getScore()) + 1));
    return calls;
  }

  HitCall call(String well) {
    return call(WellAddress.parse(well), CallStage.PROVISIONAL);
  }

  HitCall call(WellAddress well, CallStage stage) {
    WellPrediction prediction = prediction(well, 1);
    LayoutWell content = layout().getWells().get(format.wells().indexOf(well));
    double score = (prediction.getHitLogit() + 2.6) / 0.9;
    return HitCall.newBuilder()
        .setPlate(plate)
        .setAcquisition(acquisition)
        .setWell(well.toString())
        .setTimepoint(0)
        .setRow(well.row() + 1)
        .setColumn(well.column() + 1)
        .setRevision(1)
        .setStage(stage)
        .setHit(score >= 3)
        .setMethod("robust-z")
        .setMethodVersion("1")
        .setRules("cell-painting")
        .setReference(CallReference.NEGATIVE_CONTROLS)
        .setDirection(HitDirection.UP)
        .setThreshold(3)
        .setScore(score)
        .setHitLogit(prediction.getHitLogit())
        .setHitProbability(prediction.getHitProbability())
        .setRobustZ(score)
        .setNpi(100 * (prediction.getHitLogit() + 2.6) / 5.8)
        .setSsmd(score / 1.5)
        .setBScore(stage == CallStage.FINAL ? (Double) (score * 0.9) : null)
        .setRole(content.getRole())
        .setTreatment(content.getTreatment())
        .setConcentration(content.getConcentration())
        .setConcentrationUnit(content.getConcentrationUnit())
        .setEdge(well.row() == 0 || well.column() == 0)
        .setTopChannel(prediction.getTopChannel())
        .setFlags(prediction.getFlags().isEmpty() ? List.of() : List.of(CallFlag.INCOMPLETE))
        .setModelName("cell-painting-small")
        .setModelVersion("3")
        .setAcquiredAt(at(well))
        .build();
  }

  /** Quality after some wells: not defined before there are two controls of each kind, then better with each. */
  PlateQuality quality(int wells) {
    int controls = wells / format.columns();
    int hits = wells / 19;
    boolean defined = controls >= 2;
    Double zPrime = defined ? (Double) (0.64 - 0.9 / controls) : null;
    String why = "fewer than 2 positive controls have a result (" + controls + ")";
    return PlateQuality.newBuilder()
        .setPlate(plate)
        .setAcquisition(acquisition)
        .setTimepoint(0)
        .setStatus(wells == format.wells().size() ? PlateStatus.COMPLETE : PlateStatus.RUNNING)
        .setVerdict(zPrime == null ? PlateVerdict.UNDEFINED : zPrime < 0 ? PlateVerdict.UNUSABLE : zPrime < 0.5 ? PlateVerdict.MARGINAL : PlateVerdict.EXCELLENT)
        .setWellsExpected(format.wells().size())
        .setWellsSeen(wells)
        .setWellsFailed(wells / 67)
        .setWellsPartial(wells / 50)
        .setFocusFailures(0)
        .setUnmapped(0)
        .setPositiveControls(controls)
        .setNegativeControls(controls)
        .setHits(hits)
        .setHitRate(hits / (double) Math.max(1, wells))
        .setZPrime(zPrime)
        .setRobustZPrime(defined ? (Double) (zPrime - 0.04) : null)
        .setSsmd(defined ? (Double) 9.3 : null)
        .setEdgeEffect(defined ? (Double) 0.3 : null)
        .setUndefined(defined ? Map.of() : Map.of("zPrime", why, "robustZPrime", why, "ssmd", why))
        .setRules("cell-painting")
        .setModelName("cell-painting-small")
        .setModelVersion("3")
        .setFirstAcquiredAt(START)
        .setLastAcquiredAt(START.plusSeconds(wells))
        .build();
  }

  Alert alert(String id, AlertSeverity severity, AlertState state, int second) {
    return Alert.newBuilder()
        .setId(id)
        .setPlate(plate)
        .setAcquisition(acquisition)
        .setState(state)
        .setKind(AlertKind.CHANNEL_DRIFT)
        .setSeverity(severity)
        .setChannel("Mito")
        .setWells(List.of("C03", "C04"))
        .setValue(3.4)
        .setThreshold(3.0)
        .setMessage("Channel Mito contributes less than in the training wells: 3.4 SDs below (" + id + ")")
        .setRemedy("Check the staining and the exposure of Mito before the next plate is stained")
        .setInstrument("Simulated microscope")
        .setRaisedAt(START.plusSeconds(second))
        .build();
  }

  /** What the plate stage says as the first wells come: calls, quality after every eighth well, and the end of it. */
  void decide(ScreeningView view, int wells) {
    boolean complete = wells == format.wells().size();
    calls(wells, complete ? CallStage.FINAL : CallStage.PROVISIONAL).forEach(call -> view.apply(call, START));
    for (int i = 8; i <= wells; i += 8) {
      view.apply(quality(i), START);
    }
    view.apply(quality(wells), START);
  }

  String plateScope() {
    return KeyParts.join("plate", plate, acquisition);
  }

  Instant at(WellAddress well) {
    return START.plusMillis(900L * (well.row() * format.columns() + well.column()));
  }

  /** Layout, announcement and the results of the first wells, with a few failures, and the importance as it came. */
  void run(ScreeningView view, int wells) {
    view.apply(layout(), START);
    view.apply(acquisition(AcquisitionStatus.STARTED), START);
    List<WellAddress> all = format.wells();
    for (int i = 0; i < wells; i++) {
      WellAddress well = all.get(i);
      if (i % 67 == 40) {
        view.apply(failure(well.toString(), 1), at(well));
      } else {
        view.apply(prediction(well, 1), at(well));
      }
      if (i % 4 == 3) {
        view.apply(importance("all", i + 1), at(well));
        view.apply(importance(plateScope(), i + 1), at(well));
        view.apply(importance("class/active", 1 + i / 15), at(well));
        view.apply(importance("class/inactive", i), at(well));
      }
    }
  }
}
