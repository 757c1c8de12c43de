package dev.reprise.api;

import static dev.reprise.api.OpenApiDocument.strings;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.api.audio.AudioBody;
import dev.reprise.api.audio.AudioHandler;
import dev.reprise.api.http.Route;
import dev.reprise.api.similar.SimilarityHandler;
import dev.reprise.api.tracks.AudioFeaturesHandler;
import dev.reprise.contract.Reason;
import dev.reprise.contract.Stage;
import dev.reprise.contract.TrackId;
import dev.reprise.runtime.AudioEvents;
import dev.reprise.similarity.index.Group;
import dev.reprise.similarity.table.Metric;
import dev.reprise.similarity.table.Tempo;
import java.util.Arrays;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Compares openapi.yaml with the routes, enum labels and limits of the code. */
class OpenApiTest {
  private final OpenApiDocument document = new OpenApiDocument();

  @Test
  void operationsAreTheRoutes() {
    assertThat(document.operations())
        .isEqualTo(
            Arrays.stream(Route.values())
                .map(route -> route.method().name() + " " + route.path())
                .collect(Collectors.toSet()));
  }

  @Test
  void pathParametersAreDeclared() {
    for (Route route : Route.values()) {
      Pattern.compile("\\{(.+?)}")
          .matcher(route.path())
          .results()
          .forEach(name -> assertThat(document.parameter(route, name.group(1))).isNotNull());
    }
  }

  @Test
  void referencesResolve() {
    assertThat(document.references()).hasSizeGreaterThan(100);
    for (JsonNode reference : document.references()) {
      assertThat(document.at(reference.asString().substring(1)).isMissingNode())
          .as(reference.asString())
          .isFalse();
    }
  }

  /** Every operation may respond 401 without the token, or 421 for a host that is not allowed. */
  @Test
  void everyOperationDescribesItsResponses() {
    for (Route route : Route.values()) {
      JsonNode responses = document.operation(route).get("responses");
      assertThat(responses.propertyNames()).as(route.name()).contains("200", "401", "421");
      for (JsonNode response : responses) {
        assertThat(document.resolve(response).get("content").size()).as(route.name()).isPositive();
      }
    }
  }

  @Test
  void enumLabelsMatchTheCode() {
    assertLabels("Group", Group.values(), Group::label);
    assertLabels("Metric", Metric.values(), Metric::label);
    assertLabels("Tempo", Tempo.values(), Tempo::label);
    assertLabels("Stage", Stage.values(), Stage::label);
    assertLabels("Reason", Reason.values(), Reason::label);
  }

  private <E> void assertLabels(String schema, E[] values, Function<E, String> label) {
    assertThat(strings(document.schema(schema).get("enum")))
        .as(schema)
        .isEqualTo(Arrays.stream(values).map(label).collect(Collectors.toSet()));
  }

  @Test
  void limitsMatchTheCode() {
    assertThat(document.parameter(Route.AUDIO_FEATURES_OF_SEVERAL, "ids").get("maxItems").asInt())
        .isEqualTo(AudioFeaturesHandler.MAX_IDS);
    assertRange(Route.TRACKS, "limit", SimilarityHandler.MAX_LISTED, 50);
    assertRange(Route.SIMILAR, "k", SimilarityHandler.MAX_NEIGHBOURS, 10);
    assertRange(Route.COMPARISON, "k", SimilarityHandler.MAX_COMPARED_NEIGHBOURS, 10);
    assertThat(document.schema("TrackId").get("maxLength").asInt()).isEqualTo(TrackId.MAX_BYTES);
    JsonNode audio = document.operation(Route.AUDIO);
    assertThat(audio.at("/responses/413/description").asString())
        .contains("more than " + AudioEvents.MAX_VALUE_BYTES + " bytes")
        .contains("more than " + AudioBody.MAX_JSON_BYTES + " bytes");
    assertThat(audio.get("description").asString())
        .contains("at most " + AudioBody.MAX_JSON_BYTES + " bytes");
    assertThat(audio.at("/parameters/1/description").asString())
        .contains("at most " + AudioHandler.MAX_WAIT_SECONDS);
    assertThat(document.schema("DeadLetterList").at("/properties/dead_letters/maxItems").asInt())
        .isEqualTo(100);
  }

  private void assertRange(Route route, String parameter, int max, int defaultValue) {
    JsonNode schema = document.parameter(route, parameter);
    assertThat(schema.get("minimum").asInt()).isEqualTo(1);
    assertThat(schema.get("maximum").asInt()).isEqualTo(max);
    assertThat(schema.get("default").asInt()).isEqualTo(defaultValue);
  }

  @Test
  void defaultsMatchTheCode() {
    assertThat(document.parameter(Route.SIMILAR, "group").get("default").asString())
        .isEqualTo(Group.PREDICTED_FEATURES.label());
    assertThat(document.parameter(Route.SIMILAR, "tempo").get("default").asString())
        .isEqualTo(Tempo.LINEAR.label());
  }
}
