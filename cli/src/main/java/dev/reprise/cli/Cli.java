package dev.reprise.cli;

import dev.reprise.cli.command.CommandContext;
import dev.reprise.cli.command.ExitCode;
import dev.reprise.cli.consume.ConsumeCommand;
import dev.reprise.cli.deadletters.DeadLettersCommand;
import dev.reprise.cli.deadletters.ReplayCommand;
import dev.reprise.cli.doctor.DoctorCommand;
import dev.reprise.cli.extract.BenchCommand;
import dev.reprise.cli.extract.ExtractCommand;
import dev.reprise.cli.model.ModelCommand;
import dev.reprise.cli.options.ByteSizes;
import dev.reprise.cli.options.Durations;
import dev.reprise.cli.options.OptionDefaults;
import dev.reprise.cli.options.OptionSources;
import dev.reprise.cli.options.Paths;
import dev.reprise.cli.options.Secrets;
import dev.reprise.cli.output.Terminal;
import dev.reprise.cli.run.RunCommand;
import dev.reprise.cli.run.ServeCommand;
import dev.reprise.cli.service.ApiCommand;
import dev.reprise.cli.service.BrokerCommand;
import dev.reprise.cli.service.ExtractorCommand;
import dev.reprise.cli.service.InferenceCommand;
import dev.reprise.cli.similar.SimilarCommand;
import dev.reprise.cli.submit.SubmitCommand;
import dev.reprise.cli.topics.AclsCommand;
import dev.reprise.cli.topics.TopicsCommand;
import dev.reprise.cli.truth.TruthCommand;
import dev.reprise.runtime.ConfigurationException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;

/** Assembles the commands and runs the requested one. */
public final class Cli {
  private final OptionSources sources;
  private final Terminal terminal;
  private final OptionDefaults defaults;
  private final CommandLine root;

  Cli(OptionSources sources, Terminal terminal) {
    this.sources = sources;
    this.terminal = terminal;
    this.defaults = new OptionDefaults(sources);
    this.root = assemble(new CommandContext(sources, terminal));
  }

  /** Runs a command line and returns its exit code. */
  static int run(Map<String, String> environment, Terminal terminal, String... args) {
    try {
      return new Cli(ConfigFile.read(environment, args), terminal).run(args);
    } catch (ConfigurationException e) {
      e.errors().forEach(terminal::note);
      return ExitCode.USAGE;
    }
  }

  private int run(String... args) {
    return root.execute(args);
  }

  private CommandLine assemble(CommandContext context) {
    CommandLine commandLine = commands(context);
    collectErrors(commandLine);
    return commandLine
        .setDefaultValueProvider(defaults)
        .setOut(context.terminal().outWriter())
        .setErr(context.terminal().errWriter())
        .setExecutionStrategy(this::execute)
        .setExecutionExceptionHandler(new Failures(context.terminal()))
        .setParameterExceptionHandler((error, arguments) -> report(Set.of(sentence(error))));
  }

  /** Returns the command tree without option defaults, output writers and error handlers. */
  public static CommandLine commands(CommandContext context) {
    return new CommandLine(new RepriseCommand())
        .addSubcommand(new RunCommand(context))
        .addSubcommand(new ServeCommand(context))
        .addSubcommand(new ExtractorCommand(context))
        .addSubcommand(new InferenceCommand(context))
        .addSubcommand(new ApiCommand(context))
        .addSubcommand(new BrokerCommand(context))
        .addSubcommand(
            new CommandLine(new TopicsCommand())
                .addSubcommand(new TopicsCommand.CreateTopics(context))
                .addSubcommand(new TopicsCommand.ListTopics(context))
                .addSubcommand(new AclsCommand(context)))
        .addSubcommand(
            new CommandLine(new TruthCommand()).addSubcommand(new TruthCommand.LoadTruth(context)))
        .addSubcommand(new SubmitCommand(context))
        .addSubcommand(new ConsumeCommand(context))
        .addSubcommand(new SimilarCommand(context))
        .addSubcommand(new ExtractCommand(context))
        .addSubcommand(new BenchCommand(context))
        .addSubcommand(
            new CommandLine(new ModelCommand())
                .addSubcommand(new ModelCommand.ModelCard(context))
                .addSubcommand(new ModelCommand.ListModels(context)))
        .addSubcommand(new DoctorCommand(context))
        .addSubcommand(
            new CommandLine(new DeadLettersCommand(context))
                .addSubcommand(new DeadLettersCommand.ListDeadLetters(context))
                .addSubcommand(new DeadLettersCommand.ShowDeadLetter(context))
                .addSubcommand(new ReplayCommand(context)))
        .addSubcommand(new CommandLine.HelpCommand())
        .registerConverter(Path.class, new Paths())
        .registerConverter(Duration.class, new Durations())
        .registerConverter(Long.class, new ByteSizes())
        .registerConverter(long.class, new ByteSizes())
        .setCaseInsensitiveEnumValuesAllowed(true);
  }

  /** Makes picocli continue after an error, so that all errors are reported at once. */
  private static void collectErrors(CommandLine command) {
    command.getCommandSpec().parser().collectErrors(true);
    command.getSubcommands().values().forEach(Cli::collectErrors);
  }

  private int execute(ParseResult result) {
    Integer helpExitCode = CommandLine.executeHelpRequest(result);
    if (helpExitCode != null) {
      return helpExitCode;
    }
    Set<String> errors = new LinkedHashSet<>(sources.errors(OptionDefaults.names(root)));
    for (ParseResult part = result; part != null; part = subcommand(part)) {
      part.errors().forEach(error -> errors.add(sentence(error)));
      errors.addAll(Secrets.errors(part));
    }
    return errors.isEmpty() ? new RunLast().execute(result) : report(errors);
  }

  private static @Nullable ParseResult subcommand(ParseResult result) {
    return result.hasSubcommand() ? result.subcommand() : null;
  }

  private int report(Set<String> errors) {
    errors.forEach(terminal::note);
    terminal.note("'reprise --help' lists the commands, 'reprise COMMAND --help' their options.");
    return ExitCode.USAGE;
  }

  /** Returns the error as a sentence, with the value's source unless it is the command line. */
  private String sentence(Exception error) {
    String message = String.valueOf(error.getMessage()).strip();
    if (error instanceof ParameterException parameter
        && parameter.getArgSpec() != null
        && !isOnCommandLine(parameter.getArgSpec())) {
      message +=
          defaults.given(parameter.getArgSpec()).map(it -> " (" + it.source() + ")").orElse("");
    }
    return message.endsWith(".") ? message : message + ".";
  }

  private static boolean isOnCommandLine(ArgSpec argument) {
    return !argument.originalStringValues().isEmpty();
  }
}
