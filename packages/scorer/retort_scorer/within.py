"""Rank correlation inside groups of images: what is left when generator setting, or image prompt, no longer helps."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from . import bootstrap, metrics

Values = NDArray[np.float64]

MIN_GROUP_ROWS = 5  # fewer images of a setting or a prompt give no rank correlation worth averaging


@dataclass(frozen=True)
class Within:
    """Mean and worst SRCC over the groups that have one. ``low`` and ``high`` are the mean's 95 % interval, where asked for."""

    mean: float | None
    worst: float | None
    worst_group: str | None
    groups: int
    rows: int
    low: float | None
    high: float | None
    reason: str | None


def grouped(names: Sequence[str | None]) -> list[tuple[str, list[int]]]:
    """Places by name, sorted by name; rows without one are in no group."""
    groups: dict[str, list[int]] = defaultdict(list)
    for place, name in enumerate(names):
        if name is not None:
            groups[name].append(place)
    return sorted(groups.items())


def within_groups(
    names: Sequence[str | None], predicted: Values, mos: Values, what: str, counts: Values | None = None
) -> Within:
    """SRCC inside each group of ``names`` with ``MIN_GROUP_ROWS`` rows or more that vary; every group weighs the same.

    Args:
        names: [n], the group of a row; None is in none.
        what: what a group is, for the reason why there is no mean.
        counts: [resamples, n] of bootstrap.py; the interval is over resampled prompts, and a group's SRCC is computed anew from
            the rows drawn. None: no interval.
    """
    found: list[tuple[float, str, list[int]]] = []
    for name, places in grouped(names):
        value = metrics.srcc(predicted[places], mos[places]).value if len(places) >= MIN_GROUP_ROWS else None
        if value is not None:
            found.append((value, name, places))
    if not found:
        return Within(None, None, None, 0, 0, None, None, f"no {what} has {MIN_GROUP_ROWS} rows that vary")
    values = [value for value, _, _ in found]
    worst, worst_group, _ = min(found, key=lambda entry: entry[:2])
    bounds = None if counts is None else _interval(found, predicted, mos, counts)
    low, high = (None, None) if bounds is None else bounds
    rows = sum(len(places) for _, _, places in found)
    return Within(float(np.mean(values)), worst, worst_group, len(values), rows, low, high, None)


def _interval(
    found: Sequence[tuple[float, str, list[int]]], predicted: Values, mos: Values, counts: Values
) -> list[float] | None:
    """A group that a resample draws nothing of, or only equal values of, is not in that resample's mean."""
    total, drawn = np.zeros(len(counts)), np.zeros(len(counts))
    for value, _, places in found:
        share = counts[:, places]
        if np.all(share == share[:, :1]):  # rows drawn together, as those of one prompt: its SRCC as often as it was drawn
            total, drawn = total + value * share[:, 0], drawn + share[:, 0]
            continue
        with np.errstate(invalid="ignore", divide="ignore"):
            resampled = bootstrap.srcc_resampled(predicted[places], mos[places], share)
        finite = np.isfinite(resampled)
        total, drawn = total + np.where(finite, resampled, 0.0), drawn + finite
    with np.errstate(invalid="ignore", divide="ignore"):
        return bootstrap.interval(total / drawn)
