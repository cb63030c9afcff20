package io.dcmix.app.lanes;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.dcmix.core.cli.CliCommand;
import io.dcmix.core.cli.CliException;
import io.dcmix.streams.LanePlan;
import io.dcmix.streams.LaneRights;
import io.dcmix.streams.LaneRights.Right;
import io.dcmix.streams.LaneRole;
import io.dcmix.streams.Topics;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.PatternType;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dcmix acls}: the least rights that somebody needs in a lane. */
@Command(
    name = "acls",
    description = {
      "Print the least rights that a principal needs in a lane, on a cluster that denies by default. Asks no broker and changes nothing:",
      "the lines are for kafka-acls.sh, the JSON and the CSV for whatever manages your rights."
    },
    footer = {
      "",
      "Examples:",
      "  dcmix acls --lane screening --principal User:dcmix --processor",
      "  dcmix acls --lane screening --principal User:robot --publisher --format json",
      "  dcmix acls --lane screening --principal User:lims --reader --group lims-sink --format csv",
      "",
      "A processor creates no topic: 'dcmix topics create' by an --admin comes before it. docs/security.md has the whole way."
    })
public final class AclsCommand implements CliCommand {
  private static final Pattern PRINCIPAL = Pattern.compile("[A-Za-z]+:[^\\s'\"\\\\]+");
  private static final Pattern GROUP = Pattern.compile("[^\\s'\"\\\\]+");

  /** How the rights are written. */
  enum Format {
    COMMANDS,
    JSON,
    CSV
  }

  @Mixin private LaneOption lane = new LaneOption();

  @Option(names = "--principal", required = true, paramLabel = "TYPE:NAME", description = "Whose rights: User:NAME, as the broker calls it.")
  private String principal = "";

  @Option(names = "--host", defaultValue = "*", paramLabel = "ADDRESS", description = "From where. Default: anywhere.")
  private String host = "*";

  @Option(names = "--publisher", description = "Publishes plates and layouts.")
  private boolean publisher;

  @Option(names = "--processor", description = "Runs 'run' or 'rescore', and the page.")
  private boolean processor;

  @Option(names = "--reader", description = "Reads results.")
  private boolean reader;

  @Option(names = "--admin", description = "Creates topics, resets the lane, forgets plates.")
  private boolean admin;

  @Option(names = "--group", paramLabel = "NAME", description = "Consumer group of a --reader that has one.")
  private @Nullable String group;

  @Option(names = "--format", defaultValue = "commands", paramLabel = "commands|json|csv", description = "How they are written. Default: ${DEFAULT-VALUE}.")
  private Format format = Format.COMMANDS;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    Topics topics = lane.topics();
    if (!PRINCIPAL.matcher(principal).matches()) {
      throw new CliException("--principal: '" + principal + "' is none: give it as the broker calls it, such as User:dcmix");
    }
    if (group != null && (!reader || !GROUP.matcher(group).matches())) {
      throw new CliException("--group names the consumer group of a --reader, without spaces and quotes");
    }
    List<Right> rights = LaneRights.of(LanePlan.of(topics), roles(), group);
    PrintWriter out = spec.commandLine().getOut();
    out.print(switch (format) {
      case COMMANDS -> commands(rights);
      case JSON -> json(rights);
      case CSV -> csv(rights);
    });
    out.flush();
    return 0;
  }

  private Set<LaneRole> roles() {
    Set<LaneRole> roles = EnumSet.noneOf(LaneRole.class);
    Map<LaneRole, Boolean> asked = Map.of(
        LaneRole.PUBLISHER, publisher, LaneRole.PROCESSOR, processor, LaneRole.READER, reader, LaneRole.ADMIN, admin);
    asked.forEach((role, wanted) -> {
      if (wanted) {
        roles.add(role);
      }
    });
    if (roles.isEmpty()) {
      throw new CliException("What does " + principal + " do? Say one or more of --publisher, --processor, --reader, --admin");
    }
    return roles;
  }

  /** One command a topic, group or transactional id. */
  private String commands(List<Right> rights) {
    Map<Right, String> operations = new LinkedHashMap<>();
    rights.forEach(right -> operations.merge(
        new Right(right.resource(), right.name(), right.pattern(), AclOperation.ANY), " --operation " + operation(right.operation()), String::concat));
    StringBuilder text = new StringBuilder("""
        # Least rights of %s in lane %s: %s.
        # BOOTSTRAP is a broker, ADMIN a properties file of a user who may alter rights.
        """.formatted(principal, lane.topics().lane(), roles().stream().map(LaneRole::toString).collect(Collectors.joining(", "))));
    operations.forEach((right, what) -> {
      String resource = switch (right.resource()) {
        case TOPIC -> "--topic";
        case GROUP -> "--group";
        default -> "--transactional-id";
      };
      text.append("kafka-acls.sh --bootstrap-server \"$BOOTSTRAP\" --command-config \"$ADMIN\" --add --allow-principal '%s'%s%s %s '%s'%s%n".formatted(
          principal, host.equals("*") ? "" : " --allow-host '" + host + "'", what, resource, right.name(),
          right.pattern() == PatternType.PREFIXED ? " --resource-pattern-type prefixed" : ""));
    });
    return text.toString();
  }

  /** As the scripts of Kafka write it: {@code DescribeConfigs}. */
  private static String operation(AclOperation operation) {
    return Arrays.stream(operation.name().split("_", -1))
        .map(word -> word.charAt(0) + word.substring(1).toLowerCase(Locale.ROOT)).collect(Collectors.joining());
  }

  private String json(List<Right> rights) {
    ArrayNode all = new ObjectMapper().createArrayNode();
    rights.forEach(right -> all.addObject().put("principal", principal).put("host", host).put("permission", "ALLOW")
        .put("resourceType", right.resource().name()).put("patternType", right.pattern().name()).put("name", right.name())
        .put("operation", right.operation().name()));
    return TopicsText.pretty(all);
  }

  private String csv(List<Right> rights) {
    StringBuilder text = new StringBuilder("principal,host,permission,resourceType,patternType,name,operation\n");
    rights.forEach(right -> text.append(String.join(",",
        quoted(principal), quoted(host), "ALLOW", right.resource().name(), right.pattern().name(), quoted(right.name()), right.operation().name())).append('\n'));
    return text.toString();
  }

  /** Principals of TLS are distinguished names, with commas. */
  private static String quoted(String text) {
    return text.contains(",") ? "\"" + text + "\"" : text;
  }
}
