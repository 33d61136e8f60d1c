"""The figures of the metadata-only floor: on the rows that heads are judged on, and on all rated rows as the audit has them."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import metrics
from .evaluation import compare, evaluate
from .fit_rows import FitRow
from .floor import DEFINITION, Floor, predict_floor
from .words import word_agreement, word_index, word_metrics

Values = NDArray[np.float64]
Places = NDArray[np.int64]

# A setting's rows have five predictions at most, each the mean of the others: what they rank is the folds.
WITHIN = "the floor knows nothing within a generator setting but the fold"


def floor_of_rows(rows: Sequence[FitRow], mos: Values) -> Floor:
    """The floor of rated rows; a row whose setting nobody knows has its generator's name for one, as in the audit."""
    return predict_floor([row.setting for row in rows], [row.image_prompt for row in rows], mos)


def evaluate_floor(
    rows: Sequence[FitRow], mos: Values, places: Places, seed: int, heads: Mapping[str, Values] | None = None
) -> dict[str, Any]:
    """All figures of the floor that ``rows`` give, on the rows at ``places``.

    Args:
        mos: [rows], of one aspect, as people gave them.
        places: rows that the heads are judged on; those without a prediction are left out, and ``missing`` counts them.
        heads: predictions by head, [rows] each, for ``head_minus_floor``.
    Returns:
        as ``evaluate``; beside it ``definition``, ``reason`` (why there is no floor), ``commonest_word`` (as
        ``word_agreement``), ``head_minus_floor`` (as ``compare``, by head, on the floor's test rows) and ``all_rows`` (n, srcc,
        plcc_raw, accuracy, rough_accuracy over all rated rows: the audit's figures).
    """
    floor = floor_of_rows(rows, mos)
    predicted = np.array([np.nan if value is None else value for value in floor.mos], dtype=np.float64)
    known = places[np.isfinite(predicted[places])]
    test_rows = [rows[place] for place in known]
    found = evaluate(test_rows, predicted[known], mos[known], seed)
    commonest = word_agreement([floor.words[place] or 0 for place in known], word_index(mos[known]))
    nothing = {"srcc_mean": None, "srcc_worst": None, "n_settings": 0, "worst_generator_setting": None, "reason": WITHIN}
    return {
        "definition": DEFINITION,
        "reason": floor.reason,
        "missing": len(places) - len(known),
        **found,
        "within_generator": nothing,
        "commonest_word": commonest,
        "head_minus_floor": {
            head: compare(test_rows, values[known], predicted[known], mos[known], seed)
            for head, values in (heads or {}).items()
        },
        "all_rows": _audit_figures(predicted, mos),
    }


def _audit_figures(predicted: Values, mos: Values) -> dict[str, Any]:
    known = np.isfinite(predicted)
    words = word_metrics(predicted[known], mos[known])
    return {
        "n": int(known.sum()),
        "srcc": metrics.srcc(predicted[known], mos[known]).value,
        "plcc_raw": metrics.plcc(predicted[known], mos[known]).value,
        "accuracy": words["accuracy"],
        "rough_accuracy": words["rough_accuracy"],
    }
