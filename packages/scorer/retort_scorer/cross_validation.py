"""The command ``cross-validate``: every head of a config on held-out image prompts, fold by fold, and what they come to together.

All rated rows take part, whatever their split, or those of ``splits`` alone. A fold's reduction, heads and everything chosen
on the way see the other folds' rows only, and no val chooses an epoch: a network trains for its whole schedule.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from .atomic_files import read_json_lines, write_json_lines
from .conformal import held_out_coverage
from .descriptions import Descriptions, load_descriptions, require_descriptions
from .encoders.encoder import EncoderSpec
from .encoders.registry import describe_encoder
from .evaluation import compare, comparison_note, evaluate
from .feature_table import FeatureTable
from .fit_config import FitConfig, parse_config
from .fit_heads import SCORER, Places, Progress, fit_heads
from .fit_rows import MOS_RANGE, FitRow
from .folds import Part, fold_parts, generator_parts, prompt_folds
from .head_words import head_words, is_floor
from .heads.predict_heads import shared_predictions
from .protocol import Emitter
from .study import build_study, load_features, load_rated_rows

REFERENCE = "kernel-ridge"
FOLDS = 5


def run_cross_validate(command: Mapping[str, Any], emit: Emitter, stopping: Callable[[], bool]) -> dict[str, Any]:
    """Cross-validate.

    Args:
        command: ``feature_store``, ``rows``, ``aspects``, ``out`` (folder); optional ``encoder``, ``config``, ``folds`` (5),
            ``seed`` (of the folds), ``splits`` (rows that take part, all by default), ``by`` ("image-prompt" or "generator").
    Returns:
        by aspect: ``heads`` (``evaluate``'s figures by head over all held-out rows), ``comparisons`` with kernel ridge, paired, and
        ``coverage`` of the scorer's 90 % intervals (``held_out_coverage``).
        ``out`` keeps the predictions of each finished fold, so that a killed run goes on.
    """
    config, encoder = parse_config(command.get("config") or {}), describe_encoder(str(command.get("encoder", "embedded")))
    out, splits = Path(command["out"]), command.get("splits")
    out.mkdir(parents=True, exist_ok=True)
    result: dict[str, Any] = {"encoder": encoder.name, "config": config.to_json(), "aspects": {}}
    for aspect in [str(aspect) for aspect in command["aspects"]]:
        rows = [row for row in load_rated_rows(Path(command["rows"]), [aspect]) if splits is None or row.split in splits]
        require_descriptions(rows, [aspect], config)
        store = Path(command["feature_store"])
        table, descriptions = load_features(store, encoder, rows), load_descriptions(store, encoder, rows, [aspect], config)
        parts = list(_parts(rows, str(command.get("by", "image-prompt")), int(command.get("folds", FOLDS)), command.get("seed", 0)))
        lines = held_out_lines(rows, table, encoder, aspect, config, parts, out, emit, stopping, descriptions)
        result["aspects"][aspect] = summarise(rows, aspect, lines, config.seed)
    return result


def held_out_lines(
    rows: Sequence[FitRow],
    table: FeatureTable,
    encoder: EncoderSpec,
    aspect: str,
    config: FitConfig,
    parts: Sequence[Part],
    out: Path,
    emit: Emitter,
    stopping: Callable[[], bool],
    descriptions: Descriptions,
) -> list[dict[str, Any]]:
    """A line a held-out row of each of ``parts``: ``row``, ``held_out`` and the predictions by head.

    Parts whose lines are in the folder ``out`` are not fitted again.
    """
    lines: list[dict[str, Any]] = []
    for number, part in enumerate(parts):
        path = fold_file(out, aspect, number)
        if not path.exists():
            folder = out / f"{aspect}.{number}"
            folder.mkdir(exist_ok=True)
            write_json_lines(path, _fold(rows, table, encoder, aspect, config, part, folder, stopping, descriptions))
        lines += read_json_lines(path)
        emit("progress", done=number + 1, total=len(parts), unit="fold", note=aspect)
    return lines


def fold_file(out: Path, aspect: str, number: int) -> Path:
    """Where the lines of fold ``number``, counted from 0, are once it is finished."""
    return out / f"{aspect}.{number}.jsonl"


def _parts(rows: Sequence[FitRow], by: str, folds: int, seed: int) -> Iterator[Part]:
    fold_of = prompt_folds([row.prompt_group for row in rows], folds, seed)
    return generator_parts([row.generator for row in rows], fold_of) if by == "generator" else fold_parts(fold_of)


def _fold(
    rows: Sequence[FitRow],
    table: FeatureTable,
    encoder: EncoderSpec,
    aspect: str,
    config: FitConfig,
    part: Part,
    folder: Path,
    stopping: Callable[[], bool],
    descriptions: Descriptions,
) -> list[dict[str, Any]]:
    """A line a held-out row: its predictions by head."""
    study = build_study(rows, table, encoder, (aspect,), part.train, descriptions)
    nothing: Places = np.zeros(0, dtype=np.int64)
    fitted, _ = fit_heads(study, config, part.train, nothing, folder, Progress(lambda *_: None, stopping))
    predict = shared_predictions(study.inputs)
    predicted = {name: np.clip(predict(head).double().numpy(), *MOS_RANGE) for name, head in fitted[aspect].heads.items()}
    return [
        {
            "row": int(place),
            "sample_name": rows[place].sample_name,
            "held_out": part.name,
            "predicted": {name: float(values[place]) for name, values in predicted.items()},
        }
        for place in part.test
    ]


def summarise(rows: Sequence[FitRow], aspect: str, lines: Sequence[Mapping[str, Any]], seed: int) -> dict[str, Any]:
    """Figures over all held-out rows of ``lines``."""
    places = [line["row"] for line in lines]
    held, mos = [rows[place] for place in places], np.array([rows[place].mos[aspect] for place in places])
    predicted = {name: np.array([line["predicted"][name] for line in lines]) for name in lines[0]["predicted"]}
    prompts, held_out = [row.prompt_group for row in held], [str(line["held_out"]) for line in lines]
    comparisons = {
        name: compare(held, values, predicted[REFERENCE], mos, seed)
        for name, values in predicted.items()
        if REFERENCE in predicted and name != REFERENCE
    }
    return {
        "heads": {name: evaluate(held, values, mos, seed) for name, values in predicted.items()},
        "comparisons": comparisons,
        "coverage": held_out_coverage(mos - predicted[SCORER], prompts, held_out),
        "notes": [
            comparison_note(found, head_words(name), head_words(REFERENCE))
            for name, found in comparisons.items()
            if not is_floor(name)
        ],
    }
