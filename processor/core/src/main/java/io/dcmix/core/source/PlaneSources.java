package io.dcmix.core.source;

import io.dcmix.core.scoring.PlanePointer;
import io.dcmix.core.scoring.PlaneSource;
import java.nio.ByteBuffer;

/**
 * Reads a payload where it lies.
 *
 * @param inTopic reads inline images again
 * @param atUri fetches what events refer to
 */
public record PlaneSources(PlaneSource inTopic, PlaneSource atUri) implements PlaneSource {
  @Override
  public ByteBuffer read(PlanePointer pointer) throws SourceExpiredException {
    return of(pointer).read(pointer);
  }

  @Override
  public <T, X extends Exception> T read(PlanePointer pointer, Use<T, X> use) throws SourceExpiredException, X {
    return of(pointer).read(pointer, use);
  }

  private PlaneSource of(PlanePointer pointer) {
    return switch (pointer) {
      case PlanePointer.InTopic _ -> inTopic;
      case PlanePointer.AtUri _ -> atUri;
    };
  }
}
