package dev.reprise.api.catalogue;

import dev.reprise.api.state.v1.KnownTrack;
import dev.reprise.api.v1.Extraction;
import dev.reprise.api.v1.Track;
import dev.reprise.contract.RecordCoordinates;
import dev.reprise.contract.v1.Prediction;
import dev.reprise.runtime.StreamsApplication;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.kafka.streams.KeyQueryMetadata;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.state.HostInfo;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;

/**
 * Interactive queries of the state of tracks, by id. An instance can be queried only for the tracks
 * whose {@link #owner} it is. Thread-safe.
 */
public final class Catalogue {
  private final Supplier<Optional<StreamsApplication>> application;

  /**
   * @param application application that runs {@link CatalogueTopology}; empty until it is started
   */
  public Catalogue(Supplier<Optional<StreamsApplication>> application) {
    this.application = application;
  }

  private StreamsApplication streams() throws UnavailableException {
    return application.get().orElseThrow(() -> new UnavailableException("The API is starting."));
  }

  /**
   * Returns the instance that owns a track, by its advertised address.
   *
   * @throws UnavailableException while partitions are being reassigned
   */
  public HostInfo owner(String trackId) throws UnavailableException {
    return locate(trackId).activeHost();
  }

  private KeyQueryMetadata locate(String trackId) throws UnavailableException {
    return streams()
        .owner(CatalogueProcessor.TRACKS, trackId)
        .orElseThrow(
            () -> new UnavailableException("Tracks are being reassigned among instances."));
  }

  /**
   * Returns everything known about a track; empty if it is unknown.
   *
   * @throws UnavailableException while the state is being restored
   */
  public Optional<Track> track(String trackId) throws UnavailableException {
    try {
      Optional<KnownTrack> known = find(trackId);
      return known.isEmpty() ? Optional.empty() : Optional.of(toTrack(trackId, known.get()));
    } catch (InvalidStateStoreException e) {
      throw restoring(e);
    }
  }

  /** Returns only the prediction of a track. */
  public Optional<Prediction> prediction(String trackId) throws UnavailableException {
    try {
      return find(trackId).filter(KnownTrack::hasPrediction).map(KnownTrack::getPrediction);
    } catch (InvalidStateStoreException e) {
      throw restoring(e);
    }
  }

  /** Returns the outcome of an audio event of a track. */
  public Extraction extraction(String trackId, RecordCoordinates id) throws UnavailableException {
    try {
      return Extractions.of(trackId, id, find(trackId).orElse(KnownTrack.getDefaultInstance()));
    } catch (InvalidStateStoreException e) {
      throw restoring(e);
    }
  }

  private Optional<KnownTrack> find(String trackId) throws UnavailableException {
    ReadOnlyKeyValueStore<String, KnownTrack> tracks = store(CatalogueProcessor.TRACKS, trackId);
    return Optional.ofNullable(tracks.get(trackId));
  }

  /** Returns the store of the track's own partition: the others would return nothing. */
  private <V> ReadOnlyKeyValueStore<String, V> store(String name, String trackId)
      throws UnavailableException {
    return streams().store(name, locate(trackId).partition(), QueryableStoreTypes.keyValueStore());
  }

  private Track toTrack(String trackId, KnownTrack known) throws UnavailableException {
    Track.Builder track = Track.newBuilder().setTrackId(trackId);
    if (known.hasPrediction()) {
      track.setPrediction(known.getPrediction());
      track.addAllClips(
          CatalogueProcessor.readClips(
              store(CatalogueProcessor.CLIPS, trackId),
              trackId,
              known.getPrediction().getExtractionId()));
    }
    if (known.hasTruth()) {
      track.setTruth(known.getTruth());
    }
    if (KnownTracks.failedLast(known)) {
      track.setFailure(known.getFailure());
    }
    return track.build();
  }

  private static UnavailableException restoring(InvalidStateStoreException cause) {
    return new UnavailableException(
        "The state of this track is being restored, or moved to another instance.", cause);
  }
}
