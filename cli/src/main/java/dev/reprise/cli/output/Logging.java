package dev.reprise.cli.output;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.pattern.ThrowableHandlingConverter;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.joran.spi.ConsoleTarget;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.LoggerFactory;

/**
 * Logs warnings to standard error, one compact line each. Logback finds this class as a service. It
 * is code rather than XML, which would take longer to parse than the broker takes to bind its
 * sockets.
 */
@ConfiguratorRank(ConfiguratorRank.CUSTOM_HIGH_PRIORITY)
public final class Logging extends ContextAwareBase implements Configurator {

  private static volatile boolean verbose;

  /** Logs each change of the model, which is shown at level INFO. */
  private static final String MODEL_RELOADER = "dev.reprise.inference.serving.ModelReloader";

  /** Reduced levels of loggers that warn about normal conditions. */
  private static final Map<String, Level> QUIETER = new HashMap<>(whileBrokerIsAway());

  static {
    QUIETER.putAll(
        Map.of(
            // The first start on an empty directory.
            "org.apache.kafka.controller.QuorumController",
            Level.ERROR,
            // A registration that comes before the controller is elected, and is repeated.
            "kafka.server.ControllerApis",
            Level.OFF,
            // Two services that request __consumer_offsets at the same moment.
            "kafka.server.DefaultAutoTopicCreationManager",
            Level.ERROR,
            // Kafka Streams' consumer of model-references, which fetches its offsets at the start.
            "org.apache.kafka.clients.consumer.internals.OffsetFetcherUtils",
            Level.ERROR,
            // Settings of one kind of client that pass through all of them.
            "org.apache.kafka.clients.consumer.ConsumerConfig",
            Level.ERROR,
            "org.apache.kafka.clients.producer.ProducerConfig",
            Level.ERROR,
            "org.apache.kafka.clients.admin.AdminClientConfig",
            Level.ERROR,
            "org.apache.kafka.streams.StreamsConfig",
            Level.ERROR,
            // Stores left by a killed process, restored from their changelogs.
            "org.apache.kafka.streams.processor.internals.ProcessorStateManager",
            Level.ERROR,
            // State in a temporary folder, which a run deletes itself.
            "org.apache.kafka.streams.processor.internals.StateDirectory",
            Level.ERROR));
  }

  /**
   * Returns the levels of loggers that report the retries of Kafka's clients, thousands of lines a
   * minute without a broker. Commands report the outage in one sentence; services log when the
   * broker becomes unreachable and when it is back. A failure that is not retried is thrown as an
   * exception.
   */
  private static Map<String, Level> whileBrokerIsAway() {
    String streams = "org.apache.kafka.streams.processor.internals.";
    return Map.ofEntries(
        // Includes rejected credentials, which are thrown too.
        Map.entry("org.apache.kafka.clients.NetworkClient", Level.OFF),
        Map.entry("org.apache.kafka.clients.admin.internals.AdminMetadataManager", Level.OFF),
        // Topics that the client may not describe, or read.
        Map.entry("org.apache.kafka.clients.Metadata", Level.OFF),
        Map.entry("org.apache.kafka.clients.consumer.internals.FetchCollector", Level.ERROR),
        Map.entry("org.apache.kafka.clients.producer.internals.Sender", Level.OFF),
        Map.entry("org.apache.kafka.clients.consumer.internals.ConsumerCoordinator", Level.OFF),
        // Consequences of a failed thread, which HealingStreams reports.
        Map.entry(streams + "RecordCollectorImpl", Level.OFF),
        Map.entry(streams + "TaskExecutor", Level.OFF),
        Map.entry(streams + "TaskManager", Level.OFF),
        Map.entry(streams + "StreamThread", Level.OFF),
        Map.entry(streams + "GlobalStreamThread", Level.OFF),
        Map.entry("org.apache.kafka.streams.KafkaStreams", Level.OFF));
  }

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    if (System.getProperty("logback.configurationFile") != null) {
      return ExecutionStatus.INVOKE_NEXT_IF_ANY;
    }
    PatternLayout layout = new PatternLayout();
    layout.setContext(context);
    layout.getInstanceConverterMap().put("causes", Causes::new);
    // Log lines do not pass through Terminal, so they wipe a progress bar themselves.
    layout.setPattern(
        (Boolean.getBoolean("reprise.terminal") ? Terminal.CLEAR_LINE : "")
            + "%d{HH:mm:ss.SSS} %-5level %logger{0}: "
            // As in Terminal: a message may contain a name or a URI with control characters.
            + "%replace(%msg%causes){'[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f]', '?'}%n");
    layout.start();
    LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
    encoder.setContext(context);
    encoder.setLayout(layout);
    encoder.start();
    ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
    appender.setContext(context);
    appender.setTarget(ConsoleTarget.SystemErr.getName());
    appender.setEncoder(encoder);
    appender.start();
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.addAppender(appender);
    root.setLevel(Level.WARN);
    QUIETER.forEach((name, level) -> context.getLogger(name).setLevel(level));
    context.getLogger(MODEL_RELOADER).setLevel(Level.INFO);
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  /** Appends an exception and its causes to the message; the stack traces only when verbose. */
  private static final class Causes extends ThrowableHandlingConverter {
    @Override
    public String convert(ILoggingEvent event) {
      StringBuilder text = new StringBuilder();
      for (IThrowableProxy it = event.getThrowableProxy(); it != null; it = it.getCause()) {
        String name = it.getClassName().substring(it.getClassName().lastIndexOf('.') + 1);
        String message = String.valueOf(it.getMessage()).replaceAll("\\s+", " ");
        text.append(text.isEmpty() ? ": " : "; caused by ").append(name + ": " + message);
      }
      if (verbose && event.getThrowableProxy() != null) {
        text.append('\n').append(ThrowableProxyUtil.asString(event.getThrowableProxy()));
      }
      return text.toString();
    }
  }

  /** Also logs Reprise's own steps, all warnings of libraries, and stack traces. */
  public static void enableVerbose() {
    verbose = true;
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    QUIETER.keySet().forEach(name -> context.getLogger(name).setLevel(null));
    context.getLogger("dev.reprise").setLevel(Level.DEBUG);
    context.getLogger(MODEL_RELOADER).setLevel(null);
  }
}
