package dev.reprise.cli.command;

import dev.reprise.cli.options.OptionSources;
import dev.reprise.cli.output.Terminal;

/** The context of a command: option values from outside the command line, and the terminal. */
public record CommandContext(OptionSources sources, Terminal terminal) {}
