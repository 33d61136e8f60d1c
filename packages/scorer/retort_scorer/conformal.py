"""Conformal intervals: how far a prediction must be widened to hold the MOS of an image of a new prompt nine times in ten.

Images of one prompt are alike, so prompts and not rows are what is exchangeable: hierarchical conformal prediction gives each
prompt the weight of one draw, shared by its rows, and one more to the prompt to come. With a row a prompt it is the usual
split-conformal rank. Residuals have to be of rows that the model was not trained on: out-of-fold residuals of a
cross-validation by prompt, or those of val. Of out-of-fold residuals the guarantee is approximate, since the model that
predicts was trained on more rows than those that were measured (Barber et al. 2021, CV+).

Sources: Dunn, Wasserman & Ramdas 2022 (JASA, two-layer hierarchical models); Lee, Barber & Willett 2023 (arXiv 2306.06342,
hierarchical conformal prediction). Measured coverage: docs/experiments.md.
"""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .image_prompt import normalise_image_prompt

Values = NDArray[np.float64]

COVERAGE = 0.9
UNSEEN_GENERATOR = "Nothing is promised for images of a generator that the scorer was not trained on."


@dataclass(frozen=True)
class Calibration:
    """The half width of intervals, in MOS, None when nothing finite holds; what it was measured on; and a note in words."""

    half_width: float | None
    coverage: float
    n: int
    prompts: int
    by: str  # "image-prompt", or "row" where there are too few prompts
    note: str

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def conformal_half_width(
    residuals: Values, image_prompts: Sequence[str] | None = None, coverage: float = COVERAGE
) -> float | None:
    """The smallest absolute residual up to which the prompts' shares of rows come to ``coverage`` * (prompts + 1), in MOS.

    Args:
        residuals: [n], MOS minus prediction, of rows that the model was not trained on.
        image_prompts: [n]; None takes every row for a prompt of its own.
    Returns:
        None when there are too few prompts for this coverage (below 9 at 90 %): no finite width would hold.
    """
    if len(residuals) == 0:
        return None
    groups = np.arange(len(residuals)) if image_prompts is None else _numbers(image_prompts)
    sizes = np.bincount(groups)
    prompts, order = len(sizes), np.argsort(np.abs(residuals), kind="stable")
    reached = np.cumsum(1 / sizes[groups[order]])
    wanted = coverage * (prompts + 1)
    if wanted > prompts + 1e-9:
        return None
    place = int(np.searchsorted(reached, wanted - 1e-9))  # sums of thirds and sevenths miss whole numbers by a little
    return float(np.abs(residuals[order[min(place, len(order) - 1)]]))


def calibrate(residuals: Values, image_prompts: Sequence[str], source: str, coverage: float = COVERAGE) -> Calibration:
    """The half width by prompt; by row, with a note that it may be too narrow, where the prompts are too few.

    Args:
        source: where the residuals come from, for the note: "val, which also chose the epoch".
    """
    prompts = len(np.unique(_numbers(image_prompts))) if len(residuals) else 0
    by_prompt = conformal_half_width(residuals, image_prompts, coverage)
    width = conformal_half_width(residuals, None, coverage) if by_prompt is None else by_prompt
    percent = f"{100 * coverage:.0f} %"
    if width is None:
        note = f"No {percent} interval: {len(residuals)} residuals of {source} are too few for one."
        return Calibration(None, coverage, len(residuals), prompts, "row", note)
    if by_prompt is None:
        note = (
            f"{percent} conformal half width from {len(residuals)} residuals of {source}, taken for independent since they are "
            f"of {prompts} image prompts and {prompts_needed(coverage)} are needed: real coverage on new prompts can be lower."
        )
        return Calibration(width, coverage, len(residuals), prompts, "row", f"{note} {UNSEEN_GENERATOR}")
    note = (
        f"{percent} conformal half width, calibrated by image prompt on {len(residuals)} residuals of {source} "
        f"({prompts} prompts, equal weight each)."
    )
    return Calibration(width, coverage, len(residuals), prompts, "image-prompt", f"{note} {UNSEEN_GENERATOR}")


def prompts_needed(coverage: float) -> int:
    """9 at 90 %: with fewer no finite width holds for a new prompt."""
    return math.ceil(coverage / (1 - coverage) - 1e-9)


def covered(residuals: Values, half_width: float) -> float:
    """Share of rows whose MOS lies within the interval, its ends included."""
    return float(np.mean(np.abs(residuals) <= half_width))


def held_out_coverage(residuals: Values, image_prompts: Sequence[str], held_out: Sequence[str]) -> dict[str, Any]:
    """What intervals come to on rows that they were not calibrated on: each part's are calibrated on all others' residuals.

    Args:
        residuals: [n], MOS minus prediction, each of a model that saw neither the row nor its prompt.
        held_out: [n], the part of a cross-validation that each row was held out with.
    Returns:
        ``wanted``; ``parts``, the share covered by part, None where the others have too few prompts to calibrate on; ``mean``
        over all rows, None where a part has none.
    """
    names = np.array(held_out)
    parts: dict[str, float | None] = {}
    for name in dict.fromkeys(held_out):
        others = np.flatnonzero(names != name)
        width = conformal_half_width(residuals[others], [image_prompts[place] for place in others])
        parts[name] = None if width is None else covered(residuals[names == name], width)
    shares = [value * float(np.mean(names == name)) for name, value in parts.items() if value is not None]
    return {"wanted": COVERAGE, "mean": sum(shares) if len(shares) == len(parts) else None, "parts": parts}


def _numbers(image_prompts: Sequence[str]) -> NDArray[np.int64]:
    _, groups = np.unique([normalise_image_prompt(prompt) for prompt in image_prompts], return_inverse=True)
    return groups
