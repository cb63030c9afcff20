package io.dcmix.streams;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourceType;
import org.jspecify.annotations.Nullable;

/** The least rights that a lane needs of a cluster that denies by default; they follow from {@link LanePlan}. Pure. */
public final class LaneRights {
  /** All that an administrator may do with what belongs to another lane. */
  private static final Set<AclOperation> LOOKING = Set.of(AclOperation.DESCRIBE, AclOperation.DESCRIBE_CONFIGS);

  private LaneRights() {}

  /**
   * What is done to something.
   *
   * @param name of the topic, group or transactional id, or how it begins
   * @param pattern LITERAL or PREFIXED
   */
  public record Right(ResourceType resource, String name, PatternType pattern, AclOperation operation) {}

  /**
   * What these roles need together, once each: topics as the plan has them, then groups, then transactional ids. Nothing is asked of
   * the cluster itself: producers are idempotent by the right to write a topic.
   *
   * @param group of a reader that has one; null if none has
   */
  public static List<Right> of(LanePlan plan, Collection<LaneRole> roles, @Nullable String group) {
    List<Right> rights = new ArrayList<>();
    for (LaneTopic topic : plan.topics()) {
      Set<AclOperation> operations = EnumSet.noneOf(AclOperation.class);
      for (LaneRole role : roles) {
        Set<AclOperation> own = new TreeSet<>(topic.rightsOf(role));
        if (role == LaneRole.ADMIN && plan.borrows(topic)) {
          own.retainAll(LOOKING);
        }
        operations.addAll(own);
      }
      if (operations.contains(AclOperation.READ) || operations.contains(AclOperation.WRITE) || operations.contains(AclOperation.DELETE)) {
        operations.remove(AclOperation.DESCRIBE); // Kafka lets whoever may do these describe, too.
      }
      new TreeSet<>(operations).forEach(operation -> rights.add(new Right(ResourceType.TOPIC, topic.name(), PatternType.LITERAL, operation)));
    }
    Topics lane = plan.lane();
    if (lane.borrowsImages() && (roles.contains(LaneRole.PROCESSOR) || roles.contains(LaneRole.ADMIN))) {
      // Whether it exists: a lane with images of its own is not scored over.
      rights.add(new Right(ResourceType.TOPIC, new Topics(lane.lane()).imageEvents(), PatternType.LITERAL, AclOperation.DESCRIBE));
    }
    for (LaneRole role : new TreeSet<>(roles)) {
      switch (role) {
        // Replays keep behind the processor, and ask how far it is.
        case PUBLISHER -> rights.add(new Right(ResourceType.GROUP, lane.applicationId(), PatternType.LITERAL, AclOperation.DESCRIBE));
        case PROCESSOR -> rights.add(new Right(ResourceType.GROUP, lane.applicationId(), PatternType.LITERAL, AclOperation.READ));
        case READER -> {
          if (group != null) {
            rights.add(new Right(ResourceType.GROUP, group, PatternType.LITERAL, AclOperation.READ));
          }
        }
        case ADMIN -> {
          rights.add(new Right(ResourceType.GROUP, lane.applicationId(), PatternType.LITERAL, AclOperation.DESCRIBE));
          rights.add(new Right(ResourceType.GROUP, lane.applicationId(), PatternType.LITERAL, AclOperation.DELETE));
        }
      }
    }
    for (LaneRole role : new TreeSet<>(roles)) {
      switch (role) {
        case PUBLISHER -> rights.add(transactions(lane.publisherTransactions(), PatternType.PREFIXED));
        // Kafka Streams names each by the process and its thread.
        case PROCESSOR -> rights.add(transactions(lane.internal(""), PatternType.PREFIXED));
        case ADMIN -> rights.add(transactions(lane.forgetTransactions(), PatternType.LITERAL));
        case READER -> {}
      }
    }
    return rights.stream().distinct().toList();
  }

  private static Right transactions(String name, PatternType pattern) {
    return new Right(ResourceType.TRANSACTIONAL_ID, name, pattern, AclOperation.WRITE);
  }
}
