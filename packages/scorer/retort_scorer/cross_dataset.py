"""The command ``evaluate``: a checkpoint on a dataset's ratings, as it is, and with its predictor trained anew on that dataset.

Training the predictor anew is the paper's TP: the encoder stays, the scorer's heads are fitted with the checkpoint's config on
the other folds' rows (cross_validation.py). Trained folds are kept in ``work``: the same command trains nothing twice.
"""

import fcntl
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from .atomic_files import read_json_lines, write_json, write_json_lines
from .checkpoint import Checkpoint, read_checkpoint
from .cross_dataset_figures import Judged, evaluate_aspect
from .cross_dataset_rows import Folds, common_aspects, judgeable, require_trainable
from .cross_dataset_table import write_table
from .cross_validation import FOLDS
from .encode import run_encode
from .encoders.registry import describe_encoder
from .encoders.tuned import stages_of
from .errors import ImageUnreadableError, StopRequested
from .fit_config import parse_config
from .fit_heads import SCORER
from .fit_rows import MOS_RANGE, FitRow, read_fit_rows
from .protocol import Emitter
from .stored_encoder import require_same_revisions
from .study import load_features
from .train_folds import Lines, train_folds

# Raised when a trained fold would come out otherwise without a change of its inputs: folds of before are then trained again.
EVALUATE_VERSION = 1


def run_evaluate(command: Mapping[str, Any], emit: Emitter, stopping: Callable[[], bool]) -> dict[str, Any]:
    """Evaluate ``checkpoint`` on ``rows`` into the JSON document ``out``.

    Args:
        command: ``checkpoint``, ``feature_store``, ``rows`` (see fit_rows; their splits mean nothing here), ``images`` (see
            encode), ``work`` (folder), ``out``; optional ``train_predictor`` (False), ``folds`` (5), ``seed`` (0, of the folds),
            ``predictions`` (a CSV to write), ``code`` (names the program's code: folds of another one are trained again),
            ``threads`` (images encoded, and aspects trained, at a time; it changes no result).
    Returns:
        ``out``, and ``trained_folds``: how many were trained now.
    Raises:
        CheckpointUnreadableError: no scorer, or one on other features than this program makes.
        NothingToEvaluateError: no aspect in common, or too few rows to train on.
        StopRequested: ``stopping`` said so; features and whole folds are kept.
    """
    path = Path(command["checkpoint"])
    checkpoint, all_rows = read_checkpoint(path), read_fit_rows(Path(command["rows"]))
    require_same_revisions(checkpoint, path)
    aspects = common_aspects(checkpoint.aspects, all_rows)
    rows = [judgeable(row, aspects) for row in all_rows]
    folds = Folds(int(command.get("folds", FOLDS)), int(command.get("seed", 0))) if command.get("train_predictor") else None
    for aspect in [] if folds is None else aspects:
        require_trainable(rows, aspect, folds)
    threads = max(1, int(command.get("threads", 1)))
    wanted = {name: command[name] for name in ("feature_store", "images")}
    failed = run_encode({**wanted, "encoder": checkpoint.encoder, "threads": threads}, emit, stopping)["failed"]
    readable = _readable(rows, aspects, failed)
    trained, trained_now = ({}, 0) if folds is None else _train(command, checkpoint, readable, aspects, folds, emit, stopping)
    judged = [_judge(aspect, checkpoint, Path(command["feature_store"]), readable, trained.get(aspect)) for aspect in aspects]
    entries = []
    for done, one in enumerate(judged):
        if stopping():
            raise StopRequested
        emit("progress", done=done, total=len(judged), unit="aspect", note=f"figures of {one.aspect}")
        entries.append(evaluate_aspect(one, checkpoint.trained_on, checkpoint.aspects[one.aspect].half_width, rows))
    if command.get("predictions"):
        write_table(Path(command["predictions"]), judged, checkpoint.trained_on)
    write_json(Path(command["out"]), _document(checkpoint, all_rows, entries, failed, folds))
    return {"out": str(command["out"]), "trained_folds": trained_now}


def _readable(rows: Sequence[FitRow], aspects: Sequence[str], failed: Sequence[Mapping[str, Any]]) -> list[FitRow]:
    """Rows whose image has features. Raises ImageUnreadableError where an aspect has none left."""
    broken = {image["image_hash"] for image in failed}
    readable = [row for row in rows if row.image_hash not in broken]
    for aspect in aspects:
        if not any(aspect in row.mos for row in readable):
            raise ImageUnreadableError(f"No image rated in {aspect} can be read, the first is {failed[0]['path']}: {failed[0]['reason']}")
    return readable


def _train(
    command: Mapping[str, Any],
    checkpoint: Checkpoint,
    rows: Sequence[FitRow],
    aspects: Sequence[str],
    folds: Folds,
    emit: Emitter,
    stopping: Callable[[], bool],
) -> tuple[dict[str, Lines], int]:
    """Predictors on these rows; what they are made of names their folder in ``work``."""
    config = replace(parse_config(checkpoint.header["config"]), description_weight=0.0)  # nobody has described these rows
    settings = {
        "encoder": checkpoint.encoder,
        "config": replace(config, heads=config.members).to_json(),  # other heads than the scorer's don't predict
        "folds": folds.count,
        "seed": folds.seed,
    }
    lines = [_row_line(row) for row in rows]
    about = {"version": EVALUATE_VERSION, "code": command.get("code"), "revision": checkpoint.revisions.name, "rows": lines}
    named = {**settings, "encoder": checkpoint.header["encoder"]}  # wherever the checkpoint lies
    key = hashlib.sha256(json.dumps({**about, **named}, sort_keys=True).encode()).hexdigest()
    work = Path(command["work"]) / key[:16]
    write_json_lines(work / "rows.jsonl", lines)
    shared = {"feature_store": command["feature_store"], "rows": str(work / "rows.jsonl"), **settings}
    with (work / ".lock").open("w") as lock:  # a predecessor that is being killed may still be at it
        fcntl.flock(lock, fcntl.LOCK_EX)
        return train_folds(aspects, shared, work, max(1, int(command.get("threads", 1))), emit, stopping)


def _row_line(row: FitRow) -> dict[str, Any]:
    """As ``read_fit_rows`` takes it."""
    fields = asdict(row)
    return {**{name: value for name, value in fields.items() if name not in ("features", "descriptions")}, "feature_key": row.features}


@torch.no_grad()
def _judge(aspect: str, checkpoint: Checkpoint, store: Path, rows: Sequence[FitRow], lines: Lines | None) -> Judged:
    """The rows rated in ``aspect`` with the checkpoint's predictions, and those in ``lines`` of a trained predictor."""
    rated = [row for row in rows if aspect in row.mos]
    table = load_features(store, describe_encoder(checkpoint.encoder), rated)
    predicted = np.clip(checkpoint.aspects[aspect].predict(table).double().numpy(), *MOS_RANGE)
    mos = np.array([row.mos[aspect] for row in rated])
    if lines is None:
        return Judged(aspect, rated, mos, predicted, None, None)
    held = sorted(lines, key=lambda line: line["row"])  # each row is held out once
    trained = np.array([line["predicted"][SCORER] for line in held])
    stages = stages_of(checkpoint.encoder)
    tuned_on = None if stages is None else stages.train.joined(stages.val)
    return Judged(aspect, rated, mos, predicted, trained, [str(line["held_out"]) for line in held], tuned_on)


def _document(
    checkpoint: Checkpoint,
    rows: Sequence[FitRow],
    entries: Sequence[Mapping[str, Any]],
    failed: Sequence[Mapping[str, Any]],
    folds: Folds | None,
) -> dict[str, Any]:
    rated = {aspect for row in rows for aspect in row.mos}
    seen = checkpoint.trained_on
    return {
        "encoder": checkpoint.header["encoder"],
        "trained_on": None if seen is None else seen.describe(),
        "refit": checkpoint.header.get("refit"),
        "protocol_note": checkpoint.header.get("protocol_note"),
        "folds": None if folds is None else asdict(folds),
        "aspects": list(entries),
        "only_in_checkpoint": [aspect for aspect in checkpoint.aspects if aspect not in rated],
        "only_in_dataset": sorted(rated - set(checkpoint.aspects)),
        "unreadable": [{"path": str(image["path"]), "reason": str(image["reason"])} for image in failed],
    }
