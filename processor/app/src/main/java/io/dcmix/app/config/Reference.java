package io.dcmix.app.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The documentation of all keys, from the options themselves, in Markdown. */
public final class Reference {
  private Reference() {}

  /** What several commands may say alike of a key. */
  private record Line(String key, String value, String byDefault, String text) {}

  /** A table of the keys of a command line, in order; a key that means something else to another command has a line for each. */
  public static String of(CommandLine root) {
    Keys keys = Keys.of(root);
    Map<Line, List<String>> lines = new LinkedHashMap<>();
    for (String key : keys.names()) {
      for (CommandSpec command : keys.commands()) {
        OptionSpec option = Keys.options(command).get(key);
        if (option != null) {
          lines.computeIfAbsent(line(key, option), _ -> new ArrayList<>()).add(Keys.name(command));
        }
      }
    }
    StringBuilder text = new StringBuilder("| Key | Value | Default | Commands | |\n|---|---|---|---|---|\n");
    lines.forEach((line, commands) -> text.append("| `%s` | %s | %s | %s | %s |%n".formatted(
        line.key(), line.value(), line.byDefault(),
        commands.size() == keys.commands().size() ? "all" : String.join(", ", commands), line.text()).replace("\r", "")));
    return text.toString();
  }

  private static Line line(String key, OptionSpec option) {
    String given = option.defaultValue();
    String text = String.join(" ", option.description());
    // The table has a column for it.
    String told = given == null ? text : text.replace(" Default: " + given + ".", "");
    return new Line(key, cell(value(option)), given == null || given.isEmpty() ? option.required() ? "required" : "" : "`" + cell(given) + "`", cell(told));
  }

  private static String value(OptionSpec option) {
    if (option.arity().max() == 0) {
      return "true, false";
    }
    // In angle brackets where it is only the name of the field.
    String label = !option.paramLabel().startsWith("<") ? option.paramLabel() : option.type() == String.class ? "TEXT" : "N";
    return option.typeInfo().isMap() ? "map of " + label.replace("=", ": ") : option.isMultiValue() ? label + ", or a list" : label;
  }

  private static String cell(String text) {
    return text.replace("|", "\\|").replace("<", "&lt;").replace("\n", " ");
  }
}
