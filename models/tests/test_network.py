from __future__ import annotations

import numpy as np
import pytest
import torch

from reprise_models.features import FEATURES
from reprise_models.network import CLIP_FRAMES, COEFFICIENTS, PICKED_FRAMES, EchoNestCnn, picked_frames


@pytest.fixture
def model() -> EchoNestCnn:
    """Random weights, and batch norms that shift, so that a zero does not stay one by chance."""
    torch.manual_seed(3)
    network = EchoNestCnn(4)
    for parameter in network.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    network.mfcc_mean.normal_()
    network.mfcc_scale.fill_(40.0)
    network.label_mean.copy_(torch.tensor([(f.minimum + f.maximum) / 2 for f in FEATURES]))
    return network.eval()


def _clip(seed: int = 0) -> torch.Tensor:
    return torch.from_numpy(np.random.default_rng(seed).normal(0, 50, (1, 20, CLIP_FRAMES)).astype(np.float32))


def test_picks_the_frames_of_the_training_arrays() -> None:
    assert picked_frames().tolist() == [(c + 1) * 1291 // 250 for c in range(250)]


def test_a_clip_of_1291_frames_is_read_to_its_last(model: EchoNestCnn) -> None:
    clip, frames = _clip(), picked_frames().clamp(max=1290)
    with torch.no_grad():
        whole = model(clip, torch.tensor([1291]))
        standardised, _, embedding = model.predict(clip[:, :, frames], torch.ones(1, PICKED_FRAMES))
    torch.testing.assert_close(whole[0], model.natural_units(standardised), rtol=0, atol=0)
    torch.testing.assert_close(whole[2], embedding, rtol=0, atol=0)


@pytest.mark.parametrize("valid", [1, 2, 7, 8, 83, 84, 85, 86, 249, 250])
def test_masked_frames_are_as_if_they_were_not_there(model: EchoNestCnn, valid: int) -> None:
    frames = torch.randn(2, COEFFICIENTS, PICKED_FRAMES) * 40
    mask = (torch.arange(PICKED_FRAMES) < valid).float().expand(2, -1)
    with torch.no_grad():
        masked = model.predict(frames, mask)
        cut = model.predict(frames[:, :, :valid], torch.ones(2, valid))
    for a, b in zip(masked, cut, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("n_frames", [1, 4, 5, 44, 431, 700, 1290, 1291])
def test_padding_changes_nothing(model: EchoNestCnn, n_frames: int) -> None:
    clean, dirty = _clip(), _clip()
    dirty[:, :, n_frames:] = float("nan")
    n = torch.tensor([n_frames])
    with torch.no_grad():
        for a, b in zip(model(clean, n), model(dirty, n), strict=True):
            assert torch.equal(a, b)
            assert torch.isfinite(a).all()


def test_the_last_frame_counts(model: EchoNestCnn) -> None:
    clean, changed = _clip(), _clip()
    changed[:, :, 1290] += 1000
    with torch.no_grad():
        assert not torch.equal(model(clean, torch.tensor([1291]))[2], model(changed, torch.tensor([1291]))[2])


@pytest.mark.parametrize("level", [0.0, -1131.37, 1e6])
def test_a_clip_that_never_moves_is_finite_and_in_range(model: EchoNestCnn, level: float) -> None:
    clip = torch.full((1, COEFFICIENTS, CLIP_FRAMES), level)
    with torch.no_grad():
        features, genre, embedding = model(clip, torch.tensor([CLIP_FRAMES]))
    assert torch.isfinite(torch.cat([features, genre, embedding], dim=1)).all()
    assert ((features >= model.minimum) & (features <= model.maximum)).all()
    assert genre.sum().item() == pytest.approx(1, abs=1e-6)
