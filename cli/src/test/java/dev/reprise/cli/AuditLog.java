package dev.reprise.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.reprise.runtime.Permission;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.utils.SecurityUtils;
import org.slf4j.LoggerFactory;

/**
 * What the requests to a broker in this process needed, by its audit log. Those by which services
 * check their permissions are left out. Thread-safe.
 */
final class AuditLog extends AppenderBase<ILoggingEvent> implements AutoCloseable {
  private static final Pattern ALLOWED =
      Pattern.compile(
          "Principal = User:(\\w+) is Allowed operation = (\\w+) from .* on resource ="
              + " (\\w+):LITERAL:(\\S+) for request = .*");

  private final Logger logger = (Logger) LoggerFactory.getLogger("kafka.authorizer.logger");
  private final Set<Need> needs = ConcurrentHashMap.newKeySet();

  private record Need(String user, AclOperation operation, ResourceType type, String name) {
    boolean isMetBy(Permission permission) {
      return operation == permission.operation()
          && type == permission.type()
          && (permission.pattern() == PatternType.PREFIXED
              ? name.startsWith(permission.name())
              : name.equals(permission.name()));
    }
  }

  static AuditLog open() {
    AuditLog log = new AuditLog();
    log.start();
    log.logger.setLevel(Level.DEBUG);
    log.logger.setAdditive(false);
    log.logger.addAppender(log);
    return log;
  }

  @Override
  protected void append(ILoggingEvent event) {
    Matcher allowed = ALLOWED.matcher(event.getFormattedMessage());
    if (allowed.matches() && !allowed.group(4).endsWith("-permission-check")) {
      needs.add(
          new Need(
              allowed.group(1),
              AclOperation.fromString(allowed.group(2)),
              SecurityUtils.resourceType(allowed.group(3)),
              allowed.group(4)));
    }
  }

  /** Returns whether a user's requests needed a permission. */
  boolean isNeeded(String user, Permission permission) {
    return needs.stream().anyMatch(it -> it.user().equals(user) && it.isMetBy(permission));
  }

  @Override
  public void close() {
    logger.detachAppender(this);
    logger.setAdditive(true);
    logger.setLevel(null);
  }
}
