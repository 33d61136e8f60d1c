"""The figures of one head on test rows: metrics with intervals, words, by generator, within generators and within prompts."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import bootstrap, metrics
from .figures import Figures, figures_of
from .fit_rows import FitRow
from .image_prompt import normalise_image_prompt
from .paired import compare_predictions, prompt_counts
from .within import MIN_GROUP_ROWS, Within, grouped, within_groups
from .words import word_index

Values = NDArray[np.float64]


def evaluate(rows: Sequence[FitRow], predicted: Values, mos: Values, seed: int) -> dict[str, Any]:
    """All metrics of ``predicted`` against ``mos``; what can't be computed is null and its reason stands in ``reasons``."""
    found = figures_of(predicted, mos)
    prompts = [normalise_image_prompt(row.prompt_group) for row in rows]
    counts = prompt_counts(prompts, seed)
    settings = [row.setting for row in rows]
    return {
        "n": len(rows),
        **found.values,
        "reasons": found.reasons,
        "intervals": _intervals(found, predicted, mos, counts),
        "words": found.words,
        "per_generator": _per_generator(rows, predicted, mos),
        "within_generator": _of_settings(within_groups(settings, predicted, mos, "generator setting", counts)),
        "within_prompt": _of_prompts(within_groups(prompts, predicted, mos, "image prompt", counts), len(set(prompts))),
    }


def compare(rows: Sequence[FitRow], ours: Values, reference: Values, mos: Values, seed: int) -> dict[str, Any]:
    """SRCC and PLCC of ``ours`` minus those of ``reference`` on the same rows, paired over image prompts."""
    found = compare_predictions([row.prompt_group for row in rows], ours, reference, mos, seed)
    srcc, plcc = found["srcc"], found["plcc_raw"]
    return {
        "srcc_difference": srcc.value,
        "interval": srcc.interval,
        "p": srcc.p,
        "plcc_difference": plcc.value,
        "plcc_interval": plcc.interval,
        "plcc_p": plcc.p,
    }


def comparison_note(comparison: dict[str, Any], ours: str = "the xLSTM head", reference: str = "kernel ridge") -> str:
    """The comparison in words, and whether the neural head earns its cost."""
    difference, interval = comparison["srcc_difference"], comparison["interval"]
    if difference is None:
        return f"{ours} can't be compared with {reference}: one of them has no SRCC"
    decided = interval is not None and (interval[0] > 0 or interval[1] < 0)
    ahead = "beats" if decided else "is ahead of"
    verdict = ahead if difference > 0 else "does not beat"
    if interval is None:
        return f"{ours} {verdict} {reference} on the same features (SRCC difference {difference:+.4f}, no interval)"
    sure = "" if decided else "; the interval holds 0, so these rows do not decide it"
    p = comparison.get("p")
    return (
        f"{ours} {verdict} {reference} on the same features (SRCC difference {difference:+.4f}, "
        f"95 % interval {interval[0]:+.4f} to {interval[1]:+.4f}{'' if p is None else f', two-sided p {p:.3f}'}{sure})"
    )


def _intervals(found: Figures, predicted: Values, mos: Values, counts: Values | None) -> dict[str, list[float] | None]:
    names = ("srcc", "krcc", "plcc_raw", "rmse_raw", "plcc_logistic5", "rmse_logistic5", "accuracy", "rough_accuracy")
    if counts is None:
        return dict.fromkeys(names)
    distance = np.abs(word_index(predicted) - word_index(mos))
    resampled = {
        "srcc": bootstrap.srcc_resampled(predicted, mos, counts),
        "krcc": bootstrap.krcc_resampled(predicted, mos, counts),
        "plcc_raw": bootstrap.plcc_resampled(predicted, mos, counts),
        "rmse_raw": bootstrap.rmse_resampled(predicted, mos, counts),
        "accuracy": bootstrap.mean_resampled(distance == 0, counts),
        "rough_accuracy": bootstrap.mean_resampled(distance <= 1, counts),
    }
    if found.curve5 is not None:
        resampled["plcc_logistic5"] = bootstrap.plcc_resampled(found.curve5, mos, counts)
        resampled["rmse_logistic5"] = bootstrap.rmse_resampled(found.curve5, mos, counts)
    return {name: bootstrap.interval(resampled[name]) if name in resampled else None for name in names}


def _per_generator(rows: Sequence[FitRow], predicted: Values, mos: Values) -> list[dict[str, Any]]:
    return [
        {
            "generator": generator,
            "n": len(places),
            "srcc": metrics.srcc(predicted[places], mos[places]).value,
            "plcc_raw": metrics.plcc(predicted[places], mos[places]).value,
        }
        for generator, places in grouped([row.generator for row in rows])
    ]


def _of_settings(found: Within) -> dict[str, Any]:
    return {
        "srcc_mean": found.mean,
        "srcc_mean_interval": _bounds(found),
        "srcc_worst": found.worst,
        "worst_generator_setting": found.worst_group,
        "n_settings": found.groups,
        "reason": found.reason,
    }


def _of_prompts(found: Within, prompts: int) -> dict[str, Any]:
    """``n_prompts`` of ``prompts`` have ``min_rows`` rows or more that vary."""
    return {
        "srcc_mean": found.mean,
        "srcc_mean_interval": _bounds(found),
        "n_prompts": found.groups,
        "prompts": prompts,
        "n_rows": found.rows,
        "min_rows": MIN_GROUP_ROWS,
        "reason": found.reason,
    }


def _bounds(found: Within) -> list[float] | None:
    return None if found.low is None or found.high is None else [found.low, found.high]
