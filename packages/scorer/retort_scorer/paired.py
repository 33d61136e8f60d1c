"""Paired tests between two runs on the same rows: difference of SRCC and of PLCC, resampled over image prompts.

Both runs are computed on the same draws, so that what is common to them (hard prompts, easy generators) cancels out. The
interval is the percentile one; the p value is the two-sided one that goes with it (Davison & Hinkley 1997, chapter 4):
twice the smaller share of resampled differences on one side of 0, with one added to both counts, so it is never 0.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import bootstrap, metrics
from .errors import ScorerError
from .image_prompt import normalise_image_prompt

Values = NDArray[np.float64]

NAMED = 3  # rows that a refusal names
SAME_MOS = 1e-6  # in MOS: what a CSV's rounding may change


@dataclass(frozen=True)
class Run:
    """What one run says of its rows: names, what resampling goes by, MOS and predictions, all [n]."""

    sample_names: Sequence[str]
    image_prompts: Sequence[str]
    mos: Values
    predicted: Values


@dataclass(frozen=True)
class Difference:
    """First minus second. ``interval`` and ``p`` are None with too few image prompts; all are None without a correlation."""

    value: float | None
    interval: list[float] | None
    p: float | None
    reason: str | None


def compare_runs(first: Run, second: Run, seed: int, resamples: int = bootstrap.RESAMPLES) -> dict[str, Difference]:
    """``srcc`` and ``plcc_raw`` of ``first`` minus those of ``second``.

    Raises:
        ScorerError: the rows differ, or a row stands in a run twice; the order may differ.
    """
    places = _matching(first, second)
    return compare_predictions(
        first.image_prompts, first.predicted, second.predicted[places], first.mos, seed, resamples=resamples
    )


def compare_predictions(
    image_prompts: Sequence[str],
    first: Values,
    second: Values,
    mos: Values,
    seed: int,
    resamples: int = bootstrap.RESAMPLES,
) -> dict[str, Difference]:
    """The same for predictions that lie side by side, all [n]."""
    counts = prompt_counts(image_prompts, seed, resamples)
    return {
        "srcc": _difference(metrics.srcc, bootstrap.srcc_resampled, first, second, mos, counts),
        "plcc_raw": _difference(metrics.plcc, bootstrap.plcc_resampled, first, second, mos, counts),
    }


def prompt_counts(image_prompts: Sequence[str], seed: int, resamples: int = bootstrap.RESAMPLES) -> Values | None:
    """``bootstrap.resample_counts`` over normalised prompts; None when there are too few of them."""
    groups = [normalise_image_prompt(prompt) for prompt in image_prompts]
    return bootstrap.resample_counts(groups, seed, resamples) if len(set(groups)) >= bootstrap.MIN_PROMPTS else None


def _difference(metric: Any, resampled: Any, first: Values, second: Values, mos: Values, counts: Values | None) -> Difference:
    ours, theirs = metric(first, mos), metric(second, mos)
    if ours.value is None or theirs.value is None:
        return Difference(None, None, None, ours.reason or theirs.reason)
    value = ours.value - theirs.value
    if counts is None:
        return Difference(value, None, None, f"fewer than {bootstrap.MIN_PROMPTS} image prompts: no interval")
    draws = resampled(first, mos, counts) - resampled(second, mos, counts)
    interval = bootstrap.interval(draws)
    if interval is None:
        return Difference(value, None, None, "too many resamples are constant: no interval")
    return Difference(value, interval, _two_sided(draws[np.isfinite(draws)]), None)


def _two_sided(draws: Values) -> float:
    below, above = np.sum(draws <= 0), np.sum(draws >= 0)
    return float(min(1.0, 2 * (1 + min(below, above)) / (1 + len(draws))))


def _matching(first: Run, second: Run) -> NDArray[np.int64]:
    """Where each row of ``first`` stands in ``second``."""
    by_name = {name: place for place, name in enumerate(second.sample_names)}
    names = set(first.sample_names)
    for run, which in ((first, "first"), (second, "second")):
        if len(set(run.sample_names)) < len(run.sample_names):
            raise ScorerError(f"The {which} run has a sample twice: each sample is one row.")
    _refuse("are in the first run alone", [name for name in first.sample_names if name not in by_name])
    _refuse("are in the second run alone", [name for name in second.sample_names if name not in names])
    places = np.array([by_name[name] for name in first.sample_names], dtype=np.int64)
    moved = np.abs(first.mos - second.mos[places]) > SAME_MOS
    _refuse("have another MOS in the second run", [first.sample_names[place] for place in np.flatnonzero(moved)])
    pairs: Mapping[str, tuple[str, str]] = {
        name: (first.image_prompts[place], second.image_prompts[by_name[name]])
        for place, name in enumerate(first.sample_names)
    }
    _refuse(
        "have another image prompt in the second run",
        [name for name, (a, b) in pairs.items() if normalise_image_prompt(a) != normalise_image_prompt(b)],
    )
    return places


def _refuse(what: str, names: Sequence[str]) -> None:
    if names:
        shown = ", ".join(names[:NAMED]) + (", …" if len(names) > NAMED else "")
        raise ScorerError(
            f"The runs can't be compared row by row: {len(names)} samples {what} ({shown}). Compare runs on the same test rows."
        )
