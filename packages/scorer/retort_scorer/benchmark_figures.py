"""All figures of one method and aspect: pooled, by fixed fold, by left-out model, over seeds, beside the metadata floor."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import metrics
from .errors import ScorerError
from .evaluation import evaluate
from .fit_rows import MOS_RANGE, FitRow
from .floor_figures import evaluate_floor
from .folds import Part, fold_parts, generator_parts
from .seeds import seed_figures

Values = NDArray[np.float64]
Places = NDArray[np.int64]

RESAMPLING_SEED = 0
OUTSIDE = 0.5  # in MOS: regressors overshoot the ends of the scale by a little, another scale by more
MOST_OUTSIDE = 0.01  # share of rows that may overshoot by more: single outliers are no other scale
OF_SCALE = ("rmse_raw",)
WORDS_OF_SCALE = ("accuracy", "rough_accuracy", "precision_weighted", "f1_weighted")


def measure(
    rated: Sequence[FitRow],
    places: Places,
    predicted: Sequence[Values],
    seeds: Sequence[str | None],
    aspect: str,
    fold_of: Mapping[str, int],
) -> dict[str, Any]:
    """The figures on the rows at ``places`` of ``rated``.

    Args:
        predicted: one [places] a seed.
        seeds: their names.
        fold_of: the fixed fold of each sample, 1 to 5.
    Returns:
        ``figures`` (as ``evaluate``), ``folds``, ``models``, ``floor`` (as ``evaluate_floor``), ``minus_floor`` and ``scale`` of
        one seed, that of the median SRCC (``representative_seed``; the lower of two): an average of several seeds' predictions
        would be an ensemble, and another method. ``seeds`` is their median and SD; None with one seed.
    """
    mos = np.array([row.mos[aspect] for row in rated])
    rows, judged = [rated[place] for place in places], mos[places]
    chosen = _representative(predicted, judged)
    values, full = predicted[chosen], np.full(len(rated), np.nan)
    full[places] = values
    scale = scale_check(values, judged)
    figures = evaluate(rows, values, judged, RESAMPLING_SEED)
    spread = seed_figures(rows, predicted, judged) if len(predicted) > 1 else None
    if scale["outside"]:
        figures, spread = _without_scale(figures, scale["note"]), _spread_without_scale(spread, scale["note"])
    floor = evaluate_floor(rated, mos, places, RESAMPLING_SEED, {"method": full})
    minus_floor = floor.pop("head_minus_floor")["method"]
    folds = np.array([fold_of[row.sample_name] - 1 for row in rows], dtype=np.int64)
    models, reason = _models(rows)
    return {
        "representative_seed": seeds[chosen],
        "seed_names": [name for name in seeds if name is not None],
        "figures": figures,
        "seeds": spread,
        "scale": scale,
        "floor": floor,
        "minus_floor": minus_floor,
        "folds": [_part(part, values, judged) for part in fold_parts(folds)],
        "models": [_part(part, values, judged) for part in models],
        "models_reason": reason,
    }


def scale_check(values: Values, mos: Values) -> dict[str, Any]:
    """Whether predictions are on the scale of the MOS. Nothing is mapped: ranks don't need it, errors and words do."""
    low, high = float(values.min()), float(values.max())
    error, spread = metrics.rmse(values, mos).value, float(mos.std())
    beyond = (values < MOS_RANGE[0] - OUTSIDE) | (values > MOS_RANGE[1] + OUTSIDE)
    outside = bool(np.mean(beyond) > MOST_OUTSIDE)
    note = None
    if outside:
        note = f"predictions lie from {low:.4g} to {high:.4g}, not on the MOS scale 0 to 5: no raw RMSE and no words"
    elif low == high:
        note = "all predictions are equal: no correlation"
    elif error is not None and error > spread:
        note = (
            f"raw RMSE {error:.3f} is above {spread:.3f}, that of the mean MOS for every image: "
            "the predictions may be on another scale, and raw RMSE and words say little"
        )
    return {"low": low, "high": high, "outside": outside, "note": note}


def _representative(predicted: Sequence[Values], mos: Values) -> int:
    scores = [metrics.srcc(values, mos).value for values in predicted]
    order = sorted(range(len(scores)), key=lambda place: (-np.inf if scores[place] is None else scores[place], place))
    return order[(len(order) - 1) // 2]


def _models(rows: Sequence[FitRow]) -> tuple[list[Part], str | None]:
    try:
        return list(generator_parts([row.generator for row in rows])), None
    except ScorerError as error:
        return [], str(error)


def _part(part: Part, values: Values, mos: Values) -> dict[str, Any]:
    ours, theirs = values[part.test], mos[part.test]
    found = {"srcc": metrics.srcc(ours, theirs), "plcc_raw": metrics.plcc(ours, theirs)}
    reasons = [metric.reason for metric in found.values() if metric.reason is not None]
    return {
        "name": part.name,
        "n": len(part.test),
        **{name: metric.value for name, metric in found.items()},
        "reason": reasons[0] if reasons else None,
    }


def _without_scale(figures: Mapping[str, Any], note: str) -> dict[str, Any]:
    words = {**figures["words"], **dict.fromkeys(WORDS_OF_SCALE), "reasons": dict.fromkeys(WORDS_OF_SCALE, note)}
    words["recall"] = dict.fromkeys(words["recall"])
    gone = dict.fromkeys((*OF_SCALE, "accuracy", "rough_accuracy"))
    return {
        **figures,
        **dict.fromkeys(OF_SCALE),
        "reasons": {**figures["reasons"], **dict.fromkeys(OF_SCALE, note)},
        "intervals": {**figures["intervals"], **gone},
        "words": words,
    }


def _spread_without_scale(spread: Mapping[str, Any] | None, note: str) -> dict[str, Any] | None:
    if spread is None:
        return None
    nothing = {"median": None, "sd": None, "n": 0, "reason": note}
    return {**spread, **{name: nothing for name in (*OF_SCALE, *WORDS_OF_SCALE)}}
