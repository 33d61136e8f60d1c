"""The figures of one head on test rows: metrics with intervals, by generator, within generators, against a reference."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import bootstrap, metrics
from .fit_rows import FitRow
from .words import word_metrics

Values = NDArray[np.float64]

MIN_SETTING_ROWS = 5  # fewer images of a generator setting give no rank correlation worth averaging


def evaluate(rows: Sequence[FitRow], predicted: Values, mos: Values, seed: int) -> dict[str, Any]:
    """All metrics of ``predicted`` against ``mos``; what can't be computed is null and its reason stands in ``reasons``."""
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
    return {
        "n": len(rows),
        **{name: metric.value for name, metric in found.items()},
        "reasons": {name: metric.reason for name, metric in found.items() if metric.reason is not None},
        "intervals": _intervals(rows, predicted, mos, curve5, seed),
        "words": word_metrics(predicted, mos),
        "per_generator": _per_generator(rows, predicted, mos),
        "within_generator": _within_generator(rows, predicted, mos),
    }


def compare(rows: Sequence[FitRow], ours: Values, reference: Values, mos: Values, seed: int) -> dict[str, Any]:
    """SRCC of ``ours`` minus that of ``reference`` on the same rows, with a paired interval over image prompts."""
    first, second = metrics.srcc(ours, mos).value, metrics.srcc(reference, mos).value
    if first is None or second is None:
        return {"srcc_difference": None, "interval": None}
    counts = _counts(rows, seed)
    interval = None
    if counts is not None:
        difference = bootstrap.srcc_resampled(ours, mos, counts) - bootstrap.srcc_resampled(reference, mos, counts)
        interval = bootstrap.interval(difference)
    return {"srcc_difference": first - second, "interval": interval}


def comparison_note(comparison: dict[str, Any]) -> str:
    """The comparison in words, and whether the neural head earns its cost."""
    difference, interval = comparison["srcc_difference"], comparison["interval"]
    if difference is None:
        return "the xLSTM head can't be compared with kernel ridge: one of them has no SRCC"
    decided = interval is not None and (interval[0] > 0 or interval[1] < 0)
    ahead = "beats" if decided else "is ahead of"
    verdict = ahead if difference > 0 else "does not beat"
    if interval is None:
        return f"the xLSTM head {verdict} kernel ridge on the same features (SRCC difference {difference:+.4f}, no interval)"
    sure = "" if decided else "; the interval holds 0, so these rows do not decide it"
    return (
        f"the xLSTM head {verdict} kernel ridge on the same features (SRCC difference {difference:+.4f}, "
        f"95 % interval {interval[0]:+.4f} to {interval[1]:+.4f}{sure})"
    )


def _counts(rows: Sequence[FitRow], seed: int) -> Values | None:
    prompts = [row.prompt_group for row in rows]
    return bootstrap.resample_counts(prompts, seed) if len(set(prompts)) >= bootstrap.MIN_PROMPTS else None


def _intervals(
    rows: Sequence[FitRow], predicted: Values, mos: Values, curve5: Values | None, seed: int
) -> dict[str, list[float] | None]:
    names = ("srcc", "krcc", "plcc_raw", "rmse_raw", "plcc_logistic5", "rmse_logistic5")
    counts = _counts(rows, seed)
    if counts is None:
        return dict.fromkeys(names)
    resampled = {
        "srcc": bootstrap.srcc_resampled(predicted, mos, counts),
        "krcc": bootstrap.krcc_resampled(predicted, mos, counts),
        "plcc_raw": bootstrap.plcc_resampled(predicted, mos, counts),
        "rmse_raw": bootstrap.rmse_resampled(predicted, mos, counts),
    }
    if curve5 is not None:
        resampled["plcc_logistic5"] = bootstrap.plcc_resampled(curve5, mos, counts)
        resampled["rmse_logistic5"] = bootstrap.rmse_resampled(curve5, mos, counts)
    return {name: bootstrap.interval(resampled[name]) if name in resampled else None for name in names}


def _per_generator(rows: Sequence[FitRow], predicted: Values, mos: Values) -> list[dict[str, Any]]:
    return [
        {
            "generator": generator,
            "n": len(places),
            "srcc": metrics.srcc(predicted[places], mos[places]).value,
            "plcc_raw": metrics.plcc(predicted[places], mos[places]).value,
        }
        for generator, places in _grouped([row.generator for row in rows])
    ]


def _within_generator(rows: Sequence[FitRow], predicted: Values, mos: Values) -> dict[str, Any]:
    """SRCC inside each generator setting: what is left when knowing the generator no longer helps."""
    found = [
        metrics.srcc(predicted[places], mos[places]).value
        for _, places in _grouped([row.generator_setting for row in rows])
        if len(places) >= MIN_SETTING_ROWS
    ]
    values = [value for value in found if value is not None]
    if not values:
        reason = f"no generator setting has {MIN_SETTING_ROWS} test rows that vary"
        return {"srcc_mean": None, "srcc_worst": None, "n_settings": 0, "reason": reason}
    return {"srcc_mean": float(np.mean(values)), "srcc_worst": min(values), "n_settings": len(values), "reason": None}


def _grouped(names: Sequence[str | None]) -> list[tuple[str, list[int]]]:
    groups: dict[str, list[int]] = defaultdict(list)
    for place, name in enumerate(names):
        if name is not None:
            groups[name].append(place)
    return sorted(groups.items())
