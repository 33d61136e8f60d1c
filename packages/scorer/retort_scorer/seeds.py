"""A reported row over several seeds: median and standard deviation of every figure."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .figures import SCORE_FIGURES, WORD_FIGURES, figures_of
from .fit_rows import FitRow
from .image_prompt import normalise_image_prompt
from .within import within_groups

Values = NDArray[np.float64]

REPORTED_SEEDS = 5  # of a row that is reported


@dataclass(frozen=True)
class Spread:
    """Median and sample SD (n - 1 below the fraction line) over the ``n`` seeds that have the figure; SD is None for one."""

    median: float | None
    sd: float | None
    n: int
    reason: str | None


def seed_figures(rows: Sequence[FitRow], predicted: Sequence[Values], mos: Values) -> dict[str, dict[str, Any]]:
    """Spread of every figure over runs that differ in their seed alone.

    Args:
        rows: [n], the rows that all runs predict.
        predicted: one [n] a seed.
        mos: [n].
    Returns:
        by figure (those of figures.py, ``within_generator`` and ``within_prompt``: mean SRCC), a ``Spread`` as a dict.
    """
    settings = [row.setting for row in rows]
    prompts = [normalise_image_prompt(row.prompt_group) for row in rows]
    runs: list[dict[str, float | None]] = []
    reasons: dict[str, str] = {}
    for values in predicted:
        found = figures_of(values, mos)
        setting = within_groups(settings, values, mos, "generator setting")
        prompt = within_groups(prompts, values, mos, "image prompt")
        reasons |= found.reasons
        for name, within in (("within_generator", setting), ("within_prompt", prompt)):
            if within.reason is not None:
                reasons[name] = within.reason
        runs.append({**found.values, **found.words, "within_generator": setting.mean, "within_prompt": prompt.mean})
    names = (*SCORE_FIGURES, *WORD_FIGURES, "within_generator", "within_prompt")
    return {name: asdict(spread_of([run[name] for run in runs], reasons.get(name))) for name in names}


def spread_of(values: Sequence[float | None], reason: str | None = None) -> Spread:
    """Median and SD of the values there are; ``reason`` says why there are none."""
    known = [value for value in values if value is not None]
    if not known:
        return Spread(None, None, 0, reason or "no run has this figure")
    return Spread(float(np.median(known)), float(np.std(known, ddof=1)) if len(known) > 1 else None, len(known), None)
