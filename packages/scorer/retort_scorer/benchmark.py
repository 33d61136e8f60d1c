"""The command ``benchmark``: any method's predictions on fixed splits of a dataset, with floor, stored runs and leak report."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .atomic_files import write_json
from .benchmark_figures import measure
from .benchmark_predictions import PredictionSet, finding, read_prediction_sets
from .benchmark_protocol import FIXED_FOLDS, FIXED_SEED, HeldOut, fixed_folds, held_out
from .benchmark_stored import StoredRun, compare_with_stored, read_stored_runs
from .errors import ScorerError, StopRequested
from .fit_rows import FitRow, read_fit_rows
from .protocol import Emitter

Values = NDArray[np.float64]

SPLITS_NOTE = f"{FIXED_FOLDS} folds by image prompt (seed {FIXED_SEED}), and one text-to-image model left out at a time"


def run_benchmark(command: Mapping[str, Any], emit: Emitter, stopping: Callable[[], bool]) -> dict[str, Any]:
    """Judge the predictions in ``command["predictions"]`` on the rows in ``command["rows"]``; the document goes to ``out``.

    ``stored`` (predictions of stored runs) may be null; ``published_split`` says that the rows' splits are the published ones.

    Raises:
        ScorerError: a file can't be used, or no name in it is the dataset's.
    """
    rows = read_fit_rows(Path(command["rows"]))
    sets = read_prediction_sets(Path(command["predictions"]))
    stored = read_stored_runs(Path(command["stored"])) if command.get("stored") else []
    folds = fixed_folds(rows)
    entries = []
    for done, found in enumerate(sets):
        if stopping():
            raise StopRequested
        emit("progress", done=done, total=len(sets), unit="method", note=f"{found.method}, {found.aspect}")
        entries.append(_entry(found, rows, folds, stored, command.get("published_split") is True))
    document = {
        "splits": {"note": SPLITS_NOTE, "folds": FIXED_FOLDS, "seed": FIXED_SEED},
        "methods": entries,
        "stored": [run.to_json(rows) for run in stored if run.aspect in {found.aspect for found in sets} and run.is_of(rows)],
    }
    write_json(Path(command["out"]), document)
    return {"out": str(command["out"]), "methods": len(entries)}


def run_write_splits(command: Mapping[str, Any], emit: Emitter, stopping: Callable[[], bool]) -> dict[str, Any]:
    """The fixed folds of ``command["rows"]``: name, prompt fold and model a row."""
    rows = read_fit_rows(Path(command["rows"]))
    folds = fixed_folds(rows)
    return {
        "rows": [
            {"name": row.sample_name, "prompt_fold": fold, "model": row.generator}
            for row, fold in zip(rows, folds, strict=True)
        ]
    }


def _entry(
    found: PredictionSet, rows: Sequence[FitRow], folds: Sequence[int], stored: Sequence[StoredRun], published: bool
) -> dict[str, Any]:
    by_name = {row.sample_name: row for row in rows}
    fold_of = dict(zip(by_name, folds, strict=True))
    seeds = {
        seed: held_out(predictions, by_name, fold_of, found.stated_protocol, published)
        for seed, predictions in found.seeds.items()
    }
    protocol = "; ".join(sorted({seed.protocol for seed in seeds.values()}))
    rated = [row for row in rows if found.aspect in row.mos]
    common = set.intersection(*(set(seed.judged) for seed in seeds.values()))
    places = np.array([place for place, row in enumerate(rated) if row.sample_name in common], dtype=np.int64)
    checks = _checks(found, by_name, seeds, rated)
    if len(places) == 0:
        raise ScorerError(_nothing_judged(found, by_name, seeds, rated))
    judged = [rated[place].sample_name for place in places]
    predicted = [np.array([found.seeds[seed][name].value for name in judged]) for seed in found.seeds]
    measured = measure(rated, places, predicted, list(found.seeds), found.aspect, fold_of)
    chosen = predicted[list(found.seeds).index(measured["representative_seed"])]
    return {
        "aspect": found.aspect,
        "method": found.method,
        "protocol": protocol,
        "stated_protocol": found.stated_protocol,
        "n": len(judged),
        "coverage": len(judged) / len(rated),
        **measured,
        "leaks": checks,
        "minus_stored": [
            compare_with_stored(run, [rated[place] for place in places], chosen, protocol)
            for run in stored
            if run.aspect == found.aspect
        ],
    }


def _checks(
    found: PredictionSet, by_name: Mapping[str, FitRow], seeds: Mapping[str | None, HeldOut], rated: Sequence[FitRow]
) -> dict[str, Any]:
    """The leak report: each finding counts rows, and names a few of them."""
    names = set().union(*(set(predictions) for predictions in found.seeds.values()))
    everywhere = set.intersection(*(set(predictions) for predictions in found.seeds.values()))
    stated = [seed for seed in seeds.values() if seed.leaked is not None]
    return {
        "prompt_in_train": finding({name for seed in stated for name in seed.leaked or ()}) if stated else None,
        "generator_in_train": finding({name for seed in stated for name in seed.seen_generator or ()}) if stated else None,
        "repeated_names": finding(found.repeated),
        "contradictory_names": finding(found.contradictory),
        "unknown_names": finding(names - set(by_name)),
        "without_rating": finding({name for name in names if name in by_name and found.aspect not in by_name[name].mos}),
        "without_prediction": finding({row.sample_name for row in rated} - everywhere),
    }


def _nothing_judged(
    found: PredictionSet, by_name: Mapping[str, FitRow], seeds: Mapping[str | None, HeldOut], rated: Sequence[FitRow]
) -> str:
    names = sorted(set().union(*(set(predictions) for predictions in found.seeds.values())))
    where = f"{found.method}, {found.aspect}"
    if not rated:
        return f"{where}: the dataset has no MOS for {found.aspect}."
    if not any(name in by_name for name in names):
        example = f"{names[0]!r}" if names else "none left after contradictory ones"
        return f"{where}: no name is an image of the dataset ({example}; the dataset has {rated[0].sample_name!r})."
    if not any(seed.judged for seed in seeds.values()):
        return f"{where}: no row is test: rows that were trained on are not judged."
    return f"{where}: no rated image has a prediction of every seed."
