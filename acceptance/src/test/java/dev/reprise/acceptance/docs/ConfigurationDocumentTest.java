package dev.reprise.acceptance.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cli.Cli;
import dev.reprise.cli.command.CommandContext;
import dev.reprise.cli.options.ByteSizes;
import dev.reprise.cli.options.Durations;
import dev.reprise.cli.options.OptionSources;
import dev.reprise.cli.output.Terminal;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** docs/CONFIGURATION.md against the options of the command line. */
class ConfigurationDocumentTest {
  private static final Pattern DEFAULT = Pattern.compile("\\(default: (.*)\\)\\.$");

  /** Options of every command, documented separately. */
  private static final Set<String> COMMON = Set.of("--config", "--verbose", "--help", "--version");

  private final CommandLine root =
      Cli.commands(
          new CommandContext(
              OptionSources.of(Map.of()), new Terminal(System.out, System.err, false, 80)));

  /**
   * An option of one command, as documented in a row of the table.
   *
   * @param command top-level command, without its subcommand
   */
  private record Row(
      String option, String variable, String key, String defaultValue, String command) {}

  @Test
  void optionsAreThoseOfTheCommands() throws IOException {
    List<Row> documented = new ArrayList<>();
    for (List<String> cells : Document.read("docs/CONFIGURATION.md").rows("Options")) {
      for (String command : cells.get(4).split(", ", -1)) {
        documented.add(new Row(cells.get(0), cells.get(1), cells.get(2), cells.get(3), command));
      }
    }
    Set<Row> actual = new HashSet<>();
    collectRows(root, "", actual);
    assertThat(documented).containsExactlyInAnyOrderElementsOf(actual);
  }

  /** The defaults of durations and sizes are literals in the help texts. */
  @Test
  void helpStatesTheActualDefaults() {
    List<OptionSpec> all = new ArrayList<>();
    collectOptions(root, all);
    int compared = 0;
    for (OptionSpec option : all) {
      String documented = documentedDefault(option);
      if (option.initialValue() instanceof Duration time) {
        assertThat(new Durations().convert(documented)).as(option.longestName()).isEqualTo(time);
        compared++;
      } else if (option.initialValue() instanceof Long size && documented.endsWith("iB")) {
        assertThat(new ByteSizes().convert(documented)).as(option.longestName()).isEqualTo(size);
        compared++;
      }
    }
    assertThat(compared).isGreaterThan(5);
  }

  @Test
  void commonOptionsAreDescribed() throws IOException {
    assertThat(
            Document.read("docs/CONFIGURATION.md").rows("Every command").stream()
                .map(cells -> cells.get(0)))
        .containsExactlyInAnyOrderElementsOf(new TreeSet<>(COMMON));
  }

  @Test
  void oneOptionHasAShortNameOnly() {
    List<OptionSpec> all = new ArrayList<>();
    collectOptions(root, all);
    assertThat(all.stream().map(OptionSpec::longestName).filter(name -> !name.startsWith("--")))
        .containsOnly("-K");
  }

  private static void collectOptions(CommandLine command, List<OptionSpec> into) {
    into.addAll(command.getCommandSpec().options());
    command.getSubcommands().values().forEach(subcommand -> collectOptions(subcommand, into));
  }

  private static void collectRows(CommandLine command, String topLevel, Set<Row> into) {
    for (OptionSpec option : command.getCommandSpec().options()) {
      String name = option.longestName();
      if (name.startsWith("--") && !COMMON.contains(name)) {
        String key = name.substring(2);
        String variable = "REPRISE_" + key.toUpperCase(Locale.ROOT).replace('-', '_');
        into.add(new Row(name, variable, key, documentedDefault(option), topLevel));
      }
    }
    command
        .getSubcommands()
        .forEach(
            (name, subcommand) ->
                collectRows(subcommand, topLevel.isEmpty() ? name : topLevel, into));
  }

  /** Returns the default that the help states; empty if there is none. */
  private static String documentedDefault(OptionSpec option) {
    Matcher matcher = DEFAULT.matcher(String.join(" ", Arrays.asList(option.description())));
    return matcher.find() ? matcher.group(1) : "";
  }
}
