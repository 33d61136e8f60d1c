"""Predictors trained anew fold by fold, aspects side by side: ``cross-validate`` in processes of their own."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from .atomic_files import read_json_lines
from .children import run_children
from .cross_validation import fold_file, run_cross_validate
from .protocol import Emitter

Lines = list[dict[str, Any]]


def train_folds(
    aspects: Sequence[str],
    shared: Mapping[str, Any],
    out: Path,
    threads: int,
    emit: Emitter,
    stopping: Callable[[], bool],
) -> tuple[dict[str, Lines], int]:
    """Train what ``out`` doesn't hold yet.

    Args:
        shared: members of ``cross-validate`` that are the same for all aspects.
        threads: aspects trained at a time, a process each; the predictions have the same bits.
    Returns:
        by aspect the lines of ``held_out_lines``, and how many folds were trained now.
    """
    folds = range(int(shared["folds"]))
    files = {aspect: [fold_file(out, aspect, number) for number in folds] for aspect in aspects}
    done = {aspect: sum(path.exists() for path in paths) for aspect, paths in files.items()}
    missing = [aspect for aspect in aspects if done[aspect] < len(folds)]
    before, total = sum(done.values()), len(aspects) * len(folds)

    def on_event(place: int, event: Mapping[str, Any]) -> None:
        if event["event"] == "progress":
            done[missing[place]] = event["done"]
            emit("progress", done=sum(done.values()), total=total, unit="fold", note="training the predictor")

    commands = [{"command": "cross-validate", "aspects": [aspect], "out": str(out), **shared} for aspect in missing]
    if missing:
        emit("progress", done=before, total=total, unit="fold", note="training the predictor")
    if threads > 1 and len(commands) > 1:
        run_children(commands, threads, on_event, stopping)
    else:
        for place, command in enumerate(commands):
            run_cross_validate(command, lambda event, place=place, **fields: on_event(place, {"event": event, **fields}), stopping)
    return {aspect: [line for path in files[aspect] for line in read_json_lines(path)] for aspect in aspects}, total - before
