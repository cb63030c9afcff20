package io.dcmix.deploy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the metrics in an expression of PromQL. Not a parser: promtool is one; this only tells names from words. */
final class PromQl {
  /**
   * A metric that an expression reads.
   *
   * @param metric its name
   * @param matchers by label what it is held against, with the operator: {@code ="wrong_partition"}
   */
  record Selector(String metric, Map<String, String> matchers) {}

  private static final Pattern TOKEN = Pattern.compile(
      "(?<text>\"(?:[^\"\\\\]|\\\\.)*\"|'(?:[^'\\\\]|\\\\.)*')|(?<range>\\[[^\\]]*\\])|(?<word>[a-zA-Z_:][a-zA-Z0-9_:]*)|(?<number>[0-9][0-9a-zA-Z.]*)|(?<sign>\\S)");
  private static final Pattern MATCHER = Pattern.compile("([a-zA-Z_]\\w*)\\s*(=~|!~|!=|=)\\s*\"((?:[^\"\\\\]|\\\\.)*)\"");
  private static final Pattern MATCHERS = Pattern.compile("\\s*\\{((?:[^\"}]|\"(?:[^\"\\\\]|\\\\.)*\")*)\\}");
  private static final Pattern LABELS = Pattern.compile("\\s*\\(([^)]*)\\)");
  /** What follows a function, or an aggregation, which may say first by what. */
  private static final Pattern CALL = Pattern.compile("\\s*(\\(|by\\b|without\\b)");
  private static final Set<String> GROUPING = Set.of("by", "without", "on", "ignoring", "group_left", "group_right");
  private static final Set<String> WORDS = Set.of("and", "or", "unless", "bool", "offset", "atan2", "inf", "nan");

  private PromQl() {}

  static List<Selector> selectors(String expression) {
    List<Selector> found = new ArrayList<>();
    Matcher token = TOKEN.matcher(expression);
    int at = 0;
    while (token.find(at)) {
      at = token.end();
      String word = token.group("word");
      if (word == null || WORDS.contains(word.toLowerCase(Locale.ROOT))) {
        continue;
      }
      if (GROUPING.contains(word)) {
        at = end(LABELS, expression, at);
      } else if (!CALL.matcher(expression).region(at, expression.length()).lookingAt()) {
        int end = end(MATCHERS, expression, at);
        Map<String, String> matchers = new HashMap<>();
        Matcher one = MATCHER.matcher(expression.substring(at, end));
        while (one.find()) {
          matchers.put(one.group(1), one.group(2) + '"' + one.group(3) + '"');
        }
        found.add(new Selector(word, matchers));
        at = end;
      }
    }
    return found;
  }

  private static int end(Pattern pattern, String text, int from) {
    Matcher matcher = pattern.matcher(text).region(from, text.length());
    return matcher.lookingAt() ? matcher.end() : from;
  }
}
