package io.dcmix.streams.plate;

import io.dcmix.schema.KeyParts;
import io.dcmix.schema.UnreadableRecordException;
import io.dcmix.schema.WellAddress;
import io.dcmix.schema.event.LayoutWell;
import io.dcmix.schema.event.PlateLayout;
import io.dcmix.streams.well.DeadLetterHeaders;
import io.dcmix.streams.well.DeadLetterReason;
import io.dcmix.streams.well.StageMeter;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Function;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * Reads plate layouts. What is no layout is set aside with its reason, and the layout before it stays; a record without a value
 * takes the layout away.
 */
public final class LayoutIntake implements Processor<byte[], byte[], byte[], LayoutIntake.Output> {
  /** Longest treatment name or unit: each is repeated in results. */
  private static final int MAX_TEXT = 2048;

  private final Function<byte[], PlateLayout> decoder;
  private final StageMeter meter;
  private @Nullable ProcessorContext<byte[], Output> context;

  /**
   * An intake.
   *
   * @param decoder reads a layout; throws {@link UnreadableRecordException} on wrong bytes
   */
  public LayoutIntake(Function<byte[], PlateLayout> decoder, StageMeter meter) {
    this.decoder = decoder;
    this.meter = meter;
  }

  /** What a record turned out to be. */
  public sealed interface Output {
    /**
     * A layout of the plate, or null: none any more.
     *
     * @param plate barcode
     */
    record Read(String plate, @Nullable PlateLayout layout) implements Output {}

    /**
     * A record that could not be read, as it came; the reason is in the headers.
     *
     * @param value the original bytes
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Dead(byte @Nullable [] value) implements Output {}
  }

  @Override
  public void init(ProcessorContext<byte[], Output> newContext) {
    context = newContext;
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    if (context == null) {
      throw new IllegalStateException("The layout intake is used before init()");
    }
    String reason;
    DeadLetterReason kind = DeadLetterReason.UNREADABLE;
    if (record.key() == null) {
      kind = DeadLetterReason.NO_KEY_OR_VALUE;
      reason = "A plate layout needs the plate's barcode as its key";
    } else {
      try {
        context.forward(record.withValue(read(record.key(), record.value(), decoder)));
        return;
      } catch (UnreadableRecordException | IllegalArgumentException e) {
        reason = String.valueOf(e.getMessage());
      }
    }
    meter.deadLetter(kind);
    Record<byte[], Output> dead = record.withValue(new Output.Dead(record.value()));
    DeadLetterHeaders.add(dead.headers(), context.recordMetadata().orElseThrow(), reason);
    context.forward(dead);
  }

  /**
   * Reads and checks a record.
   *
   * @throws UnreadableRecordException if the value is no layout
   * @throws IllegalArgumentException if the key is no plate, or the layout contradicts the key or itself; names the place
   */
  static Output.Read read(byte[] key, byte @Nullable [] value, Function<byte[], PlateLayout> decoder) {
    String plate = KeyParts.split(new String(key, StandardCharsets.UTF_8), 1).getFirst();
    require(!plate.isEmpty(), "The key of a plate layout is empty; it must be the plate's barcode");
    if (value == null) {
      return new Output.Read(plate, null);
    }
    PlateLayout layout = decoder.apply(value);
    require(layout.getPlate().equals(plate),
        "The key says plate '" + plate + "' and the layout says '" + layout.getPlate() + "'; the key must be made of the layout's plate");
    int rows = layout.getRows();
    int columns = layout.getColumns();
    require(rows >= 1 && rows <= WellAddress.MAX_ROWS && columns >= 1 && columns <= WellAddress.MAX_COLUMNS,
        "A plate has 1 to %d rows and 1 to %d columns, not %d × %d".formatted(WellAddress.MAX_ROWS, WellAddress.MAX_COLUMNS, rows, columns));
    Set<WellAddress> seen = new HashSet<>();
    for (LayoutWell well : layout.getWells()) {
      WellAddress address = WellAddress.parse(well.getWell());
      require(address.toString().equals(well.getWell()), "Well '" + well.getWell() + "' must be written '" + address + "'");
      require(address.row() < rows && address.column() < columns,
          "Well %s is not on a plate of %d rows and %d columns".formatted(address, rows, columns));
      require(seen.add(address), "Well " + address + " is described twice");
      for (String text : new @Nullable String[] {well.getTreatment(), well.getConcentrationUnit()}) {
        require(text == null || text.length() <= MAX_TEXT, "A text of well " + address + " has more than " + MAX_TEXT + " characters");
      }
    }
    return new Output.Read(plate, layout);
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
