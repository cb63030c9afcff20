package io.dcmix.schema;

import java.util.Set;
import org.apache.avro.SystemLimitException;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.avro.util.ClassSecurityValidator;

/**
 * The superclass of all generated records. It settles, before the first of them is used, what Avro keeps for the whole
 * process: which classes it may make objects of (without that even a builder's defaults are "Forbidden"), and how long a
 * collection may be. So no JVM needs options for it.
 */
public abstract class AvroRecord extends SpecificRecordBase {
  /** Most items of one array or map. The largest lists of ours name every plane of an acquisition. */
  public static final int MAX_ITEMS = 1_000_000;

  private static final long serialVersionUID = 1;
  private static final Set<String> PACKAGES = Set.of("io.dcmix.schema.event", "io.dcmix.schema.state");

  static {
    ClassSecurityValidator.setGlobal(
        ClassSecurityValidator.composite(ClassSecurityValidator.getGlobal(), type -> PACKAGES.contains(type.getPackageName())));
    // Avro reads its limits once, when it first decodes; an operator's own setting wins.
    if (System.getProperty(SystemLimitException.MAX_COLLECTION_LENGTH_PROPERTY) == null) {
      System.setProperty(SystemLimitException.MAX_COLLECTION_LENGTH_PROPERTY, Integer.toString(MAX_ITEMS));
    }
  }
}
