from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime
import pytest
import torch

from reprise_models import tempo
from reprise_models.clip import CLIP_FRAMES
from reprise_models.tempo import TempoEstimator

SAMPLE_RATE_HZ = 22050
SAMPLES = 661_500  # 30 s
HOP, WINDOW = 512, 2048
Array = npt.NDArray[np.float32]


@pytest.fixture(scope="module")
def estimator() -> TempoEstimator:
    return TempoEstimator().eval()


def _estimate(estimator: TempoEstimator, mfcc: Array, n_frames: int | None = None) -> tuple[float, float, float]:
    """Return tempo, alternate and confidence of one clip [20, T], padded with NaN."""
    n = mfcc.shape[1] if n_frames is None else n_frames
    clip = np.full((1, 20, CLIP_FRAMES), np.nan, dtype=np.float32)
    clip[0, :, :n] = mfcc[:, :n]
    with torch.no_grad():
        bpm, alternate, confidence = estimator(torch.from_numpy(clip), torch.tensor([n]))
    return float(bpm), float(alternate), float(confidence)


def _slaney_mel(hz: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    log_part = 15 + np.log(np.maximum(hz, 1000) / 1000) * 27 / np.log(6.4)
    return np.where(hz < 1000, hz * 3 / 200, log_part)


def _mfcc(samples: npt.NDArray[np.float64], hop: int = HOP) -> Array:
    """Return MFCCs [20, frames] of the contract `mfcc-librosa-22050-v1`, with triangles on the mel scale."""
    padded = np.pad(samples, WINDOW // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::hop]
    power = np.abs(np.fft.rfft(frames * np.hanning(WINDOW + 1)[:-1])) ** 2
    bins = _slaney_mel(np.fft.rfftfreq(WINDOW, 1 / SAMPLE_RATE_HZ).astype(np.float64))
    centres = np.linspace(0, _slaney_mel(np.array([SAMPLE_RATE_HZ / 2]))[0], 130)[1:-1]
    triangles = np.maximum(1 - np.abs(bins[:, None] - centres) / (centres[1] - centres[0]), 0)
    db = 10 * np.log10(np.maximum(power @ triangles, 1e-10))
    db = np.maximum(db, db.max() - 80)
    basis = np.cos(np.pi * np.arange(20)[:, None] * (np.arange(128) + 0.5) / 128) * np.sqrt(2 / 128)
    basis[0] /= np.sqrt(2)
    mfcc: Array = (basis @ db.T).astype(np.float32)
    return mfcc


def _pulsed_noise(bpm: float, seed: int = 0) -> npt.NDArray[np.float64]:
    """Return 30 s of one noise burst per beat with a decay of 50 ms, over a floor 40 dB below."""
    rng = np.random.default_rng(seed)
    beat = 60 / bpm
    since = np.mod(np.arange(SAMPLES) / SAMPLE_RATE_HZ + rng.random() * beat, beat)
    noise: npt.NDArray[np.float64] = rng.standard_normal(SAMPLES)
    return noise * (np.exp(-since / 0.05) + 0.01) * 0.1


@pytest.mark.parametrize("bpm", [50, 57, 63.3, 72, 80, 91, 99.5, 107, 120, 128, 133.7, 140, 152, 165, 178, 190, 200])
def test_finds_the_tempo_of_pulsed_noise(estimator: TempoEstimator, bpm: float) -> None:
    estimate, alternate, confidence = _estimate(estimator, _mfcc(_pulsed_noise(bpm)))
    # Far from the prior's centre the estimate may be an octave off.
    right = min((estimate, alternate), key=lambda value: abs(value - bpm))
    assert right == pytest.approx(bpm, rel=0.01)
    assert confidence > 0.3
    if 70 <= bpm <= 160:
        assert estimate == right


def test_a_wrong_frame_rate_is_detected(estimator: TempoEstimator) -> None:
    mfcc = _mfcc(_pulsed_noise(120), hop=480)[:, :CLIP_FRAMES]
    estimate, alternate, _ = _estimate(estimator, mfcc)
    assert abs(estimate / 120 - 1) > 0.04
    assert abs(alternate / 120 - 1) > 0.04


@pytest.mark.parametrize("n_frames", [1, 2, 3, 44, 126, 431, 1291, 1292])
def test_padding_changes_no_bit(estimator: TempoEstimator, n_frames: int) -> None:
    rng = np.random.default_rng(2)
    clean = torch.from_numpy(rng.normal(0, 30, (2, 20, CLIP_FRAMES)).astype(np.float32))
    n = torch.tensor([n_frames, 700])
    with torch.no_grad():
        expected = estimator(clean, n)
        for filling in (0.0, 1e30, float("nan"), float("inf")):
            dirty = clean.clone()
            dirty[0, :, n_frames:] = filling
            for a, b in zip(expected, estimator(dirty, n), strict=True):
                assert torch.equal(a, b)
                assert torch.isfinite(a).all()


def test_the_last_frame_counts(estimator: TempoEstimator) -> None:
    mfcc = np.random.default_rng(3).normal(0, 30, (20, 100)).astype(np.float32)
    changed = mfcc.copy()
    changed[:, 99] += 50
    assert _estimate(estimator, mfcc) != _estimate(estimator, changed)
    assert _estimate(estimator, mfcc, 99) == _estimate(estimator, changed, 99)


def test_clips_of_a_batch_are_independent(estimator: TempoEstimator) -> None:
    clips = [_mfcc(_pulsed_noise(bpm, seed)) for seed, bpm in enumerate((75, 104, 131))]
    batch = torch.from_numpy(np.stack([clip[:, :1290] for clip in clips]))
    batch = torch.nn.functional.pad(batch, (0, 2), value=float("nan"))
    lengths = torch.tensor([1290, 800, 300])
    with torch.no_grad():
        batched = torch.stack(estimator(batch, lengths))
        alone = [torch.cat(estimator(batch[i : i + 1], lengths[i : i + 1])) for i in range(3)]
    torch.testing.assert_close(batched, torch.stack(alone, dim=1), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("n_frames", [1, 2, 5, 12])
def test_a_clip_too_short_for_a_beat_gets_the_prior(estimator: TempoEstimator, n_frames: int) -> None:
    mfcc = np.random.default_rng(4).normal(0, 30, (20, n_frames)).astype(np.float32)
    estimate, alternate, confidence = _estimate(estimator, mfcc)
    assert 80 < estimate < 140
    assert alternate in (pytest.approx(2 * estimate), pytest.approx(estimate / 2))
    assert 0 <= confidence < 0.2


@pytest.mark.parametrize("n_frames", [50, 1000, CLIP_FRAMES])
@pytest.mark.parametrize("level", [0.0, -1131.37, 1e6])
def test_a_constant_clip_gets_the_prior(estimator: TempoEstimator, level: float, n_frames: int) -> None:
    constant = np.full((20, n_frames), level, dtype=np.float32)
    estimate, _, confidence = _estimate(estimator, constant)
    assert estimate == pytest.approx(tempo.CONSTANTS.prior_bpm, rel=0.02)
    assert confidence < 0.15
    with torch.no_grad():
        padded = torch.nn.functional.pad(torch.from_numpy(constant)[None], (0, CLIP_FRAMES - n_frames), value=50.0)
        assert not estimator.autocorrelation(padded, torch.tensor([n_frames])).any()


def test_digital_silence_has_low_confidence(estimator: TempoEstimator) -> None:
    _, _, confidence = _estimate(estimator, _mfcc(np.zeros(SAMPLES)))
    assert confidence < 0.15


def test_steady_noise_has_lower_confidence_than_pulses(estimator: TempoEstimator) -> None:
    noise = np.random.default_rng(5).standard_normal(SAMPLES) * 0.1
    assert _estimate(estimator, _mfcc(noise))[2] < 0.25 < _estimate(estimator, _mfcc(_pulsed_noise(110)))[2]


def test_the_callers_prior_is_used(estimator: TempoEstimator) -> None:
    clip = torch.from_numpy(_mfcc(_pulsed_noise(80)))[None]
    n = torch.tensor([1292])
    with torch.no_grad():
        slow, _, _ = estimator(clip, n, tempo.log_normal_prior(80, 0.1)[None])
        fast, _, _ = estimator(clip, n, tempo.log_normal_prior(160, 0.1)[None])
    assert float(slow) == pytest.approx(80, rel=0.02)
    assert float(fast) == pytest.approx(160, rel=0.02)


@pytest.mark.parametrize("n_frames", [1, 5, 60, 128, 129, 300, 1291])
def test_autocorrelation_equals_its_definition(n_frames: int) -> None:
    x = np.zeros(1291)
    x[:n_frames] = np.random.default_rng(6).standard_normal(n_frames)
    actual = tempo.windowed_autocorrelation(torch.from_numpy(x).float()[None], torch.tensor([[n_frames]]))[0].numpy()
    raw = np.array(
        [x[: n_frames - lag] @ x[lag:n_frames] / (n_frames - lag) if lag < n_frames else 0 for lag in range(128)]
    )
    window = np.maximum(1 - np.arange(128) / min(n_frames, tempo.WINDOW_FRAMES), 0)
    np.testing.assert_allclose(actual, raw / (raw[0] + 1e-3) * window, atol=1e-5)


def test_envelope_inverts_the_contracts_dct() -> None:
    db = torch.from_numpy(np.random.default_rng(7).normal(-40, 5, 128))
    band, order = torch.arange(128) + 0.5, torch.arange(20)[:, None]
    basis = torch.cos(torch.pi * order * band / 128).double() * (2 / 128) ** 0.5
    basis[0] /= 2**0.5
    estimator = TempoEstimator()
    smooth = basis.T @ (basis @ db)  # the 128 bands, reconstructed from 20 coefficients
    at_points = estimator.inverse_dct.double() @ (basis @ db)
    expected = np.interp((np.arange(20) + 0.5) / 20 * 128 - 0.5, np.arange(128), smooth.numpy())
    np.testing.assert_allclose(at_points.numpy(), expected, atol=0.2)


def test_onnx_runtime_agrees_with_pytorch(estimator: TempoEstimator, tmp_path: Path) -> None:
    path = tmp_path / "tempo.onnx"
    program = torch.onnx.export(
        estimator,
        (torch.zeros(2, 20, CLIP_FRAMES), torch.tensor([CLIP_FRAMES, 100])),
        dynamo=True,
        opset_version=18,
        input_names=["mfcc", "n_frames"],
        output_names=["tempo", "alternate", "confidence"],
        # One name: the exporter infers that both axes are equal, and warns about a second name.
        dynamic_shapes={"mfcc": {0: "batch"}, "n_frames": {0: torch.export.Dim.DYNAMIC}},
        verbose=False,
    )
    assert program is not None
    onnx.save(program.model_proto, path)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    pulses = _mfcc(_pulsed_noise(97))
    for lengths in ([1291], [1292, 1], [700, 431, 126, 5]):
        mfcc = np.random.default_rng(8).normal(0, 5, (len(lengths), 20, CLIP_FRAMES)).astype(np.float32)
        mfcc[:, :, : pulses.shape[1]] += pulses
        for i, length in enumerate(lengths):
            mfcc[i, :, length:] = np.nan
        n_frames = np.array(lengths, dtype=np.int64)
        actual = session.run(None, {"mfcc": mfcc, "n_frames": n_frames})
        with torch.no_grad():
            expected = estimator(torch.from_numpy(mfcc), torch.from_numpy(n_frames))
        for a, e in zip(actual, expected, strict=True):
            np.testing.assert_allclose(a, e.numpy(), rtol=1e-4, atol=1e-4)
