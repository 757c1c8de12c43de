"""Distances of one track to all others, by scikit-learn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import DistanceMetric
from sklearn.metrics.pairwise import (
    cosine_similarity,
    euclidean_distances,
    haversine_distances,
    nan_euclidean_distances,
)
from sklearn.preprocessing import StandardScaler
from table import Floats, Group, Mask

METRICS = ("cosine", "euclidean", "standardised-cosine", "standardised-euclidean")
# Mean radius of the Earth, (2 a + b) / 3 of WGS 84.
RADIUS_KM = 6371.0088


@dataclass(frozen=True)
class Space:
    """A group's coordinates, [tracks, coordinates], scaled for a metric."""

    group: Group
    metric: str
    tempo: str
    coordinates: Floats

    @staticmethod
    def of(group: Group, metric: str, tempo: str) -> Space:
        coordinates = group.circular() if tempo == "circular" else group.values
        if metric.startswith("standardised"):
            scaled = StandardScaler().fit_transform(coordinates)
            if tempo == "circular":  # one scale for both, so that it stays a circle
                circle = coordinates[:, -2:]
                scaled[:, -2:] = (circle - np.nanmean(circle, axis=0)) / np.sqrt(np.nanvar(circle, axis=0).sum())
            coordinates = scaled
        return Space(group, metric, tempo, coordinates)

    def comparable(self, row: int) -> Mask:
        """Return a mask of the other tracks that share at least half of the columns that either has."""
        has = ~np.isnan(self.group.values)
        shared = (has & has[row]).sum(axis=1)
        found = (shared > 0) & (2 * shared >= (has | has[row]).sum(axis=1))
        found[row] = False
        return found

    def shared(self, row: int) -> NDArray[np.int_]:
        has = ~np.isnan(self.group.values)
        return (has & has[row]).sum(axis=1)

    def distances(self, row: int) -> Floats:
        """Return the distance to every track, NaN if not comparable."""
        if self.metric == "great-circle":
            radians = np.radians(self.coordinates)
            distances = haversine_distances(radians[row : row + 1], radians)[0] * RADIUS_KM
        else:
            distances = self._by_shared_columns(row)
        return np.where(self.comparable(row), distances, np.nan)

    def _by_shared_columns(self, row: int) -> Floats:
        """Compute distances with one call of scikit-learn per set of shared columns."""
        distances = np.full(len(self.coordinates), np.nan)
        shared = ~np.isnan(self.coordinates) & ~np.isnan(self.coordinates[row])
        for pattern in np.unique(shared, axis=0):
            if pattern.any():
                rows = np.flatnonzero((shared == pattern).all(axis=1))
                own, others = self.coordinates[row : row + 1, pattern], self.coordinates[rows][:, pattern]
                distances[rows] = self._complete(own, others) * self._stretch(pattern)
        return distances

    def _complete(self, own: Floats, others: Floats) -> Floats:
        if self.metric.endswith("cosine"):
            return 1 - cosine_similarity(own, others)[0]
        return DistanceMetric.get_metric("euclidean").pairwise(own, others)[0]

    def _stretch(self, pattern: Mask) -> float:
        """Return the factor for missing columns, as in nan_euclidean_distances; the circle counts as one column."""
        if self.metric.endswith("cosine"):
            return 1.0
        shared = pattern.sum() - (self.tempo == "circular" and bool(pattern[-1]))
        return float(np.sqrt(len(self.group.columns) / shared))

    def by_squares(self, row: int) -> tuple[Floats, Floats] | None:
        """Return euclidean_distances and their error bound; they are computed as differences of squares."""
        missing = bool(np.isnan(self.coordinates).any())
        if not self.metric.endswith("euclidean") or (missing and self.tempo == "circular"):
            return None
        own = self.coordinates[row : row + 1]
        distances = (nan_euclidean_distances if missing else euclidean_distances)(own, self.coordinates)[0]
        squares = np.nansum(self.coordinates**2, axis=1) + np.nansum(own**2)
        stretch = self.coordinates.shape[1]
        error = np.sqrt(16 * stretch * np.finfo(float).eps * squares)
        return np.where(self.comparable(row), distances, np.nan), error
