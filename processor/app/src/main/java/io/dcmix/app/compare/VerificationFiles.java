package io.dcmix.app.compare;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dcmix.app.compare.Verification.Kind;
import io.dcmix.app.compare.Verification.Verdict;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A verification as people and as programs read it. Pure. */
public final class VerificationFiles {
  private static final int SHOWN = 20;
  private static final int CAUSES = 10;

  private VerificationFiles() {}

  /** The counts, the causes and the first wells that differ. */
  public static String text(Verification v) {
    StringBuilder text = new StringBuilder();
    line(text, "  %s against %s: %s".formatted(v.now(), v.before(), v.wells().isEmpty() ? "no well to compare" : v.agrees() ? "the same" : "not the same"));
    for (Map.Entry<Kind, Long> kind : v.counts().entrySet()) {
      line(text, String.format(Locale.ROOT, "    %-17s%,8d%s", kind.getKey().words(), kind.getValue(),
          kind.getKey() == Kind.WITHIN_TOLERANCE ? String.format(Locale.ROOT, "   (%.0e)", v.tolerance()) : ""));
    }
    if (v.calls() > 0) {
      line(text, String.format(Locale.ROOT, "    %-17s%,8d   of their final hit calls compared, too", "", v.calls()));
    }
    List<Verdict> differing = v.differing();
    if (!differing.isEmpty()) {
      line(text, "  Causes");
      v.causes().entrySet().stream().sorted(Map.Entry.<String, Long>comparingByValue().reversed()).limit(CAUSES)
          .forEach(cause -> line(text, String.format(Locale.ROOT, "    %,8d wells   %s", cause.getValue(), cause.getKey())));
      line(text, "  Wells");
      for (Verdict well : differing.stream().limit(SHOWN).toList()) {
        line(text, "    %-24s%-17s%10s → %-10s  %-12s %s".formatted(ComparisonText.place(well.well()), well.kind().words(),
            number(well.hitLogitBefore()), number(well.hitLogitNow()), well.call(), String.join("; ", well.causes())));
      }
      if (differing.size() > SHOWN) {
        line(text, "    and %,d more; --json names all".formatted(differing.size() - SHOWN));
      }
    }
    return text.toString();
  }

  /** Everything, with all wells that are not identical. */
  public static ObjectNode json(Verification v, ObjectMapper mapper) {
    ObjectNode root = mapper.createObjectNode().put("before", v.before()).put("now", v.now()).put("agrees", v.agrees()).put("tolerance", v.tolerance());
    root.put("wells", v.wells().size()).put("hitCallsCompared", v.calls());
    v.counts().forEach((kind, count) -> root.put(camel(kind), count));
    ObjectNode causes = root.putObject("causes");
    v.causes().forEach(causes::put);
    ArrayNode wells = root.putArray("differing");
    for (Verdict well : v.differing()) {
      ObjectNode node = wells.addObject().put("plate", well.well().plate().plate()).put("acquisition", well.well().plate().acquisition())
          .put("well", well.well().well().toString()).put("timepoint", well.well().timepoint()).put("kind", well.kind().name())
          .put("call", well.call()).put("hitLogitBefore", well.hitLogitBefore()).put("hitLogitNow", well.hitLogitNow());
      well.causes().forEach(node.putArray("causes")::add);
    }
    return root;
  }

  private static String camel(Kind kind) {
    return switch (kind) {
      case IDENTICAL -> "identical";
      case WITHIN_TOLERANCE -> "withinTolerance";
      case OTHER_SCORES -> "otherScores";
      case OTHER_CALL -> "differentCall";
      case MISSING -> "missing";
      case NEW -> "new";
    };
  }

  private static String number(@Nullable Double value) {
    return value == null ? "none" : String.format(Locale.ROOT, "%.4f", value);
  }

  private static void line(StringBuilder text, String line) {
    text.append(line.stripTrailing()).append('\n');
  }
}
