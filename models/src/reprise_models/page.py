"""The model card as an HTML page with plots from the training run."""

from __future__ import annotations

import base64
import html
import io
from typing import Any

import markdown
import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from reprise_models.compare import LEARNING_CURVE
from reprise_models.evaluate import histogram_span
from reprise_models.features import FEATURES, NAMES
from reprise_models.train import TEACHER

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 70em; margin: 2em auto; padding: 0 1em; color: #222; }
table { border-collapse: collapse; margin: 1em 0; font-size: 13px; }
th, td { border: 1px solid #ccc; padding: .2em .5em; text-align: left; }
img { max-width: 100%; } figcaption { color: #555; }
"""
_DOTS_PER_INCH = 80


def page(title: str, card: str, training: dict[str, Any]) -> str:
    """Return a self-contained HTML page of the card's Markdown and the plots."""
    figures = (
        (
            _predicted_against_true(training),
            "Predicted against true, held-out artists; darker means more tracks.",
        ),
        (
            _calibration(training),
            "Share of labels within the stated intervals; error over uncertainty by third of uncertainty.",
        ),
        (_by_genre(training), "Mean absolute error by genre, relative to the feature's error on all tracks."),
        (
            _learning_curves(training),
            "Validation loss by epoch of the pilot run; the teacher by share of artists.",
        ),
    )
    plots = "\n".join(
        f'<figure><img alt="{html.escape(caption)}" src="data:image/png;base64,{_png(figure)}">'
        f"<figcaption>{html.escape(caption)}</figcaption></figure>"
        for figure, caption in figures
    )
    text = markdown.markdown(card, extensions=["tables"])
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{html.escape(title)}</title>'
        f"<style>{_STYLE}</style></head>\n<body>\n{text}\n<h2>Plots</h2>\n{plots}\n</body></html>\n"
    )


def _png(figure: Figure) -> str:
    content = io.BytesIO()
    # Without the software's name and version, so that equal numbers give equal bytes.
    figure.savefig(content, format="png", dpi=_DOTS_PER_INCH, metadata={"Software": None})
    return base64.b64encode(content.getvalue()).decode("ascii")


def _grid(rows: int, columns: int, size: tuple[float, float]) -> tuple[Figure, list[Axes]]:
    with mpl.rc_context({"font.size": 8}):
        figure = Figure(figsize=size, layout="constrained")
        return figure, list(np.ravel(figure.subplots(rows, columns)))


def _predicted_against_true(training: dict[str, Any]) -> Figure:
    figure, axes = _grid(2, 4, (12, 6))
    for axis, feature in zip(axes, FEATURES, strict=True):
        low, high = span = histogram_span(feature)
        counts = np.array(training["cross_validation"]["predicted_against_true"][feature.name])
        axis.imshow(np.sqrt(counts.T), origin="lower", extent=(*span, *span), cmap="Blues", aspect="auto")
        axis.plot([low, high], [low, high], color="0.6", linewidth=0.8)
        axis.set(title=feature.name, xlabel="Echo Nest", ylabel="predicted")
    return figure


def _calibration(training: dict[str, Any]) -> Figure:
    figure, (coverage, thirds) = _grid(1, 2, (10, 4))
    for name, of in training["cross_validation"]["calibration"].items():
        stated = [float(share) for share in of["coverage"]]
        coverage.plot(stated, list(of["coverage"].values()), marker="o", label=name)
        thirds.plot(["low", "middle", "high"], of["rms_z_by_third"], marker="o", label=name)
    coverage.plot([0.4, 1], [0.4, 1], color="0.6", linewidth=0.8)
    coverage.set(xlabel="stated", ylabel="observed", title="intervals")
    thirds.axhline(1, color="0.6", linewidth=0.8)
    thirds.set(xlabel="third by uncertainty", ylabel="rms of error over uncertainty", ylim=(0, 2))
    thirds.legend(ncols=2)
    return figure


def _by_genre(training: dict[str, Any]) -> Figure:
    validation = training["cross_validation"]
    genres = validation["by_genre"]
    overall = np.array([validation["pooled"][name]["mae"] for name in NAMES])
    errors = np.array([[of["mae"][name] for name in NAMES] for of in genres.values()]) / overall
    figure, (axis,) = _grid(1, 1, (9, 4))
    image = axis.imshow(errors, cmap="RdBu_r", vmin=0.4, vmax=1.6, aspect="auto")
    axis.set_xticks(range(len(NAMES)), NAMES)
    axis.set_yticks(range(len(genres)), [f"{name} ({of['tracks']})" for name, of in genres.items()])
    for row, column in np.ndindex(errors.shape):
        axis.text(column, row, f"{errors[row, column]:.2f}", ha="center", va="center", fontsize=7)
    figure.colorbar(image)
    return figure


def _learning_curves(training: dict[str, Any]) -> Figure:
    figure, (by_epoch, by_share) = _grid(1, 2, (10, 3.5))
    losses = training["pilot"]["held_out_loss"]
    by_epoch.plot(range(1, len(losses) + 1), losses)
    by_epoch.axvline(training["pilot"]["best_pass"], color="0.6", linewidth=0.8)
    by_epoch.set(xlabel="epoch", ylabel="mean squared error, standardised")
    comparison = training["comparison"]
    if comparison is None:
        by_share.set_axis_off()
        return figure
    models = comparison["models"] | training["cross_validation"]["other_models"]
    shares = {share: models[name] for name, share in LEARNING_CURVE.items()} | {1.0: models[TEACHER]}
    by_share.errorbar(
        list(shares),
        [of["mean_r2_without_tempo"] for of in shares.values()],
        [of["mean_r2_without_tempo_std"] for of in shares.values()],
        marker="o",
        capsize=3,
    )
    by_share.set(xlabel="share of the training artists", ylabel="mean R² without tempo", xlim=(0, 1.1))
    return figure
