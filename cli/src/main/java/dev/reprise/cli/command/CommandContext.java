package dev.reprise.cli.command;

import dev.reprise.cli.options.OptionSources;
import dev.reprise.cli.output.Terminal;

/** What every command is given: option values from outside the command line, and the terminal. */
public record CommandContext(OptionSources sources, Terminal terminal) {}
