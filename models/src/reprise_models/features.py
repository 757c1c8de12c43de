"""The eight Echo Nest audio features: names, units and ranges, in the order of the network's output."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Feature:
    """One output of the network, or one statistic of its input (`inputs.py`).

    `minimum` and `maximum` are in `unit`; outputs are clipped to them, and histograms span them.
    """

    name: str
    unit: str
    minimum: float
    maximum: float

    def as_json(self) -> dict[str, object]:
        return {"name": self.name, "unit": self.unit, "min": self.minimum, "max": self.maximum}


FEATURES: tuple[Feature, ...] = (
    Feature("acousticness", "1", 0.0, 1.0),
    Feature("danceability", "1", 0.0, 1.0),
    Feature("energy", "1", 0.0, 1.0),
    Feature("instrumentalness", "1", 0.0, 1.0),
    Feature("liveness", "1", 0.0, 1.0),
    Feature("speechiness", "1", 0.0, 1.0),
    Feature("tempo", "BPM", 30.0, 300.0),
    Feature("valence", "1", 0.0, 1.0),
)
NAMES: tuple[str, ...] = tuple(feature.name for feature in FEATURES)
TEMPO = NAMES.index("tempo")
LIVENESS = NAMES.index("liveness")
SPECTRAL = tuple(column for column in range(len(NAMES)) if column != TEMPO)  # what the branches predict: all but tempo
