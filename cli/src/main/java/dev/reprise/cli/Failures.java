package dev.reprise.cli;

import dev.reprise.cli.command.ExitCode;
import dev.reprise.cli.output.Terminal;
import dev.reprise.runtime.ConfigurationException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.KafkaException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** Reports the exception that ended a command; with {@code --verbose}, also its stack trace. */
final class Failures implements IExecutionExceptionHandler {
  private final Terminal terminal;

  Failures(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public int handleExecutionException(Exception failure, CommandLine command, ParseResult parsed) {
    sentences(failure).forEach(terminal::note);
    if (isVerbose(parsed)) {
      StringWriter trace = new StringWriter();
      failure.printStackTrace(new PrintWriter(trace, true));
      trace.toString().lines().forEach(terminal::note);
    }
    return ExitCode.FAILED;
  }

  private static List<String> sentences(Throwable failure) {
    if (failure instanceof ConfigurationException configuration) {
      return configuration.errors();
    }
    if ((failure instanceof ExecutionException || failure instanceof UncheckedIOException)
        && failure.getCause() != null) {
      return sentences(failure.getCause());
    }
    if (failure instanceof KafkaException) {
      return List.of("Kafka: " + failure.getMessage());
    }
    if (failure instanceof IOException) {
      return List.of(String.valueOf(failure.getMessage()));
    }
    return List.of("Internal error: " + failure + " (--verbose prints the stack trace).");
  }

  private static boolean isVerbose(ParseResult parsed) {
    return parsed.hasMatchedOption("--verbose")
        || (parsed.hasSubcommand() && isVerbose(parsed.subcommand()));
  }
}
