package dev.reprise.cli.similar;

import dev.reprise.cli.command.CommandContext;
import dev.reprise.cli.options.PositiveInteger;
import dev.reprise.cli.options.Token;
import dev.reprise.contract.Json;
import dev.reprise.runtime.ConfigurationException;
import dev.reprise.similarity.v1.Comparison;
import dev.reprise.similarity.v1.Similar;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "similar",
    description = {
      "Lists the tracks most similar to a given one; needs a running API ('reprise serve' or"
          + " 'reprise api')."
    })
public final class SimilarCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(paramLabel = "TRACK", description = "The track's id.")
  private String trackId = "";

  @Option(
      names = "--group",
      paramLabel = "NAME",
      description =
          "What to compare: predicted_features, embedding, audio_features, social_features,"
              + " temporal_features, ranks or metadata, which is the artists' location (default:"
              + " predicted_features).")
  private @Nullable String group;

  @Option(
      names = "--metric",
      paramLabel = "NAME",
      description =
          "Distance: cosine, euclidean, standardised-cosine, standardised-euclidean, or"
              + " great-circle for metadata (default: standardised-euclidean; cosine for embedding,"
              + " great-circle for metadata).")
  private @Nullable String metric;

  @Option(
      names = "--tempo",
      paramLabel = "linear|circular",
      description =
          "Compare tempo as it is, or on a circle with one turn per octave, so that half and double"
              + " tempo are equal (default: linear).")
  private @Nullable String tempo;

  @Option(
      names = {"-k", "--neighbours"},
      paramLabel = "N",
      converter = PositiveInteger.class,
      description = "Number of tracks to list (default: ${DEFAULT-VALUE}).")
  private int k = 10;

  @Option(
      names = "--compare",
      description =
          "Show instead how the neighbours differ between groups and metrics, and how each feature"
              + " is scaled.")
  private boolean compare;

  @Option(names = "--json", description = "Print the API's response unchanged.")
  private boolean json;

  @Option(
      names = "--url",
      paramLabel = "URL",
      description = "Base URL of the API (default: ${DEFAULT-VALUE}).")
  private String url = "http://127.0.0.1:8080";

  @Option(
      names = "--bearer-token",
      paramLabel = "TOKEN",
      description =
          "The API's token, if it has one; refused on the command line: set REPRISE_BEARER_TOKEN.")
  private @Nullable String bearerToken;

  @Option(
      names = "--bearer-token-file",
      paramLabel = "FILE",
      description = "File that contains the token.")
  private @Nullable Path bearerTokenFile;

  public SimilarCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws ConfigurationException, IOException, InterruptedException {
    if (compare && (group != null || metric != null)) {
      throw new ConfigurationException(
          "--compare covers every group and metric; omit --group and --metric.");
    }
    ApiClient client =
        new ApiClient(
            url, new Token("--bearer-token").of(bearerToken, bearerTokenFile).orElse(null));
    Map<String, String> query = new LinkedHashMap<>();
    query.put("k", Integer.toString(k));
    put(query, "tempo", tempo);
    put(query, "group", group);
    put(query, "metric", metric);
    if (compare) {
      Comparison response =
          client
              .get(
                  ApiClient.trackPath(trackId) + "/similar/comparison",
                  query,
                  Comparison.newBuilder())
              .build();
      show(Json.print(response), () -> ComparisonText.print(response, context.terminal()));
    } else {
      Similar response =
          client
              .get(ApiClient.trackPath(trackId) + "/similar", query, Similar.newBuilder())
              .build();
      show(Json.print(response), () -> SimilarText.print(response, context.terminal()));
    }
    return 0;
  }

  private void show(String response, Runnable text) {
    if (json) {
      context.terminal().print(response);
    } else {
      text.run();
    }
  }

  private static void put(Map<String, String> query, String name, @Nullable String value) {
    if (value != null) {
      query.put(name, value);
    }
  }
}
