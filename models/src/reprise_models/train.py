"""Trains the network: a teacher on statistics labels the unlabelled tracks, branches learn from labels and teacher.

That is distillation (G. Hinton, O. Vinyals, J. Dean, 2015) over unlabelled data, as in noisy student training
(Q. Xie, M. Luong, E. Hovy, Q. Le, CVPR 2020): the teacher hears clean clips, the students disturbed ones.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from reprise_models import teachers
from reprise_models.clip import COEFFICIENTS
from reprise_models.data import FloatArray, IntArray
from reprise_models.features import LIVENESS, SPECTRAL
from reprise_models.network import Answers, ConvolutionalBranch, EchoNestCnn, StatisticsBranch
from reprise_models.prepared import Prepared
from reprise_models.runlog import RunLog

TEACHER = "teacher: SVM of summed kernels, and trees"
_ANSWER_BATCH = 512


@dataclass(frozen=True)
class Recipe:
    """Settings of the training, recorded beside the figures they led to. Times are in picked frames (120 ms)."""

    passes: int = 30  # over the labelled tracks, of each branch, which the schedule of the learning rate is over
    stop_after: int = 30  # of those: early stopping sets it
    labelled_batch: int = 64
    extra_batch: int = 96  # unlabelled tracks added to each batch
    learning_rate: float = 2e-3
    averaging: float = 0.98  # decay by step of the exponential moving average of the weights, which is what counts
    weight_decay: float = 0.02
    value_weight: float = 1.0  # 0 trains the genre alone
    teacher_weight: float = 1.0  # of the teacher's values of unlabelled tracks; 0 leaves these their genre alone
    teacher_share: float = 0.4  # of the targets of labelled tracks; the rest is the label
    genre_weight: float = 0.1
    genre_smoothing: float = 0.05
    liveness_weight: float = 0.7  # hardly to be heard: it must not drown the others
    crop_frames: tuple[int, int] = (125, 180)
    short_crop_frames: tuple[int, int] = (25, 125)
    short_crop_share: float = 0.05  # of batches, so that clips of a few seconds work
    offset_deviation: float = 0.1  # of coefficient k: this over (1 + k), in standard deviations
    noise_deviation: float = 0.1
    masked_frames: int = 20
    masked_coefficients: int = 3
    convolutional: int = 2  # branches that ship
    perceptrons: int = 3

    @staticmethod
    def of(content: dict[str, Any]) -> Recipe:
        """The recipe that a training run kept as JSON, where pairs became lists."""
        settings: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in content.items()}
        return Recipe(**settings)


Inputs = Callable[[IntArray, np.random.Generator], Tensor]


def seed_everything(seed: int) -> None:
    """Makes what follows repeatable on one machine: seeds, one thread, deterministic kernels."""
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)


@dataclass(frozen=True)
class Trained:
    """The network in eval mode, and what its teachers and branches say of every track, [N, 7] standardised."""

    model: EchoNestCnn
    answers: dict[str, FloatArray]


def train(log: RunLog, device: str, prepared: Prepared, recipe: Recipe, seed: int) -> Trained:
    """Trains all branches on the rows that `prepared` names."""
    x, rows, values = prepared.statistics, prepared.labelled, prepared.values
    teacher = prepared.teacher(seed)
    said = {
        "ridge on statistics": teachers.ridge(x, rows, values),
        "SVM on statistics": teachers.svr(x, rows, values),
        "trees on statistics": teachers.extra_trees(x, rows, values, seed),
        TEACHER: teacher,
    }
    model = EchoNestCnn(prepared.genre_count, recipe.convolutional, recipe.perceptrons)
    prepared.give_scales(model)
    heard, statistics = frames_of(prepared, device), _on(x, device)
    for i in range(recipe.convolutional):
        branch = fit_convolutional(prepared, teacher, recipe, 100 * seed + i, log.of(f"convolutional-{i}"), device)
        model.convolutional[i].load_state_dict(branch.state_dict())
        said.setdefault("CNN alone, taught on unlabelled tracks", answers(branch, heard)[0])
    for i in range(recipe.perceptrons):
        branch = fit_perceptron(prepared, teacher, recipe, 100 * seed + 50 + i, log.of(f"perceptron-{i}"), device)
        model.perceptrons[i].load_state_dict(branch.state_dict())
        said.setdefault("perceptron alone, taught on unlabelled tracks", answers(branch, statistics)[0])
    return Trained(model.eval(), said)


def fit_convolutional(
    prepared: Prepared,
    teacher: FloatArray | None,
    recipe: Recipe,
    seed: int,
    log: RunLog,
    device: str = "cpu",
    validation: Validation | None = None,
    frames: Tensor | None = None,
) -> nn.Module:
    """A convolutional branch trained on `frames` [N, 20, T], the picked ones if None.

    Without a teacher it learns from labels and genres alone.
    """
    heard = frames_of(prepared, device) if frames is None else frames
    targets = Targets.of(prepared, teacher, recipe, device)
    return fit(
        lambda: ConvolutionalBranch(prepared.genre_count),
        lambda rows, rng: augment(heard[rows], recipe, rng),
        targets,
        recipe,
        seed,
        log,
        validation,
    )


def fit_perceptron(
    prepared: Prepared, teacher: FloatArray | None, recipe: Recipe, seed: int, log: RunLog, device: str = "cpu"
) -> nn.Module:
    """A perceptron trained on the statistics of whole clips."""
    statistics = _on(prepared.statistics, device)

    def inputs(rows: IntArray, rng: np.random.Generator) -> Tensor:
        noise = rng.standard_normal((len(rows), statistics.shape[1]), dtype=np.float32)
        return statistics[rows] + recipe.noise_deviation * torch.from_numpy(noise).to(device)

    targets = Targets.of(prepared, teacher, recipe, device)
    return fit(lambda: StatisticsBranch(prepared.genre_count), inputs, targets, recipe, seed, log)


@dataclass(frozen=True)
class Targets:
    """What is learnt, on the device that is trained on.

    labelled, extra: rows. values: [N, 7], finite in the rows trained on. genres: [N] indices.
    extra_weight: of the values of the extra rows.
    """

    labelled: IntArray
    extra: IntArray
    values: Tensor
    genres: Tensor
    extra_weight: float

    @staticmethod
    def of(prepared: Prepared, teacher: FloatArray | None, recipe: Recipe, device: str) -> Targets:
        """With a teacher, its values stand for the missing labels and temper those that there are."""
        values = np.nan_to_num(prepared.values)
        if teacher is not None:
            share = recipe.teacher_share
            values[prepared.extra] = teacher[prepared.extra]
            rows = prepared.labelled
            values[rows] = (1 - share) * values[rows] + share * teacher[rows]
        genres = torch.from_numpy(prepared.genres).to(device)
        weight = 0.0 if teacher is None else recipe.teacher_weight
        return Targets(prepared.labelled, prepared.extra, _on(values, device), genres, weight)


@dataclass(frozen=True)
class Validation:
    """Tracks held out to say when to stop: of their loss, which is best after so many passes without a better one."""

    loss: Callable[[nn.Module], float]
    patience: int


def fit(
    make: Callable[[], nn.Module],
    inputs: Inputs,
    targets: Targets,
    recipe: Recipe,
    seed: int,
    log: RunLog,
    validation: Validation | None = None,
) -> nn.Module:
    """A branch in eval mode, its weights averaged over the last steps; with a validation, those after its best pass."""
    if len(targets.labelled) < recipe.labelled_batch:
        raise ValueError(f"{len(targets.labelled)} labelled tracks do not fill a batch of {recipe.labelled_batch}")
    seed_everything(seed)
    rng = np.random.default_rng(seed)
    device = targets.values.device
    branch = make().to(device)
    weights = torch.ones(len(SPECTRAL), device=device)
    weights[SPECTRAL.index(LIVENESS)] = recipe.liveness_weight
    genre_loss = nn.CrossEntropyLoss(label_smoothing=recipe.genre_smoothing)
    optimiser = torch.optim.AdamW(branch.parameters(), lr=recipe.learning_rate, weight_decay=recipe.weight_decay)
    steps = len(targets.labelled) // recipe.labelled_batch
    total = recipe.passes * steps
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, max_lr=recipe.learning_rate, total_steps=total)
    labelled_batches = _batches(targets.labelled, recipe.labelled_batch, rng)
    extra_batches = _batches(targets.extra, min(recipe.extra_batch, len(targets.extra)), rng)
    average = get_ema_multi_avg_fn(recipe.averaging)  # type: ignore[no-untyped-call]
    averaged = AveragedModel(branch, multi_avg_fn=average, use_buffers=True)
    best = (math.inf, 0, averaged.module.state_dict())
    for done in range(1, min(recipe.passes, recipe.stop_after) + 1):
        branch.train()
        sums = np.zeros(2)
        for _ in range(steps):
            with_labels = next(labelled_batches)
            count = len(with_labels)
            rows = np.concatenate([with_labels, next(extra_batches)])
            values, logits, _ = branch(inputs(rows, rng))
            squares = weights * (values - targets.values[rows]) ** 2
            value_loss = squares[:count].mean()
            if targets.extra_weight and len(rows) > count:
                value_loss = value_loss + targets.extra_weight * squares[count:].mean()
            of_genre = genre_loss(logits, targets.genres[rows])
            loss = recipe.value_weight * value_loss + recipe.genre_weight * of_genre
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            optimiser.step()
            schedule.step()
            averaged.update_parameters(branch)
            sums += [value_loss.item(), of_genre.item()]
        scalars = {"loss/values": sums[0] / steps, "loss/genre": sums[1] / steps, "rate": schedule.get_last_lr()[0]}
        if validation is not None:
            held_out = validation.loss(averaged.module.eval())
            scalars["loss/validation"] = held_out
            if held_out < best[0]:
                best = (held_out, done, copy.deepcopy(averaged.module.state_dict()))
        log.passed(done, scalars)
        if validation is not None and done - best[1] >= validation.patience:
            break
    if validation is not None:
        averaged.module.load_state_dict(best[2])
    fitted: nn.Module = averaged.module
    return fitted.to("cpu").eval()


def passes(recipe: Recipe) -> int:
    """How many passes `train` takes."""
    return (recipe.convolutional + recipe.perceptrons) * recipe.stop_after


def answers(branch: nn.Module, inputs: Tensor) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Values [N, 7], genre probabilities [N, G] and embedding [N, 96] of a branch in eval mode, of whole inputs."""
    device = next(branch.parameters()).device
    values, genres, embeddings = [], [], []
    with torch.no_grad():
        for start in range(0, len(inputs), _ANSWER_BATCH):
            said: Answers = branch(inputs[start : start + _ANSWER_BATCH].to(device))
            values.append(said[0].cpu().numpy())
            genres.append(torch.softmax(said[1], dim=1).cpu().numpy())
            embeddings.append(said[2].cpu().numpy())
    return np.concatenate(values), np.concatenate(genres), np.concatenate(embeddings)


def frames_of(prepared: Prepared, device: str) -> Tensor:
    """[N, 20, 250] standardised picked frames."""
    return _on(prepared.frames, device)


def augment(x: Tensor, recipe: Recipe, rng: np.random.Generator) -> Tensor:
    """Crops and disturbs standardised frames [B, 20, F]; returns [B, 20, T] of its own, T one for the batch.

    The network must not know where in the clip it was; the offsets stand for recording level and equalisation, the
    noise for the arrays' own error.
    """
    batch, _, available = x.shape
    low, high = recipe.short_crop_frames if rng.random() < recipe.short_crop_share else recipe.crop_frames
    length = min(int(rng.integers(low, high + 1)), available)
    starts = rng.integers(0, available - length + 1, size=batch)
    index = torch.from_numpy(starts[:, None] + np.arange(length)).to(x.device)
    y = torch.gather(x, 2, index.unsqueeze(1).expand(-1, COEFFICIENTS, -1))
    spread = recipe.offset_deviation / (1.0 + np.arange(COEFFICIENTS))
    offsets = rng.standard_normal((batch, COEFFICIENTS, 1)) * spread[:, None]
    noise = rng.standard_normal(y.shape, dtype=np.float32) * recipe.noise_deviation
    y = y + torch.from_numpy(offsets.astype(np.float32) + noise).to(x.device)
    kept = _outside_run(batch, length, recipe.masked_frames, rng)[:, None, :]
    kept = kept & _outside_run(batch, COEFFICIENTS, recipe.masked_coefficients, rng)[:, :, None]
    return y * torch.from_numpy(kept).to(x.device)  # zero is the mean


def _outside_run(batch: int, size: int, longest: int, rng: np.random.Generator) -> npt.NDArray[np.bool_]:
    """[B, size] false in a run of up to `longest`."""
    lengths = np.minimum(rng.integers(0, longest + 1, size=(batch, 1)), size)
    starts = np.floor(rng.random((batch, 1)) * (size - lengths + 1))
    place = np.arange(size)
    outside: npt.NDArray[np.bool_] = (place < starts) | (place >= starts + lengths)
    return outside


def _batches(rows: IntArray, size: int, rng: np.random.Generator) -> Iterator[IntArray]:
    """Batches of `size` rows without end, each pass in a new order; a remainder is dropped."""
    if size == 0:
        while True:
            yield rows[:0]
    while True:
        order = rng.permutation(rows)
        for start in range(0, len(order) - size + 1, size):
            yield order[start : start + size]


def _on(values: FloatArray, device: str) -> Tensor:
    return torch.from_numpy(values).to(device)
