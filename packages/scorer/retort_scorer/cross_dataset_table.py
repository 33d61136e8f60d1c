"""The predictions of an evaluation as a CSV that ``benchmark`` reads: name, method, fold, split, protocol and a column an aspect.

Rows of the trained predictor have the fold that they were held out in; those that the encoder's stages were tuned on are left
out. The checkpoint's have a split where some of them are not new to it: ``train`` for those, ``test`` for the others, so that
``benchmark`` judges the new ones; else the protocol in words.
A row whose image was trained on under another image prompt is left out: as ``train`` it would make its own prompt one that was.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from .atomic_files import write_csv
from .cross_dataset_figures import CHECKPOINT, TRAINED, Judged, checkpoint_protocol, is_seen
from .trained_on import TrainedOn

MARKS = ("name", "method", "fold", "split", "protocol")


def write_table(path: Path, judged: Sequence[Judged], trained_on: TrainedOn | None) -> None:
    """Write every rated row; one that differs by aspect in its fold stands there once for each."""
    aspects = [one.aspect for one in judged]
    found: dict[tuple[str, ...], dict[str, float]] = {}
    for one in judged:
        for marks, value in (*_checkpoint_rows(one, trained_on), *_trained_rows(one)):
            found.setdefault(marks, {})[one.aspect] = value
    ordered = sorted(found, key=lambda marks: (marks[1], marks[0], marks[2]))
    rows = [(*marks, *(found[marks].get(aspect, "") for aspect in aspects)) for marks in ordered]
    write_csv(path, [(*MARKS, *aspects), *rows])


def _checkpoint_rows(one: Judged, trained_on: TrainedOn | None) -> Iterator[tuple[tuple[str, ...], float]]:
    seen = [is_seen(row, trained_on) for row in one.rows]
    some = any(seen) and not all(seen)
    protocol = "" if some else checkpoint_protocol(one.rows, trained_on)
    for row, value, known in zip(one.rows, one.checkpoint, seen, strict=True):
        if some and known and row.image_prompt is not None and trained_on is not None and not trained_on.has_image_prompt(row):
            continue
        split = ("train" if known else "test") if some else ""
        yield (row.sample_name, CHECKPOINT, "", split, protocol), float(value)


def _trained_rows(one: Judged) -> Iterator[tuple[tuple[str, ...], float]]:
    if one.trained is None or one.folds is None:
        return
    for row, value, fold in zip(one.rows, one.trained, one.folds, strict=True):
        if is_seen(row, one.tuned_on):
            continue
        yield (row.sample_name, TRAINED, fold.removeprefix("fold "), "", ""), float(value)
