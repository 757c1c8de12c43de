"""Training: a teacher on statistics labels the unlabelled tracks; branches learn from labels and teacher.

This is distillation (G. Hinton, O. Vinyals, J. Dean, 2015) over unlabelled data, as in noisy student training
(Q. Xie, M. Luong, E. Hovy, Q. Le, CVPR 2020): the teacher's inputs are clean, the students' augmented.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
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
from reprise_models.network import BranchOutputs, ConvolutionalBranch, EchoNestCnn, StatisticsBranch
from reprise_models.prepared import Prepared
from reprise_models.runlog import RunLog

TEACHER = "teacher: SVM of summed kernels, and trees"
_INFERENCE_BATCH = 512
# Names in training.json that differ from those of Recipe.
_JSON_NAMES = {"epochs": "passes"}


@dataclass(frozen=True)
class Recipe:
    """Settings of the training, recorded with its metrics. Times are in picked frames (120 ms)."""

    epochs: int = 30  # over the labelled tracks, per branch; length of the learning rate schedule
    stop_after: int = 30  # epochs; set by early stopping
    labelled_batch: int = 64
    extra_batch: int = 96  # unlabelled tracks added to each batch
    learning_rate: float = 2e-3
    averaging: float = 0.98  # decay per step of the exponential moving average of the weights, which is the result
    weight_decay: float = 0.02
    value_weight: float = 1.0  # 0 trains the genre only
    teacher_weight: float = 1.0  # of the teacher's values for unlabelled tracks; 0 trains their genre only
    teacher_share: float = 0.4  # of the targets of labelled tracks; the rest is the label
    genre_weight: float = 0.1
    genre_smoothing: float = 0.05
    liveness_weight: float = 0.7  # barely predictable: it must not dominate the loss
    crop_frames: tuple[int, int] = (125, 180)
    short_crop_frames: tuple[int, int] = (25, 125)
    short_crop_share: float = 0.05  # of batches, for clips of a few seconds
    offset_deviation: float = 0.1  # of coefficient k: this over (1 + k), in standard deviations
    noise_deviation: float = 0.1
    masked_frames: int = 20
    masked_coefficients: int = 3
    convolutional: int = 2  # branches of the shipped network
    perceptrons: int = 3

    def as_json(self) -> dict[str, Any]:
        """Return the settings by their names in training.json."""
        return {_JSON_NAMES.get(name, name): value for name, value in asdict(self).items()}

    @staticmethod
    def of(content: dict[str, Any]) -> Recipe:
        """Return the recipe of a training.json, where pairs are lists."""
        names = {json_name: name for name, json_name in _JSON_NAMES.items()}
        settings: dict[str, Any] = {
            names.get(name, name): tuple(value) if isinstance(value, list) else value for name, value in content.items()
        }
        return Recipe(**settings)


Inputs = Callable[[IntArray, np.random.Generator], Tensor]


def seed_everything(seed: int) -> None:
    """Make training reproducible on one machine: seed, one thread, deterministic kernels."""
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)


@dataclass(frozen=True)
class Trained:
    """The network in eval mode, and predictions of teachers and branches for every track, [N, 7] standardised."""

    model: EchoNestCnn
    predictions: dict[str, FloatArray]


def train(log: RunLog, device: str, prepared: Prepared, recipe: Recipe, seed: int) -> Trained:
    """Train all branches on the training rows of `prepared`."""
    x, rows, values = prepared.statistics, prepared.labelled, prepared.values
    teacher = prepared.teacher(seed)
    predictions = {
        "ridge on statistics": teachers.ridge(x, rows, values),
        "SVM on statistics": teachers.svr(x, rows, values),
        "trees on statistics": teachers.extra_trees(x, rows, values, seed),
        TEACHER: teacher,
    }
    model = EchoNestCnn(prepared.genre_count, recipe.convolutional, recipe.perceptrons)
    prepared.copy_scales_to(model)
    frames, statistics = frames_of(prepared, device), _on(x, device)
    for i in range(recipe.convolutional):
        branch = fit_convolutional(prepared, teacher, recipe, 100 * seed + i, log.of(f"convolutional-{i}"), device)
        model.convolutional[i].load_state_dict(branch.state_dict())
        predictions.setdefault("CNN alone, taught on unlabelled tracks", run_branch(branch, frames)[0])
    for i in range(recipe.perceptrons):
        branch = fit_perceptron(prepared, teacher, recipe, 100 * seed + 50 + i, log.of(f"perceptron-{i}"), device)
        model.perceptrons[i].load_state_dict(branch.state_dict())
        predictions.setdefault("perceptron alone, taught on unlabelled tracks", run_branch(branch, statistics)[0])
    return Trained(model.eval(), predictions)


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
    """Train a convolutional branch on `frames` [N, 20, T], the picked ones if None.

    Without a teacher it learns from labels and genres only.
    """
    x = frames_of(prepared, device) if frames is None else frames
    targets = Targets.of(prepared, teacher, recipe, device)
    return fit(
        lambda: ConvolutionalBranch(prepared.genre_count),
        lambda rows, rng: augment(x[rows], recipe, rng),
        targets,
        recipe,
        seed,
        log,
        validation,
    )


def fit_perceptron(
    prepared: Prepared, teacher: FloatArray | None, recipe: Recipe, seed: int, log: RunLog, device: str = "cpu"
) -> nn.Module:
    """Train a perceptron on the statistics of whole clips."""
    statistics = _on(prepared.statistics, device)

    def inputs(rows: IntArray, rng: np.random.Generator) -> Tensor:
        noise = rng.standard_normal((len(rows), statistics.shape[1]), dtype=np.float32)
        return statistics[rows] + recipe.noise_deviation * torch.from_numpy(noise).to(device)

    targets = Targets.of(prepared, teacher, recipe, device)
    return fit(lambda: StatisticsBranch(prepared.genre_count), inputs, targets, recipe, seed, log)


@dataclass(frozen=True)
class Targets:
    """The training targets, on the training device.

    labelled, extra: rows. values: [N, 7], finite in the training rows. genres: [N] indices.
    extra_weight: of the values of the extra rows.
    """

    labelled: IntArray
    extra: IntArray
    values: Tensor
    genres: Tensor
    extra_weight: float

    @staticmethod
    def of(prepared: Prepared, teacher: FloatArray | None, recipe: Recipe, device: str) -> Targets:
        """Return the targets; a teacher's values reposition missing labels and are mixed with existing ones."""
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
    """Early stopping: the loss on held-out tracks, and the epochs without improvement before stopping."""

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
    """Train a branch; return it in eval mode with averaged weights, those of the best epoch if validated."""
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
    total = recipe.epochs * steps
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, max_lr=recipe.learning_rate, total_steps=total)
    labelled_batches = _batches(targets.labelled, recipe.labelled_batch, rng)
    extra_batches = _batches(targets.extra, min(recipe.extra_batch, len(targets.extra)), rng)
    average = get_ema_multi_avg_fn(recipe.averaging)  # type: ignore[no-untyped-call]
    averaged = AveragedModel(branch, multi_avg_fn=average, use_buffers=True)
    best = (math.inf, 0, averaged.module.state_dict())
    for epoch in range(1, min(recipe.epochs, recipe.stop_after) + 1):
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
            genre_value = genre_loss(logits, targets.genres[rows])
            loss = recipe.value_weight * value_loss + recipe.genre_weight * genre_value
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            optimiser.step()
            schedule.step()
            averaged.update_parameters(branch)
            sums += [value_loss.item(), genre_value.item()]
        scalars = {"loss/values": sums[0] / steps, "loss/genre": sums[1] / steps, "rate": schedule.get_last_lr()[0]}
        if validation is not None:
            held_out = validation.loss(averaged.module.eval())
            scalars["loss/validation"] = held_out
            if held_out < best[0]:
                best = (held_out, epoch, copy.deepcopy(averaged.module.state_dict()))
        log.log_epoch(epoch, scalars)
        if validation is not None and epoch - best[1] >= validation.patience:
            break
    if validation is not None:
        averaged.module.load_state_dict(best[2])
    fitted: nn.Module = averaged.module
    return fitted.to("cpu").eval()


def total_epochs(recipe: Recipe) -> int:
    """Return the number of epochs of `train` over all branches."""
    return (recipe.convolutional + recipe.perceptrons) * recipe.stop_after


def run_branch(branch: nn.Module, inputs: Tensor) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return values [N, 7], genre probabilities [N, G] and embedding [N, 96] of a branch in eval mode."""
    device = next(branch.parameters()).device
    values, genres, embeddings = [], [], []
    with torch.no_grad():
        for start in range(0, len(inputs), _INFERENCE_BATCH):
            outputs: BranchOutputs = branch(inputs[start : start + _INFERENCE_BATCH].to(device))
            values.append(outputs[0].cpu().numpy())
            genres.append(torch.softmax(outputs[1], dim=1).cpu().numpy())
            embeddings.append(outputs[2].cpu().numpy())
    return np.concatenate(values), np.concatenate(genres), np.concatenate(embeddings)


def frames_of(prepared: Prepared, device: str) -> Tensor:
    """Return the standardised picked frames [N, 20, 250]."""
    return _on(prepared.frames, device)


def augment(x: Tensor, recipe: Recipe, rng: np.random.Generator) -> Tensor:
    """Crop and augment standardised frames [B, 20, F]; return a new tensor [B, 20, T] with one T for the batch.

    Crops make the network independent of the position in the clip; offsets simulate recording level and equalisation,
    noise the error of the arrays.
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


def _outside_run(batch: int, size: int, max_length: int, rng: np.random.Generator) -> npt.NDArray[np.bool_]:
    """Return a mask [B, size] that is false in a run of up to `max_length`."""
    lengths = np.minimum(rng.integers(0, max_length + 1, size=(batch, 1)), size)
    starts = np.floor(rng.random((batch, 1)) * (size - lengths + 1))
    position = np.arange(size)
    outside: npt.NDArray[np.bool_] = (position < starts) | (position >= starts + lengths)
    return outside


def _batches(rows: IntArray, size: int, rng: np.random.Generator) -> Iterator[IntArray]:
    """Yield batches of `size` rows indefinitely, reshuffled each epoch; the remainder is dropped."""
    if size == 0:
        while True:
            yield rows[:0]
    while True:
        order = rng.permutation(rows)
        for start in range(0, len(order) - size + 1, size):
            yield order[start : start + size]


def _on(values: FloatArray, device: str) -> Tensor:
    return torch.from_numpy(values).to(device)
