"""The command ``train-baseline``: one of the paper's baselines on the benchmark's fixed folds, and what it says of each held-out row.

Finished folds and the last epoch of the one under way stay in ``work``, under a name that hangs on everything that decides
them: a killed command goes on, and folds that were trained one by one are put together by asking for all.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import torch

from .atomic_files import read_json_lines, sha256_bytes, write_csv
from .baselines.held_out_fold import BaselineStudy, fold_file, predict_held_out
from .baselines.image_reader import RatedImage
from .baselines.registry import find_baseline
from .benchmark_protocol import FIXED_FOLDS, fixed_folds
from .errors import ConfigError, ScorerError
from .fit_rows import MIN_TRAIN_ROWS, read_fit_rows
from .protocol import Emitter
from .source_image import read_image_bytes

# Raised when a fold's predictions change without a change of its inputs: it is then trained again.
TRAINING_VERSION = 1


def run_train_baseline(command: Mapping[str, Any], emit: Emitter, stopping: Callable[[], bool]) -> dict[str, Any]:
    """Train on the other folds, predict the held-out one.

    Args:
        command: ``baseline``, ``rows`` (as those of ``benchmark``, each with ``image_path``), ``aspect``, ``work`` (folder),
            ``out`` (CSV of name, method, seed, fold and the aspect); optional ``fold`` (1 to 5, all by default), ``epochs``
            (of each stage, instead of its own), ``seed`` (0), ``random_weights`` (False), ``threads`` (1).
    Returns:
        ``out``, ``method``, ``rows``, ``folds``, and of these ``reused``, which were there.
    Raises:
        ConfigError: a baseline, fold or number of epochs that there isn't.
        ScorerError: too few rated rows, an image that can't be read, weights that can't be fetched, or another process at work.
        StopRequested: ``stopping`` said so; the next call goes on after the last whole epoch.
    """
    folds, aspect = _folds(command.get("fold")), str(command["aspect"])
    study = _study(command, aspect)
    method = _method(study, command.get("epochs"))
    if study.random_weights:
        emit("log", message=f"{method}: weights are drawn, not fetched. It shows that the method runs and is no result of it.")
    work = Path(command["work"]) / _key(study, aspect)[:16]
    waiting = [fold for fold in folds if not fold_file(work, fold).exists()]
    threads = torch.get_num_threads()
    torch.set_num_threads(study.threads)
    try:
        for turn in range(len(waiting)):
            predict_held_out(study, waiting, turn, work, emit, stopping)
    finally:
        torch.set_num_threads(threads)
    rows = [
        (line["name"], method, study.seed, fold, line["predicted_mos"])
        for fold in folds
        for line in read_json_lines(fold_file(work, fold))
    ]
    write_csv(Path(command["out"]), [("name", "method", "seed", "fold", aspect), *rows])
    reused = [fold for fold in folds if fold not in waiting]
    return {"out": str(command["out"]), "method": method, "rows": len(rows), "folds": folds, "reused": reused}


def _folds(fold: object) -> list[int]:
    if fold is None:
        return list(range(1, FIXED_FOLDS + 1))
    if type(fold) is not int or not 1 <= fold <= FIXED_FOLDS:
        raise ConfigError(f"fold is {fold!r}, expected 1 to {FIXED_FOLDS}: the fixed folds of the benchmark.")
    return [fold]


def _study(command: Mapping[str, Any], aspect: str) -> BaselineStudy:
    baseline, epochs = find_baseline(str(command["baseline"])), command.get("epochs")
    if epochs is not None:
        if type(epochs) is not int or epochs < 1:
            raise ConfigError(f"epochs is {epochs!r}, expected a whole number from 1 up.")
        baseline = replace(baseline, stages=tuple(replace(stage, epochs=epochs) for stage in baseline.stages))
    return BaselineStudy(
        baseline=baseline,
        folds=_read_images(Path(command["rows"]), aspect),
        seed=int(command.get("seed", 0)),
        random_weights=command.get("random_weights") is True,
        device=torch.device("cuda" if torch.cuda.is_available() else "cpu"),
        threads=max(1, int(command.get("threads", 1))),
    )


def _read_images(path: Path, aspect: str) -> dict[int, list[RatedImage]]:
    """Rated images by fixed fold; the folds are those of all rows, rated or not."""
    rows = read_fit_rows(path)
    folds: dict[int, list[RatedImage]] = {fold: [] for fold in range(1, FIXED_FOLDS + 1)}
    for row, raw, fold in zip(rows, read_json_lines(path), fixed_folds(rows), strict=True):
        if aspect in row.mos:
            folds[fold].append(RatedImage(row.sample_name, Path(raw["image_path"]), row.mos[aspect]))
    sizes = [len(images) for images in folds.values()]
    if sum(sizes) - max(sizes) < MIN_TRAIN_ROWS:
        raise ScorerError(f"{sum(sizes)} images have a MOS of {aspect}: each fold must leave {MIN_TRAIN_ROWS} or more to train on.")
    return folds


def _method(study: BaselineStudy, epochs: int | None) -> str:
    """The name that its rows carry, which says what keeps them from being the method's own."""
    notes = ["random weights"] if study.random_weights else []
    if epochs is not None:
        notes.append(f"{study.epochs} epoch{'' if study.epochs == 1 else 's'}")
    return f"{study.baseline.name} ({', '.join(notes)})" if notes else study.baseline.name


def _key(study: BaselineStudy, aspect: str) -> str:
    """Names everything that decides the predictions, pixels included, but not the machine."""
    baseline = study.baseline
    content = {
        "version": TRAINING_VERSION,
        "baseline": [baseline.name, asdict(baseline.inputs), baseline.loss, [asdict(stage) for stage in baseline.stages]],
        "aspect": aspect,
        "seed": study.seed,
        "random_weights": study.random_weights,
        "images": [
            [fold, image.name, sha256_bytes(read_image_bytes(image.path)), image.mos]
            for fold, images in study.folds.items()
            for image in images
        ],
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
