package dev.reprise.extractor.event;

import dev.reprise.contract.Reason;
import dev.reprise.contract.RejectedException;
import dev.reprise.contract.ShortName;
import dev.reprise.contract.TrackId;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/** Rules that derive a track id from an object in a bucket. */
public enum ObjectTrackIdRule {
  /** Bucket and key, as in {@code music/album/01.mp3}, which is unique in a store. */
  PATH {
    @Override
    Optional<String> derive(ObjectChange object) {
      return Optional.of(object.bucket() + "/" + object.key());
    }
  },

  /** The key, which is unique in a bucket. */
  KEY {
    @Override
    Optional<String> derive(ObjectChange object) {
      return Optional.of(object.key());
    }
  },

  /** The last segment of the key, without its extension: {@code album/7d0c.flac} is 7d0c. */
  NAME {
    @Override
    Optional<String> derive(ObjectChange object) {
      String name = fileName(object);
      int dot = name.lastIndexOf('.');
      return Optional.of(dot > 0 ? name.substring(0, dot) : name);
    }
  },

  /** The number in that name, without leading zeros: {@code fma/000/000002.mp3} is 2. */
  NUMBER {
    @Override
    Optional<String> derive(ObjectChange object) {
      return TrackId.numberIn(fileName(object));
    }
  };

  abstract Optional<String> derive(ObjectChange object);

  private static String fileName(ObjectChange object) {
    return object.key().substring(object.key().lastIndexOf('/') + 1);
  }

  /**
   * Returns the track id of an object.
   *
   * @throws RejectedException ({@link Reason#BAD_KEY}) if the rule yields none
   */
  public String trackId(ObjectChange object) throws RejectedException {
    String id =
        derive(object)
            .map(text -> ShortName.to(TrackId.MAX_BYTES, text))
            .orElseThrow(() -> noTrackId("has no numeric name"));
    Optional<String> fault = TrackId.fault(id.getBytes(StandardCharsets.UTF_8));
    if (fault.isPresent()) {
      throw noTrackId("gives a track id that " + fault.get());
    }
    return id;
  }

  private RejectedException noTrackId(String what) {
    return new RejectedException(
        Reason.BAD_KEY,
        "The object's key %s; choose another --s3-track-id than %s, or rename the object."
            .formatted(what, name().toLowerCase(Locale.ROOT)));
  }
}
