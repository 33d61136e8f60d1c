"""Any method's predictions, read from JSON lines and sorted into sets: one aspect, method and stated protocol each, by seed."""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .atomic_files import read_json_lines
from .errors import ScorerError
from .fit_rows import SPLITS

NAMED = 5  # names that a finding shows


@dataclass(frozen=True)
class Prediction:
    """One prediction, and what its file says of the row: the fold that was held out for it, or its side of one split."""

    sample_name: str
    value: float
    fold: str | None
    split: str | None


@dataclass
class PredictionSet:
    """What one method says of one aspect. ``seeds`` has predictions by seed (None where the file has none) and name."""

    aspect: str
    method: str
    stated_protocol: str | None
    seeds: dict[str | None, dict[str, Prediction]] = field(default_factory=dict)
    repeated: set[str] = field(default_factory=set)  # names that stand twice with the same prediction: one is kept
    contradictory: set[str] = field(default_factory=set)  # names with several predictions: none is kept


def read_prediction_sets(path: Path) -> list[PredictionSet]:
    """Read ``path``; sets in the order of their first rows.

    Raises:
        ScorerError: a field is missing or impossible, a fold beside a split, or no row at all; names the row.
    """
    sets: dict[tuple[str, str, str | None], PredictionSet] = {}
    for number, raw in enumerate(read_json_lines(path), start=1):
        where = f"row {raw.get('row', number)} of the predictions"
        prediction = _prediction(where, raw)
        aspect, method, stated = str(raw["aspect"]), str(raw["method"]), _text(raw.get("protocol"))
        found = sets.setdefault((aspect, method, stated), PredictionSet(aspect, method, stated))
        _add(found, _text(raw.get("seed")), prediction)
    if not sets:
        raise ScorerError("The file has no prediction: expected a row an image, with its name and its prediction.")
    for found in sets.values():
        for by_name in found.seeds.values():
            for name in found.contradictory:
                by_name.pop(name, None)
    return list(sets.values())


def finding(names: Collection[str]) -> dict[str, Any]:
    """How many rows there are, and the names of the first few, in order."""
    return {"rows": len(names), "names": sorted(names)[:NAMED]}


def _add(found: PredictionSet, seed: str | None, prediction: Prediction) -> None:
    by_name, name = found.seeds.setdefault(seed, {}), prediction.sample_name
    earlier = by_name.get(name)
    if earlier is None:
        by_name[name] = prediction
    elif earlier == prediction:
        found.repeated.add(name)
    else:
        found.contradictory.add(name)


def _prediction(where: str, raw: Mapping[str, Any]) -> Prediction:
    try:
        prediction = Prediction(
            str(raw["sample_name"]), float(raw["predicted_mos"]), _text(raw.get("fold")), _text(raw.get("split"))
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ScorerError(f"{where} lacks a field or has one of the wrong kind ({type(error).__name__}: {error}).") from error
    if not math.isfinite(prediction.value):
        raise ScorerError(f"{where} has the prediction {prediction.value}: expected a finite number.")
    if prediction.fold is not None and prediction.split is not None:
        raise ScorerError(f"{where} has a fold and a split: keep the one by which the row was held out.")
    if prediction.split is not None and prediction.split not in SPLITS:
        raise ScorerError(f"{where} has the split {prediction.split!r}: expected one of {', '.join(SPLITS)}.")
    return prediction


def _text(value: object) -> str | None:
    return None if value is None or str(value) == "" else str(value)
