"""The figures of one aspect: a checkpoint beside the predictor trained anew, on rows that are new to the checkpoint.

A row is new when neither its image nor its image prompt was trained on. Only figures on new rows count; those on all rows stand
beside them under the protocol that they then have.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .benchmark_figures import scale_check
from .benchmark_predictions import Prediction, finding
from .benchmark_protocol import FIXED_FOLDS, fixed_folds, held_out, protocol_name
from .conformal import COVERAGE
from .evaluation import compare, evaluate
from .fit_rows import FitRow
from .floor_figures import evaluate_floor
from .trained_on import TrainedOn

Values = NDArray[np.float64]
Places = NDArray[np.int64]

CHECKPOINT, TRAINED = "checkpoint", "trained predictor"
TURNS = "a checkpoint"
UNKNOWN_PROTOCOL = f"{TURNS} (train rows not known)"
UNKNOWN = "What the checkpoint was trained on is not known: it was written before checkpoints said so. Fit again to have rows it has seen left out."
NOTHING_NEW = "The image or the image prompt of every rated row was trained on: no figure of the checkpoint counts here."
RESAMPLING_SEED = 0


@dataclass(frozen=True)
class Judged:
    """Rated rows of one aspect and what is said of them, all [n]; ``trained`` and ``folds`` are None without a trained predictor."""

    aspect: str
    rows: Sequence[FitRow]
    mos: Values
    checkpoint: Values
    trained: Values | None
    folds: Sequence[str] | None  # the fold that a row was held out in
    tuned_on: TrainedOn | None = None  # by the encoder's tuned stages: a predictor trained anew isn't judged on these


def evaluate_aspect(
    judged: Judged, trained_on: TrainedOn | None, half_width: float | None, every_row: Sequence[FitRow]
) -> dict[str, Any]:
    """All that is said of one aspect.

    Args:
        trained_on: what the checkpoint has seen; None where it doesn't say.
        half_width: of the checkpoint's intervals.
        every_row: the dataset's rows, rated or not, which the benchmark's fixed folds are made of.
    Returns:
        ``rated``, ``n`` (new rows), ``shared`` (rows that aren't new, by what is shared; None where it isn't known),
        ``methods`` (as ``benchmark`` has them: figures, floor and their difference, those on new rows first),
        ``difference`` (trained predictor minus checkpoint on the new rows, as ``compare``), ``coverage`` and ``notes``.
    """
    rows = judged.rows
    seen = np.array([is_seen(row, trained_on) for row in rows], dtype=bool)
    new, every = np.flatnonzero(~seen), np.arange(len(rows))
    methods = _methods(judged, new, trained_on, every_row, "") if len(new) > 0 else []
    if seen.any():
        methods += _methods(judged, every, trained_on, every_row, ", all rows")
    difference = None
    if judged.trained is not None and len(new) > 0:
        new_rows = [rows[place] for place in new]
        difference = compare(new_rows, judged.trained[new], judged.checkpoint[new], judged.mos[new], RESAMPLING_SEED)
    return {
        "aspect": judged.aspect,
        "rated": len(rows),
        "n": len(new),
        "shared": None if trained_on is None else _shared(rows, new, trained_on),
        "methods": methods,
        "difference": difference,
        "coverage": _coverage(judged, new, half_width),
        "notes": [UNKNOWN] if trained_on is None else [NOTHING_NEW] if len(new) == 0 else [],
    }


def is_seen(row: FitRow, trained_on: TrainedOn | None) -> bool:
    """Whether the checkpoint is known to have been trained on the row's image or image prompt."""
    return trained_on is not None and (trained_on.has_image(row) or trained_on.has_image_prompt(row))


def checkpoint_protocol(rows: Sequence[FitRow], trained_on: TrainedOn | None) -> str:
    """The protocol of a checkpoint that predicts ``rows``, in the words of benchmark_protocol."""
    if trained_on is None:
        return UNKNOWN_PROTOCOL
    leaked = [row.sample_name for row in rows if is_seen(row, trained_on)]
    return protocol_name(leaked, [row.sample_name for row in rows if trained_on.may_have_generator(row)], TURNS)


def _methods(
    judged: Judged, places: Places, trained_on: TrainedOn | None, every_row: Sequence[FitRow], suffix: str
) -> list[dict[str, Any]]:
    rows = [judged.rows[place] for place in places]
    said: dict[str, tuple[Values, str]] = {CHECKPOINT: (judged.checkpoint, checkpoint_protocol(rows, trained_on))}
    if judged.trained is not None and not any(is_seen(row, judged.tuned_on) for row in rows):
        said[TRAINED] = (judged.trained, _folds_protocol(judged, every_row))
    floor = evaluate_floor(judged.rows, judged.mos, places, RESAMPLING_SEED, {name: values for name, (values, _) in said.items()})
    minus_floor = floor.pop("head_minus_floor")
    return [
        {
            "aspect": judged.aspect,
            "method": f"{name}{suffix}",
            "protocol": protocol,
            "n": len(places),
            "figures": evaluate(rows, values[places], judged.mos[places], RESAMPLING_SEED),
            "floor": floor,
            "minus_floor": minus_floor[name],
            "scale": scale_check(values[places], judged.mos[places]),
        }
        for name, (values, protocol) in said.items()
    ]


def _folds_protocol(judged: Judged, every_row: Sequence[FitRow]) -> str:
    """Found out from the folds, as ``benchmark`` does from a file's."""
    assert judged.folds is not None and judged.trained is not None  # there is a trained predictor
    by_name = {row.sample_name: row for row in judged.rows}
    predictions = {
        row.sample_name: Prediction(row.sample_name, float(value), fold, None)
        for row, value, fold in zip(judged.rows, judged.trained, judged.folds, strict=True)
    }
    enough = len({row.prompt_group for row in every_row}) >= FIXED_FOLDS
    fixed = fixed_folds(every_row) if enough else [1] * len(every_row)
    fold_of = dict(zip((row.sample_name for row in every_row), fixed, strict=True))
    return held_out(predictions, by_name, fold_of, None, False).protocol


def _shared(rows: Sequence[FitRow], new: Places, trained_on: TrainedOn) -> dict[str, Any]:
    return {
        "image_prompts": finding({row.sample_name for row in rows if trained_on.has_image_prompt(row)}),
        "images": finding({row.sample_name for row in rows if trained_on.has_image(row)}),
        "new_of_seen_generators": finding({rows[place].sample_name for place in new if trained_on.may_have_generator(rows[place])}),
    }


def _coverage(judged: Judged, new: Places, half_width: float | None) -> Mapping[str, Any] | None:
    """How many new rows' MOS the checkpoint's intervals hold; they promise nothing on another dataset."""
    if half_width is None or len(new) == 0:
        return None
    held = np.abs(judged.mos[new] - judged.checkpoint[new]) <= half_width
    return {"expected": COVERAGE, "found": float(held.mean()), "half_width": half_width, "n": len(new)}
