package dev.reprise.cli.options;

import dev.reprise.cli.options.OptionSources.Given;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Gives picocli the values from {@link OptionSources} for options that the command line omits. */
public final class OptionDefaults implements IDefaultValueProvider {
  /** Options that are one-off requests, not settings. */
  private static final Set<String> COMMAND_LINE_ONLY = Set.of("help", "version", "config");

  private final OptionSources sources;

  public OptionDefaults(OptionSources sources) {
    this.sources = sources;
  }

  @Override
  public @Nullable String defaultValue(ArgSpec argument) {
    return given(argument).map(Given::value).orElse(null);
  }

  /** Returns the value of an option from {@link OptionSources}, with its source. */
  public Optional<Given> given(ArgSpec argument) {
    return name(argument).flatMap(sources::option);
  }

  /** Returns the names of all options of a command and its subcommands, as keys of a file. */
  public static Set<String> names(CommandLine command) {
    Set<String> names = new TreeSet<>();
    for (OptionSpec option : command.getCommandSpec().options()) {
      name(option).ifPresent(names::add);
    }
    command.getSubcommands().values().forEach(subcommand -> names.addAll(names(subcommand)));
    return names;
  }

  private static Optional<String> name(ArgSpec argument) {
    return argument instanceof OptionSpec option && option.longestName().startsWith("--")
        ? Optional.of(option.longestName().substring(2))
            .filter(name -> !COMMAND_LINE_ONLY.contains(name))
        : Optional.empty();
  }
}
