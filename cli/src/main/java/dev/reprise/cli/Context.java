package dev.reprise.cli;

import dev.reprise.cli.print.Terminal;
import dev.reprise.cli.settings.Sources;

/** What every command is given: option values from outside the command line, and the terminal. */
record Context(Sources sources, Terminal terminal) {}
