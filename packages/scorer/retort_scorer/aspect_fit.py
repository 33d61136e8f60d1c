"""The command ``fit-aspect``: one aspect's head and its reference, trained and evaluated. ``fit`` starts one process an
aspect.

Its result stands in the state folder, the JSON last: a process that finds it there has nothing to do. A lock on the
aspect keeps a successor waiting until a predecessor that is being killed is gone.
"""

import fcntl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import save

from .atomic_files import remove_temporary, write_bytes, write_json
from .conformal import calibrate
from .encoders.encoder import EncoderSpec
from .encoders.registry import describe_encoder
from .evaluation import compare, comparison_note, evaluate
from .feature_table import FeatureTable, load_feature_table
from .fit_config import ASPECTS_OF_PROMPT, FitConfig, parse_config
from .fit_rows import MOS_RANGE, FitRow, read_fit_rows
from .floor_figures import evaluate_floor
from .heads.kernel_ridge import fit_kernel_ridge
from .protocol import Emitter
from .training import TrainingData, best_epoch, train_head

Values = NDArray[np.float64]

CALIBRATED_ON = {"xlstm": "val, which also chose the epoch"}


@dataclass(frozen=True)
class AspectRows:
    """The rated rows of one aspect with their features, and where each split lies in them."""

    encoder: EncoderSpec
    rows: Sequence[FitRow]
    table: FeatureTable
    mos: Values
    places: Mapping[str, NDArray[np.int64]]


def run_fit_aspect(command: Mapping[str, Any], emit: Emitter, stopping: Callable[[], bool]) -> dict[str, Any]:
    """Fit ``aspect`` of ``rows`` into the folder ``state``; ``feature_store``, ``encoder`` and ``config`` as in ``fit``."""
    aspect, folder = str(command["aspect"]), Path(command["state"])
    result_path = folder / f"{aspect}.json"
    with (folder / f"{aspect}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not result_path.exists():
            remove_temporary(folder / aspect)
            config = parse_config(command["config"])
            data = _load(command, aspect, config)
            write_json(result_path, _fit(data, aspect, config, folder, emit, stopping))
    return {"result": str(result_path)}


def _load(command: Mapping[str, Any], aspect: str, config: FitConfig) -> AspectRows:
    rows = [row for row in read_fit_rows(Path(command["rows"])) if aspect in row.mos]
    encoder = describe_encoder(str(command["encoder"]))
    table = load_feature_table(
        Path(command["feature_store"]),
        encoder.revisions,
        [row.image_hash for row in rows],
        [row.text_key for row in rows],
    )
    splits = np.array([row.split for row in rows])
    places = {split: np.flatnonzero(splits == split) for split in ("train", "val", "test")}
    mos = np.array([row.mos[aspect] for row in rows])
    if config.shuffle_train_mos:
        random = np.random.default_rng(config.seed)
        for split in ("train", "val"):
            mos[places[split]] = random.permutation(mos[places[split]])
    return AspectRows(encoder, rows, table, mos, places)


def _fit(
    data: AspectRows, aspect: str, config: FitConfig, folder: Path, emit: Emitter, stopping: Callable[[], bool]
) -> dict[str, Any]:
    train, val = data.places["train"], data.places["val"]

    def on_epoch(line: dict[str, Any], epochs: int) -> None:
        for name, split in (("train_loss", "train"), ("val_loss", "val"), ("val_srcc", "val"), ("val_plcc", "val")):
            short = name.removeprefix(f"{split}_")
            emit("metric", aspect=aspect, epoch=line["epoch"], split=split, name=short, value=line[name])
        emit("progress", done=line["epoch"], total=epochs, unit="epoch", note=aspect)

    training = TrainingData(
        data.table,
        torch.from_numpy(train),
        torch.from_numpy(data.mos[train]).float(),
        torch.from_numpy(val),
        torch.from_numpy(data.mos[val]).float(),
    )
    head, history = train_head(training, config, folder / aspect / "resume.pt", on_epoch, stopping)
    reference = fit_kernel_ridge(
        data.table.image_vectors.double().numpy(),
        data.encoder.levels_of(data.table.image_vectors.shape[1]),
        _unit_texts(data.table) if aspect in ASPECTS_OF_PROMPT else None,
        data.mos,
        train,
        [row.prompt_group for row in data.rows],
    )
    emit("log", message=f"{aspect}: kernel ridge chose gamma {reference.gamma}, alpha {reference.alpha} within train")
    predicted = {
        "xlstm": np.clip(head.predict(data.table).double().numpy(), *MOS_RANGE),
        "kernel-ridge": np.clip(reference.predicted, *MOS_RANGE),
    }
    weights = {f"{aspect}.{name}": tensor.contiguous() for name, tensor in head.state_dict().items()}
    write_bytes(folder / f"{aspect}.safetensors", save(weights))
    report = _report(data, aspect, predicted, config.seed)
    report["metrics"]["best_epoch"] = best_epoch(history)
    return {
        "history": [{"aspect": aspect, **line} for line in history],
        "head_widths": list(data.table.widths),
        "kernel_ridge": {"gamma": reference.gamma, "alpha": reference.alpha},
        **report,
    }


def _report(data: AspectRows, aspect: str, predicted: Mapping[str, Values], seed: int) -> dict[str, Any]:
    """Intervals, prediction lines and test metrics: the one place that reads the test MOS."""
    val, test = data.places["val"], data.places["test"]
    val_prompts = [data.rows[place].prompt_group for place in val]
    calibrations = {
        head: calibrate(data.mos[val] - values[val], val_prompts, CALIBRATED_ON.get(head, "val"))
        for head, values in predicted.items()
    }
    test_rows, test_mos = [data.rows[place] for place in test], data.mos[test]
    comparison = compare(test_rows, predicted["xlstm"][test], predicted["kernel-ridge"][test], test_mos, seed)
    return {
        "predictions": [
            _prediction_line(data, aspect, head, int(place), float(predicted[head][place]), calibrations[head].half_width)
            for head in predicted
            for place in (*val, *test)
        ],
        "metrics": {
            "n": {split: len(places) for split, places in data.places.items()},
            "heads": {head: evaluate(test_rows, values[test], test_mos, seed) for head, values in predicted.items()},
            "floor": evaluate_floor(data.rows, np.array([row.mos[aspect] for row in data.rows]), test, seed, predicted),
            "conformal": {head: calibration.to_json() for head, calibration in calibrations.items()},
            "comparison": comparison,
            "notes": [comparison_note(comparison)],
        },
    }


def _prediction_line(
    data: AspectRows, aspect: str, head: str, place: int, predicted_mos: float, half_width: float | None
) -> dict[str, Any]:
    row = data.rows[place]
    return {
        "sample_name": row.sample_name,
        "aspect": aspect,
        "head": head,
        "split": row.split,
        "mos": row.mos[aspect],
        "predicted_mos": predicted_mos,
        **prediction_interval(predicted_mos, half_width),
    }


def prediction_interval(predicted_mos: float, half_width: float | None) -> dict[str, float | None]:
    """``low`` and ``high`` around a prediction, within the MOS scale; None where val was too small for a width."""
    if half_width is None:
        return {"low": None, "high": None}
    return {"low": max(MOS_RANGE[0], predicted_mos - half_width), "high": min(MOS_RANGE[1], predicted_mos + half_width)}


def _unit_texts(table: FeatureTable) -> Values:
    vectors = table.text_vectors.double()
    return (vectors / vectors.norm(dim=1, keepdim=True).clamp_min(1e-12)).numpy()
