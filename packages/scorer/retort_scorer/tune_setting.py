"""The command ``tune-setting``: one setting's figures by cross-validation by image prompt, on train rows alone.

``tune`` starts a process a setting. The result file is written last; folds that are done before a kill are not fitted again.
"""

import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from . import metrics
from .atomic_files import write_json
from .cross_validation import held_out_lines
from .descriptions import load_descriptions
from .encoders.registry import describe_encoder
from .fit_config import parse_config
from .fit_heads import SCORER
from .fit_rows import FitRow
from .folds import fold_parts, prompt_folds
from .protocol import Emitter
from .study import load_features, load_rated_rows

TUNED_SPLIT = "train"  # val chooses epochs, test is read once: neither is for choosing a config


def load_tuned_rows(rows_path: Path, aspects: Sequence[str]) -> list[FitRow]:
    """The rated rows that a setting may be judged by."""
    return [row for row in load_rated_rows(rows_path, aspects) if row.split == TUNED_SPLIT]


def run_tune_setting(command: Mapping[str, Any], emit: Emitter, stopping: Callable[[], bool]) -> dict[str, Any]:
    """Cross-validate ``config`` into the file ``result``; the other members are those of ``tune``.

    Returns:
        ``result``, whose file holds ``score`` (mean over aspects of the mean of SRCC and PLCC of the scorer over all held-out
        rows, None where one can't be computed), ``aspects`` and ``seconds``.
    """
    started, result_path = time.monotonic(), Path(command["result"])
    work = result_path.with_suffix("")
    work.mkdir(parents=True, exist_ok=True)
    config, encoder = parse_config(command["config"]), describe_encoder(str(command["encoder"]))
    config = replace(config, heads=config.members)  # heads that the scorer doesn't average decide nothing here
    aspects = {}
    for aspect in [str(aspect) for aspect in command["aspects"]]:
        rows = load_tuned_rows(Path(command["rows"]), [aspect])
        store = Path(command["feature_store"])
        table, descriptions = load_features(store, encoder, rows), load_descriptions(store, encoder, rows, [aspect], config)
        fold_of = prompt_folds([row.prompt_group for row in rows], int(command["folds"]), int(command["seed"]))
        parts = list(fold_parts(fold_of))
        lines = held_out_lines(rows, table, encoder, aspect, config, parts, work, emit, stopping, descriptions)
        aspects[aspect] = {"n": len(lines), "heads": _figures(rows, aspect, lines)}
    seconds = round(time.monotonic() - started, 1)
    write_json(result_path, {"score": _score(aspects), "aspects": aspects, "seconds": seconds})
    shutil.rmtree(work)
    return {"result": str(result_path)}


def _figures(rows: Sequence[FitRow], aspect: str, lines: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """By head: SRCC and PLCC over all held-out rows, and in each fold."""
    folds = list(dict.fromkeys(line["held_out"] for line in lines))
    return {
        head: {
            **_agreement(rows, aspect, lines, head),
            "folds": [
                _agreement(rows, aspect, [line for line in lines if line["held_out"] == fold], head) for fold in folds
            ],
        }
        for head in lines[0]["predicted"]
    }


def _agreement(rows: Sequence[FitRow], aspect: str, lines: Sequence[Mapping[str, Any]], head: str) -> dict[str, Any]:
    mos = np.array([rows[line["row"]].mos[aspect] for line in lines])
    predicted = np.array([line["predicted"][head] for line in lines])
    return {"srcc": metrics.srcc(predicted, mos).value, "plcc": metrics.plcc(predicted, mos).value}


def _score(aspects: Mapping[str, Mapping[str, Any]]) -> float | None:
    figures = [entry["heads"][SCORER][name] for entry in aspects.values() for name in ("srcc", "plcc")]
    return None if None in figures else sum(figures) / len(figures)
