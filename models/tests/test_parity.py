"""The comparison of arrays with clips; librosa's coefficients of the clips are synthetic."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from conftest import GENRES, synthetic_tracks

from reprise_models import parity
from reprise_models.clip import picked_frames
from reprise_models.data import FloatArray
from reprise_models.features import NAMES
from reprise_models.inputs import INPUTS
from reprise_models.network import EchoNestCnn

TRACKS = synthetic_tracks([2, 5, 9], [None] * 3, np.full((3, len(NAMES)), np.nan, np.float32))


def _sample_and_hold(track: int) -> FloatArray:
    """Return a clip [20, 1291] that repeats each frame of the track's array until the next."""
    upto = np.searchsorted(picked_frames().numpy(), np.arange(1291)).clip(max=249)
    clip: FloatArray = TRACKS.frames[track][:, upto]
    return clip


def test_a_clip_is_compared_with_the_array_of_its_track(monkeypatch: pytest.MonkeyPatch) -> None:
    offset = {2: 3.0, 9: 5.0}
    clips = {
        "2": _sample_and_hold(0) - offset[2],
        "9": _sample_and_hold(2) - offset[9],
        "5": _sample_and_hold(1)[:, :1000],
        "77": _sample_and_hold(1),
    }
    monkeypatch.setattr(parity, "librosa_mfcc", lambda path: clips[path.stem].astype(np.float32))
    model = EchoNestCnn(len(GENRES), 0, 1).eval()
    of = parity.measure(model, TRACKS, [Path(f"{name}.mp3") for name in clips])
    assert (of["clips"], of["frame_clips"]) == (2, 2)  # one is short, one belongs to no track
    np.testing.assert_allclose(of["coefficients"]["bias"], 4, rtol=1e-4)
    np.testing.assert_allclose(of["coefficients"]["error_std"], 1, rtol=1e-4)
    assert list(of["inputs"]) == [o.name for o in INPUTS]
    # Frames at spacings of five and six have unequal weights in the clip, which leaves some noise.
    assert of["inputs"]["mfcc_2"]["bias"] == pytest.approx(4, abs=0.5)
    assert of["inputs"]["mfcc_2"]["error_std"] == pytest.approx(1, abs=0.5)
    assert of["inputs"]["loudness"]["bias"] == pytest.approx(4 / np.sqrt(128), abs=0.05)
    mean = TRACKS.frames[:, 2].mean(axis=1)
    assert of["inputs"]["mfcc_2"]["tracks_std"] == pytest.approx(mean.std(ddof=1), rel=1e-4)


def test_clips_without_a_track_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parity, "librosa_mfcc", lambda _: _sample_and_hold(0))
    with pytest.raises(ValueError, match="no clip of 1291 frames"):
        parity.measure(EchoNestCnn(len(GENRES), 0, 1).eval(), TRACKS, [Path("77.mp3")])
