from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from reprise_models.clip import CLIP_FRAMES, COEFFICIENTS, OPENING, OPENING_FRAMES, PICKED_FRAMES, picked_frames
from reprise_models.features import FEATURES, SPECTRAL, TEMPO
from reprise_models.network import EMBEDDING, OUTPUTS, EchoNestCnn, clip_statistics
from reprise_models.tempo import TempoEstimator

GENRES = 4


def _network(convolutional: int, perceptrons: int) -> EchoNestCnn:
    """Return a network with random weights, including batch norms, so that zeros do not stay zero."""
    torch.manual_seed(3)
    network = EchoNestCnn(GENRES, convolutional, perceptrons)
    for parameter in network.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    network.mfcc_mean.normal_()
    network.mfcc_scale.fill_(40.0)
    network.statistics_mean.normal_()
    network.statistics_scale.uniform_(20, 60)
    network.label_mean.fill_(0.5)
    network.label_scale.fill_(0.05)
    network.uncertainty.deviation.uniform_(0.1, 0.3)
    return network.eval()


@pytest.fixture
def model() -> EchoNestCnn:
    return _network(2, 2)


def _clip(seed: int = 0) -> Tensor:
    return torch.from_numpy(np.random.default_rng(seed).normal(0, 50, (1, 20, CLIP_FRAMES)).astype(np.float32))


def _mask(valid: int, of: int) -> Tensor:
    """Return a mask [1, of] of `valid` ones followed by zeros."""
    return (torch.arange(of) < valid).float().unsqueeze(0)


def test_picks_the_frames_of_the_training_arrays() -> None:
    assert picked_frames().tolist() == [(c + 1) * 1291 // 250 for c in range(250)]


def test_outputs_have_their_shapes(model: EchoNestCnn) -> None:
    with torch.no_grad():
        outputs = model(_clip().expand(3, -1, -1), torch.tensor([1292, 700, 1]))
    expected = ((3, 8), (3, 8), (3,), (3,), (3, GENRES), (3, 192))
    assert {name: tuple(o.shape) for name, o in zip(OUTPUTS, outputs, strict=True)} == dict(
        zip(OUTPUTS, expected, strict=True)
    )


@pytest.mark.parametrize("n_frames", [1291, 1292])
def test_a_whole_clip_is_read_to_its_last_frame(model: EchoNestCnn, n_frames: int) -> None:
    clip, frames = _clip(), picked_frames().clamp(max=n_frames - 1)
    n = torch.tensor([n_frames])
    with torch.no_grad():
        features, _, _, _, genre, embedding = model(clip, n)
        expected = model.score_frames(
            clip[:, :, frames], torch.ones(1, PICKED_FRAMES), clip[:, :, OPENING], torch.ones(1, OPENING_FRAMES)
        )
        tempo, _, _ = TempoEstimator()(clip, n)
    assert torch.equal(features, model.natural_units(expected[0], tempo))
    assert torch.equal(genre, expected[1])
    assert torch.equal(embedding, expected[2])


@pytest.mark.parametrize("valid", [1, 2, 7, 8, 83, 84, 85, 86, 249, 250])
@pytest.mark.parametrize("opening_valid", [1, 5, 17, 126])
def test_masked_frames_equal_a_cut(model: EchoNestCnn, valid: int, opening_valid: int) -> None:
    frames, opening = torch.randn(1, 20, PICKED_FRAMES) * 40, torch.randn(1, 20, OPENING_FRAMES) * 40
    with torch.no_grad():
        masked = model.score_frames(frames, _mask(valid, PICKED_FRAMES), opening, _mask(opening_valid, OPENING_FRAMES))
        cut = model.score_frames(
            frames[:, :, :valid], torch.ones(1, valid), opening[:, :, :opening_valid], torch.ones(1, opening_valid)
        )
    for a, b in zip(masked, cut, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-3)


@pytest.mark.parametrize("filling", [float("nan"), 1e30])
def test_padding_changes_no_bit_at_any_length(model: EchoNestCnn, filling: float) -> None:
    lengths = torch.arange(1, CLIP_FRAMES + 1)
    frame = torch.arange(CLIP_FRAMES)
    for n in torch.split(lengths, 128) if np.isnan(filling) else (lengths[::50],):
        clean = _clip().expand(len(n), -1, -1)
        dirty = torch.where(frame < n[:, None, None], clean, filling)
        with torch.no_grad():
            for name, a, b in zip(OUTPUTS, model(clean, n), model(dirty, n), strict=True):
                assert torch.equal(a, b), name
                assert torch.isfinite(a).all(), name


def test_clips_of_a_batch_are_independent(model: EchoNestCnn) -> None:
    clips = torch.cat([_clip(seed) for seed in range(4)])
    n = torch.tensor([1292, 44, 3, 700])
    with torch.no_grad():
        batched = model(clips, n)
        alone = [model(clips[i : i + 1], n[i : i + 1]) for i in range(4)]
    for output, parts in zip(batched, zip(*alone, strict=True), strict=True):
        torch.testing.assert_close(output, torch.cat(parts), rtol=1e-4, atol=1e-3)


@pytest.mark.parametrize(("frame", "n_frames"), [(1290, 1291), (1291, 1292), (4, 5), (2, 3), (0, 1)])
def test_the_last_frame_counts(model: EchoNestCnn, frame: int, n_frames: int) -> None:
    clean, changed = _clip(), _clip()
    changed[:, :, frame] += 1000
    with torch.no_grad():
        outputs = [model(clip, torch.tensor([n_frames])) for clip in (clean, changed)]
        shorter = [model(clip, torch.tensor([n_frames - 1])) for clip in (clean, changed)] if frame else []
    assert not torch.equal(outputs[0][-1], outputs[1][-1])
    for a, b in zip(*shorter, strict=True) if shorter else ():
        assert torch.equal(a, b)


@pytest.mark.parametrize("level", [0.0, -1131.37, 1e6])
def test_a_constant_clip_is_finite_and_in_range(model: EchoNestCnn, level: float) -> None:
    n = torch.tensor([1, 2, 5, 44, 700, CLIP_FRAMES])
    with torch.no_grad():
        outputs = model(torch.full((len(n), COEFFICIENTS, CLIP_FRAMES), level), n)
    features, uncertainty, _, confidence, genre, _ = outputs
    assert all(torch.isfinite(output).all() for output in outputs)
    assert ((features >= model.minimum) & (features <= model.maximum)).all()
    assert (uncertainty > 0).all()
    assert ((confidence >= 0) & (confidence <= 1)).all()
    torch.testing.assert_close(genre.sum(dim=1), torch.ones(len(n)))


def test_each_kind_of_branch_counts_for_half() -> None:
    network = _network(2, 3)
    frames, opening = torch.randn(2, 20, PICKED_FRAMES) * 40, torch.randn(2, 20, OPENING_FRAMES) * 40
    masks = torch.ones(2, PICKED_FRAMES), torch.ones(2, OPENING_FRAMES)
    x = (frames - network.mfcc_mean[:, None]) / network.mfcc_scale[:, None]
    z = (clip_statistics(frames, masks[0], opening, masks[1]) - network.statistics_mean) / network.statistics_scale
    with torch.no_grad():
        values, genre, embedding = network.score_frames(frames, masks[0], opening, masks[1])
        cnns = [branch(x) for branch in network.convolutional]
        perceptrons = [branch(z.clamp(-3, 3)) for branch in network.perceptrons]
    expected = sum(a[0] for a in cnns) / 4 + sum(a[0] for a in perceptrons) / 6
    torch.testing.assert_close(values, expected, rtol=1e-4, atol=1e-3)
    expected = sum(a[1].softmax(1) for a in cnns) / 4 + sum(a[1].softmax(1) for a in perceptrons) / 6
    torch.testing.assert_close(genre, expected, rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(embedding, torch.cat([cnns[0][2], perceptrons[0][2]], dim=1), rtol=1e-4, atol=1e-3)


@pytest.mark.parametrize(("convolutional", "perceptrons"), [(1, 0), (0, 1)])
def test_one_kind_of_branch_alone_is_a_network(convolutional: int, perceptrons: int) -> None:
    with torch.no_grad():
        outputs = _network(convolutional, perceptrons)(_clip(), torch.tensor([1000]))
    assert outputs[-1].shape == (1, EMBEDDING)
    assert all(torch.isfinite(output).all() for output in outputs)


def test_natural_units_put_tempo_in_its_place_and_clip_to_the_ranges(model: EchoNestCnn) -> None:
    values = torch.tensor([[0.0] * 7, [100.0] * 7, [-100.0] * 7])
    y = model.natural_units(values, torch.tensor([120.0, 999.0, 1.0]))
    torch.testing.assert_close(y[0, list(SPECTRAL)], torch.full((7,), 0.5))
    assert y[0, TEMPO] == 120
    assert y[1].tolist() == [feature.maximum for feature in FEATURES]
    assert y[2].tolist() == [feature.minimum for feature in FEATURES]


def test_an_outlier_among_the_statistics_is_clipped(model: EchoNestCnn) -> None:
    """Check that a level of millions does not dominate the perceptrons' input."""
    with torch.no_grad():
        embeddings = [model(torch.full((1, 20, CLIP_FRAMES), v), torch.tensor([1292]))[-1] for v in (1e5, 1e6)]
    assert torch.equal(embeddings[0][:, EMBEDDING:], embeddings[1][:, EMBEDDING:])
