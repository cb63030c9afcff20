package io.dcmix.app.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The keys that there are: the options of the commands that talk to a cluster, without their dashes. */
final class Keys {
  /**
   * The settings of clients, which have dots and no capitals: they can be given one by one in the environment and in system
   * properties, and may be secrets.
   */
  private static final Set<String> CLIENTS = Set.of("kafka", "registry");

  /** Headers, which have dashes and say who we are. */
  private static final String HEADER = "trace-header";

  /** What is asked each time, or destroys, is not said once and for all. */
  private static final Set<String> NEVER = Set.of("config", "yes", "all", "images");

  /** All that is said once and for all to commands that take away: where, and of which lane. */
  private static final Set<String> TO_DESTROYERS = Set.of("bootstrap-servers", "kafka", "lane");
  private static final String DESTROYERS = "lane";

  /** Names the file itself. */
  static final String CONFIG = "config";

  private static final String CLUSTER = "--bootstrap-servers";

  private final List<CommandSpec> commands;
  private final Set<String> names = new TreeSet<>();
  private final Map<String, Set<String>> sections = new TreeMap<>();

  private Keys(List<CommandSpec> commands) {
    this.commands = commands;
    for (CommandSpec command : commands) {
      Set<String> own = options(command).keySet();
      names.addAll(own);
      path(command).forEach(section -> sections.computeIfAbsent(section, _ -> new TreeSet<>()).addAll(own));
    }
  }

  /** The keys of all commands of a command line. */
  static Keys of(CommandLine root) {
    List<CommandSpec> commands = new ArrayList<>();
    collect(root, commands);
    return new Keys(commands);
  }

  private static void collect(CommandLine line, List<CommandSpec> commands) {
    if (line.getCommandSpec().findOption(CLUSTER) != null) {
      commands.add(line.getCommandSpec());
    }
    line.getSubcommands().values().stream().distinct().forEach(sub -> collect(sub, commands));
  }

  /** Whether a key is the map of a client's settings. */
  static boolean isClient(String key) {
    return CLIENTS.contains(key);
  }

  /** Whether the option's own converter finds what stands elsewhere. */
  static boolean resolvesItself(String key) {
    return isClient(key) || key.equals(HEADER);
  }

  /** Whether all that is said of a key is hidden. */
  static boolean isSecret(String key) {
    return key.equals(HEADER);
  }

  /** The commands that can be configured. */
  List<CommandSpec> commands() {
    return commands;
  }

  /** All keys, in order. */
  Set<String> names() {
    return names;
  }

  /** The names under which a file may say something to one command alone, each with the keys that it knows. */
  Map<String, Set<String>> sections() {
    return sections;
  }

  /** A command by its name: {@code run}, {@code plate-map import}. */
  static String name(CommandSpec command) {
    return String.join(" ", path(command));
  }

  /** The names from the command line's down to a command's. */
  static List<String> path(CommandSpec command) {
    List<String> path = new ArrayList<>();
    for (CommandSpec c = command; c.parent() != null; c = c.parent()) {
      path.addFirst(c.name());
    }
    return path;
  }

  /** The options of a command by their keys, as the help lists them. */
  static Map<String, OptionSpec> options(CommandSpec command) {
    Map<String, OptionSpec> options = new LinkedHashMap<>();
    boolean destroyer = path(command).getFirst().equals(DESTROYERS);
    for (OptionSpec option : command.options()) {
      String key = key(option);
      if (!option.usageHelp() && !option.versionHelp() && !option.inherited() && !option.hidden() && !NEVER.contains(key)
          && (!destroyer || TO_DESTROYERS.contains(key))) {
        options.put(key, option);
      }
    }
    return options;
  }

  private static String key(OptionSpec option) {
    return option.longestName().replaceFirst("^-+", "");
  }

  /** The environment variable of a key. */
  static String variable(String key) {
    return "DCMIX_" + key.toUpperCase(Locale.ROOT).replaceAll("[-.]", "_");
  }

  /** The system property of a key. */
  static String property(String key) {
    return "dcmix." + key;
  }
}
