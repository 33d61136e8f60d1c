"""Agreement of predicted MOS with MOS: rank and linear correlation, and error.

Conventions of the field: rank metrics on raw predictions; PLCC and RMSE raw and after a logistic curve fitted on the
same predictions, each under its own name. What can't be computed is None with a reason, never NaN: JSON has none.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, stats

Values = NDArray[np.float64]

MIN_CORRELATION_ROWS = 3  # two points always correlate perfectly
CURVE_EVALUATIONS = 500


@dataclass(frozen=True)
class Metric:
    """A number, or the reason why there is none."""

    value: float | None
    reason: str | None = None


def unusable(predicted: Values, mos: Values) -> str | None:
    """Why these rows can't be correlated; None when they can."""
    if len(mos) < MIN_CORRELATION_ROWS:
        return f"{len(mos)} rows; a correlation needs {MIN_CORRELATION_ROWS} or more"
    if np.ptp(mos) == 0:
        return "all MOS are equal"
    if np.ptp(predicted) == 0:
        return "all predictions are equal"
    return None


def srcc(predicted: Values, mos: Values) -> Metric:
    """Spearman's rank correlation, ties at their mean rank."""
    return _correlation(lambda: stats.spearmanr(predicted, mos).statistic, predicted, mos)


def krcc(predicted: Values, mos: Values) -> Metric:
    """Kendall's tau-b."""
    return _correlation(lambda: stats.kendalltau(predicted, mos).statistic, predicted, mos)


def plcc(predicted: Values, mos: Values) -> Metric:
    """Pearson's correlation."""
    return _correlation(lambda: stats.pearsonr(predicted, mos).statistic, predicted, mos)


def rmse(predicted: Values, mos: Values) -> Metric:
    """Root mean square error, in MOS."""
    if len(mos) == 0:
        return Metric(None, "no rows")
    return Metric(float(np.sqrt(np.mean((predicted - mos) ** 2))))


def logistic4(x: Values, high: float, low: float, middle: float, width: float) -> Values:
    """The field's four-parameter curve (VQEG 2000): from ``low`` to ``high`` around ``middle``."""
    return low + (high - low) * _sigmoid((x - middle) / (abs(width) + 1e-12))


def logistic5(x: Values, size: float, slope: float, middle: float, linear: float, offset: float) -> Values:
    """The field's five-parameter curve (Sheikh et al. 2006): a logistic and a line."""
    return size * (_sigmoid(slope * (x - middle)) - 0.5) + linear * x + offset


def fit_logistic(predicted: Values, mos: Values, parameters: int) -> tuple[Values | None, str | None]:
    """Map predictions through a logistic curve fitted to these rows.

    Args:
        parameters: 4 or 5.
    Returns:
        the mapped predictions and None, or None and the reason why there is no curve.
    """
    reason = unusable(predicted, mos)
    if reason is None and len(mos) <= parameters:
        reason = f"{len(mos)} rows; a curve of {parameters} parameters needs more"
    if reason is not None:
        return None, reason
    x = (predicted - predicted.mean()) / predicted.std()
    if parameters == 4:
        curve, start = logistic4, [float(mos.max()), float(mos.min()), 0.0, 1.0]
    else:
        slope, offset = np.polyfit(x, mos, 1)
        curve, start = logistic5, [float(np.ptp(mos)) / 4, 1.0, 0.0, float(slope), float(offset)]
    # Nearly straight data leave some parameters undecided; the best curve within the limit is then as good as any.
    best = optimize.least_squares(lambda values: curve(x, *values) - mos, start, x_scale="jac", max_nfev=CURVE_EVALUATIONS)
    mapped = curve(x, *best.x)
    return (mapped, None) if np.isfinite(mapped).all() else (None, "the fitted curve is not finite")


def _correlation(compute: Callable[[], float], predicted: Values, mos: Values) -> Metric:
    reason = unusable(predicted, mos)
    return Metric(None, reason) if reason else Metric(float(compute()))


def _sigmoid(x: Values) -> Values:
    return 0.5 * (1 + np.tanh(0.5 * x))  # no overflow, unlike 1 / (1 + exp(-x))
