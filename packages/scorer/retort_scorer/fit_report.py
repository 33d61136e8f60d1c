"""What a fit says of one aspect: intervals, prediction lines, metrics of every head on test rows. The one reader of test MOS."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from .conformal import calibrate
from .evaluation import compare, comparison_note, evaluate
from .fit_heads import SCORER, AspectHeads, Places, Study, Values
from .fit_rows import MOS_RANGE
from .floor_figures import evaluate_floor
from .head_words import head_words, is_floor
from .heads.ensemble import Ensemble
from .heads.predict_heads import shared_predictions
from .seeds import seed_figures

REFERENCE = "kernel-ridge"
CHOSE_EPOCH = "val, which also chose the epoch"


def report_aspect(
    study: Study, aspect: str, fitted: AspectHeads, places: Mapping[str, Places], seed: int, evaluated_mos: Values
) -> dict[str, Any]:
    """``predictions`` (a line a row of val and test and head) and ``metrics``.

    Args:
        places: of val and test rows rated in ``aspect``, and of train rows.
        evaluated_mos: [n] MOS of ``aspect`` as the rows have it; the study's may be shuffled in train and val.
    """
    val, test = places["val"], places["test"]
    column = study.mos[:, study.aspects.index(aspect)]
    predict = shared_predictions(study.inputs)
    predicted = {name: _clipped(predict(head)) for name, head in fitted.heads.items()}
    val_prompts = [study.rows[place].prompt_group for place in val]
    calibrations = {
        name: calibrate(column[val] - values[val], val_prompts, "val" if name in fitted.chosen else CHOSE_EPOCH)
        for name, values in predicted.items()
    }
    test_rows, test_mos = [study.rows[place] for place in test], evaluated_mos[test]
    lines = [
        _prediction_line(study, aspect, name, int(place), float(predicted[name][place]), calibrations[name].half_width)
        for name in predicted
        for place in dict.fromkeys((*val, *test))  # the legacy protocol's val is its test
    ]
    rated = study.rated(aspect, np.arange(len(study.rows)))
    where = {int(place): row for row, place in enumerate(rated)}
    metrics = {
        "n": {split: len(part) for split, part in places.items()},
        "heads": {name: evaluate(test_rows, values[test], test_mos, seed) for name, values in predicted.items()},
        "floor": evaluate_floor(
            [study.rows[place] for place in rated],
            evaluated_mos[rated],
            np.array([where[int(place)] for place in test], dtype=np.int64),
            seed,
            {name: values[rated] for name, values in predicted.items()},
        ),
        "seeds": {
            name: seed_figures(test_rows, [_clipped(predict(member))[test] for member in head.members], test_mos)
            for name, head in fitted.heads.items()
            if name != SCORER and isinstance(head, Ensemble) and len(head.members) > 1
        },
        "conformal": {name: calibration.to_json() for name, calibration in calibrations.items()},
        "chosen": fitted.chosen,
        "best_epoch": fitted.best_epoch,
        **_comparisons(test_rows, predicted, test, test_mos, seed),
    }
    return {"predictions": lines, "metrics": metrics}


def _comparisons(
    rows: Any, predicted: Mapping[str, Values], test: Places, mos: Values, seed: int
) -> dict[str, Any]:
    """Every head against kernel ridge on the same features, paired, where both were fitted; a note of each network's.

    The scorer has none: its difference is in the report's verdict.
    """
    if REFERENCE not in predicted:
        return {"comparisons": {}, "notes": []}
    found = {
        name: compare(rows, values[test], predicted[REFERENCE][test], mos, seed)
        for name, values in predicted.items()
        if name != REFERENCE
    }
    notes = [
        comparison_note(found[name], head_words(name), head_words(REFERENCE))
        for name in found
        if name != SCORER and not is_floor(name)
    ]
    return {"comparisons": found, "notes": notes}


def prediction_interval(predicted_mos: float, half_width: float | None) -> dict[str, float | None]:
    """``low`` and ``high`` around a prediction, within the MOS scale; None where val was too small for a width."""
    if half_width is None:
        return {"low": None, "high": None}
    return {"low": max(MOS_RANGE[0], predicted_mos - half_width), "high": min(MOS_RANGE[1], predicted_mos + half_width)}


def _clipped(predicted: torch.Tensor) -> Values:
    return np.clip(predicted.double().numpy(), *MOS_RANGE)


def _prediction_line(
    study: Study, aspect: str, head: str, place: int, predicted_mos: float, half_width: float | None
) -> dict[str, Any]:
    row = study.rows[place]
    return {
        "sample_name": row.sample_name,
        "aspect": aspect,
        "head": head,
        "split": row.split,
        "mos": row.mos[aspect],
        "predicted_mos": predicted_mos,
        **prediction_interval(predicted_mos, half_width),
    }
