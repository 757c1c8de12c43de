package dev.reprise.api.catalogue;

import dev.reprise.api.state.v1.KnownTrack;
import dev.reprise.api.v1.Extraction;
import dev.reprise.api.v1.Failure;
import dev.reprise.contract.RecordCoordinates;
import dev.reprise.contract.v1.Prediction;
import java.util.stream.Stream;

/** Outcomes of audio events, as the API returns them. */
public final class Extractions {
  private Extractions() {}

  public static Extraction pending(String trackId, String extractionId) {
    return withStatus("pending", trackId, extractionId).build();
  }

  public static Extraction predicted(Prediction prediction) {
    return withStatus("predicted", prediction.getTrackId(), prediction.getExtractionId())
        .setPrediction(prediction)
        .build();
  }

  public static Extraction failed(String trackId, Failure failure) {
    return withStatus("failed", trackId, failure.getExtractionId()).setFailure(failure).build();
  }

  /**
   * Returns the outcome of an audio event. It is superseded if it is neither of the two that the
   * track keeps, and was settled before or precedes one of them on its partition.
   */
  static Extraction of(String trackId, RecordCoordinates id, KnownTrack track) {
    String text = id.toString();
    if (track.getPrediction().getExtractionId().equals(text)) {
      return predicted(track.getPrediction());
    }
    if (track.getFailure().getExtractionId().equals(text)) {
      return failed(trackId, track.getFailure());
    }
    boolean superseded =
        track.getSettledList().contains(text)
            || Stream.of(
                    track.getPrediction().getExtractionId(), track.getFailure().getExtractionId())
                .flatMap(known -> RecordCoordinates.parse(known).stream())
                .anyMatch(known -> known.isAfter(id));
    return superseded ? withStatus("superseded", trackId, text).build() : pending(trackId, text);
  }

  private static Extraction.Builder withStatus(String status, String trackId, String extractionId) {
    return Extraction.newBuilder()
        .setStatus(status)
        .setTrackId(trackId)
        .setExtractionId(extractionId);
  }
}
