"""The point figures of one prediction vector: every metric of MOS and words, without intervals."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import metrics
from .words import word_metrics

Values = NDArray[np.float64]

# The names of the figures, in the order of the field's papers, then those of the words.
SCORE_FIGURES = ("srcc", "plcc_raw", "plcc_logistic4", "plcc_logistic5", "krcc", "rmse_raw", "rmse_logistic5")
WORD_FIGURES = ("accuracy", "rough_accuracy", "precision_weighted", "f1_weighted")


@dataclass(frozen=True)
class Figures:
    """Metrics by name, None where one can't be computed (``reasons`` says why), and the words' table."""

    values: dict[str, float | None]
    reasons: dict[str, str]
    words: dict[str, Any]
    curve5: Values | None = field(repr=False)  # predictions mapped through the five-parameter logistic


def figures_of(predicted: Values, mos: Values) -> Figures:
    """All figures of ``predicted`` against ``mos``, both [n] on the 0–5 scale."""
    curves = {parameters: metrics.fit_logistic(predicted, mos, parameters) for parameters in (4, 5)}
    found = {
        "srcc": metrics.srcc(predicted, mos),
        "krcc": metrics.krcc(predicted, mos),
        "plcc_raw": metrics.plcc(predicted, mos),
        "rmse_raw": metrics.rmse(predicted, mos),
    }
    for parameters, (mapped, reason) in curves.items():
        fitted = metrics.Metric(None, reason) if mapped is None else metrics.plcc(mapped, mos)
        found[f"plcc_logistic{parameters}"] = fitted
    curve5, reason5 = curves[5]
    found["rmse_logistic5"] = metrics.Metric(None, reason5) if curve5 is None else metrics.rmse(curve5, mos)
    return Figures(
        values={name: metric.value for name, metric in found.items()},
        reasons={name: metric.reason for name, metric in found.items() if metric.reason is not None},
        words=word_metrics(predicted, mos),
        curve5=curve5,
    )
