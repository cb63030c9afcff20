package io.dcmix.app.dashboard;

import io.dcmix.app.dashboard.Api.Calls;
import io.dcmix.app.dashboard.Api.Importance;
import io.dcmix.app.dashboard.Api.PlateDetail;
import io.dcmix.app.dashboard.Api.Plates;
import io.dcmix.app.dashboard.Api.Quality;
import io.dcmix.app.dashboard.Api.WellCell;
import io.dcmix.app.dashboard.Api.WellDetail;
import io.dcmix.schema.KeyParts;
import io.dcmix.schema.PlateKey;
import io.dcmix.schema.WellAddress;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.http.exceptions.HttpStatusException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/** Plates and their wells. Plate and acquisition are percent-encoded parts of the path: plate {@code P/7} is {@code P%2F7}. */
@Controller("/api/plates")
final class PlatesController {
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,6}");

  private final ScreeningView view;
  private final DashboardConfig config;

  PlatesController(ScreeningView view, DashboardConfig config) {
    this.view = view;
    this.config = config;
  }

  @Says("All runs with their counts, the newest first")
  @Get
  Plates plates() {
    return new Plates(config.lane(), view.plates());
  }

  @Says("One run: layout, sites, channels")
  @Get("/{plate}/{acquisition}")
  PlateDetail plate(String plate, String acquisition) {
    return view.plate(new PlateKey(plate, acquisition)).orElseThrow(() -> noPlate(plate, acquisition));
  }

  @Says("The results of all wells of a run")
  @Get("/{plate}/{acquisition}/wells")
  List<WellCell> wells(String plate, String acquisition) {
    return view.wells(new PlateKey(plate, acquisition)).orElseThrow(() -> noPlate(plate, acquisition));
  }

  @Says("All that is known of a well")
  @Get("/{plate}/{acquisition}/wells/{well}")
  WellDetail well(String plate, String acquisition, String well, @QueryValue(defaultValue = "0") String timepoint) {
    PlateKey key = new PlateKey(plate, acquisition);
    WellAddress address;
    try {
      address = WellAddress.parse(well);
    } catch (IllegalArgumentException e) {
      throw new HttpStatusException(HttpStatus.BAD_REQUEST, e.getMessage());
    }
    if (!NUMBER.matcher(timepoint).matches()) {
      throw new HttpStatusException(HttpStatus.BAD_REQUEST, "'" + timepoint + "' is no timepoint: they count from 0");
    }
    if (view.plate(key).isEmpty()) {
      throw noPlate(plate, acquisition);
    }
    return view.well(key, address, Integer.parseInt(timepoint))
        .orElseThrow(
            () -> new HttpStatusException(HttpStatus.NOT_FOUND, "Plate '%s' has no well %s".formatted(plate, address)));
  }

  @Says("Hit calls, those made in one way together")
  @Get("/{plate}/{acquisition}/calls")
  Calls calls(String plate, String acquisition) {
    return view.calls(new PlateKey(plate, acquisition)).orElseThrow(() -> noPlate(plate, acquisition));
  }

  @Says("Plate quality by timepoint, and how it developed")
  @Get("/{plate}/{acquisition}/quality")
  List<Quality> quality(String plate, String acquisition) {
    return view.quality(new PlateKey(plate, acquisition)).orElseThrow(() -> noPlate(plate, acquisition));
  }

  /** @param all {@code true} for every called well instead of the samples that are hits */
  @Says("The hits among the samples as CSV; with all=true every called well")
  @Get(uri = "/{plate}/{acquisition}/hits.csv", produces = "text/csv")
  HttpResponse<byte[]> hits(String plate, String acquisition, @QueryValue(defaultValue = "false") String all) {
    if (!all.equals("true") && !all.equals("false")) {
      throw new HttpStatusException(HttpStatus.BAD_REQUEST, "'" + all + "' is neither true nor false: all=true gives every well");
    }
    PlateKey key = new PlateKey(plate, acquisition);
    String csv = view.hitList(key, all.equals("true")).orElseThrow(() -> noPlate(plate, acquisition));
    return HttpResponse.ok(csv.getBytes(StandardCharsets.UTF_8))
        .header(HttpHeaders.CONTENT_TYPE, "text/csv; charset=utf-8; header=present")
        .header(HttpHeaders.CONTENT_DISPOSITION, HitList.disposition(key));
  }

  @Says("Channel importance of a run")
  @Get("/{plate}/{acquisition}/importance")
  Importance importance(String plate, String acquisition) {
    if (view.plate(new PlateKey(plate, acquisition)).isEmpty()) {
      throw noPlate(plate, acquisition);
    }
    return view.importance(KeyParts.join("plate", plate, acquisition));
  }

  private static HttpStatusException noPlate(String plate, String acquisition) {
    return new HttpStatusException(
        HttpStatus.NOT_FOUND, "No results of plate '%s', acquisition '%s'".formatted(plate, acquisition));
  }
}
