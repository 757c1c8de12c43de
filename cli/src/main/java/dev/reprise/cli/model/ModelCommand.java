package dev.reprise.cli.model;

import dev.reprise.cli.command.CommandContext;
import dev.reprise.cli.command.ExitCode;
import dev.reprise.cli.options.ModelOptions;
import dev.reprise.cli.options.RepositoryOptions;
import dev.reprise.cli.output.TextTable;
import dev.reprise.contract.Feature;
import dev.reprise.contract.ModelId;
import dev.reprise.inference.model.ModelException;
import dev.reprise.inference.model.ModelFile;
import dev.reprise.inference.model.ModelMetadata;
import dev.reprise.inference.model.ModelProperties;
import dev.reprise.inference.model.ModelRepository;
import dev.reprise.runtime.ConfigurationException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "model",
    description = "Shows the models in the repository, without loading them.",
    synopsisSubcommandLabel = "COMMAND")
public final class ModelCommand {

  @Command(
      name = "card",
      description = "Prints a model's card: intended use, accuracy and limitations.")
  public static final class ModelCard implements Callable<Integer> {
    private final CommandContext context;

    @Mixin private final RepositoryOptions repository = new RepositoryOptions();

    @Parameters(
        paramLabel = "NAME[@VERSION]",
        arity = "0..1",
        description = "Model; without a version, the newest (default: ${DEFAULT-VALUE}).")
    private String model = ModelOptions.DEFAULT_MODEL;

    public ModelCard(CommandContext context) {
      this.context = context;
    }

    @Override
    public Integer call() throws ConfigurationException {
      try {
        ModelFile file = ModelFile.read(new ModelRepository(repository.repository()).find(model));
        ModelProperties.read(file)
            .card()
            .stripTrailing()
            .lines()
            .forEach(context.terminal()::print);
        return 0;
      } catch (ModelException e) {
        throw new ConfigurationException(String.valueOf(e.getMessage()));
      }
    }
  }

  @Command(name = "list", description = "Lists the models, each with its oldest version first.")
  public static final class ListModels implements Callable<Integer> {
    private final CommandContext context;

    @Mixin private final RepositoryOptions repository = new RepositoryOptions();

    public ListModels(CommandContext context) {
      this.context = context;
    }

    @Override
    public Integer call() throws ConfigurationException {
      ModelRepository models = new ModelRepository(repository.repository());
      TextTable table =
          new TextTable("name", "version", "", "mean R2", "bytes", "sha256", "contract");
      List<String> errors = new ArrayList<>();
      try {
        for (String name : models.names()) {
          List<String> versions = models.versions(name);
          for (String version : versions) {
            boolean newest = version.equals(versions.get(versions.size() - 1));
            add(table, models, name, version, newest ? "newest" : "", errors);
          }
        }
      } catch (ModelException e) {
        throw new ConfigurationException(String.valueOf(e.getMessage()));
      }
      table.print(context.terminal());
      errors.forEach(context.terminal()::note);
      return errors.isEmpty() ? 0 : ExitCode.FAILED;
    }

    private static void add(
        TextTable table,
        ModelRepository models,
        String name,
        String version,
        String newest,
        List<String> errors) {
      try {
        ModelFile file = ModelFile.read(models.find(ModelId.of(name, version)));
        ModelMetadata metadata = ModelProperties.read(file).metadata();
        table.add(
            name,
            version,
            newest,
            meanR2(metadata),
            Integer.toString(file.bytes().length),
            metadata.sha256().substring(0, 12),
            metadata.contract());
      } catch (ModelException e) {
        table.add(name, version, newest, "-", "-", "-", "-");
        errors.add(String.valueOf(e.getMessage()));
      }
    }

    /** Returns the mean without tempo, as on the card: R² is no measure of octave errors. */
    private static String meanR2(ModelMetadata metadata) {
      List<Double> r2 = new ArrayList<>(metadata.r2());
      r2.remove(Feature.TEMPO.ordinal());
      return String.format(
          Locale.ROOT,
          "%.3f",
          r2.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN));
    }
  }
}
