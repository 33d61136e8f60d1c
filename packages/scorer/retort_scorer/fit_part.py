"""The command ``fit-part``: the heads of one aspect, or of all together, trained and evaluated. ``fit`` starts a process a
part.

Its result stands in the state folder, the JSON last: a process that finds it there has nothing to do. A lock on the
part keeps a successor waiting until a predecessor that is being killed is gone.
"""

import fcntl
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.torch import save

from .atomic_files import remove_temporary, write_bytes, write_json
from .descriptions import load_descriptions
from .encoders.registry import describe_encoder
from .fit_config import FitConfig, parse_config
from .fit_heads import SCORER, Places, Progress, Study, fit_heads
from .fit_report import report_aspect
from .protocol import Emitter
from .legacy_protocol import LEGACY
from .refit import refit_heads
from .study import build_study, load_features, load_rated_rows, split_places


def run_fit_part(command: Mapping[str, Any], emit: Emitter, stopping: Callable[[], bool]) -> dict[str, Any]:
    """Fit ``aspects`` of ``rows`` into the folder ``state``; the other members are those of ``fit``."""
    aspects, folder = [str(aspect) for aspect in command["aspects"]], Path(command["state"])
    part = part_name(aspects)
    result_path = folder / f"{part}.json"
    with (folder / f"{part}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not result_path.exists():
            (folder / part).mkdir(exist_ok=True)
            remove_temporary(folder / part)
            write_json(result_path, _fit(command, aspects, folder, emit, stopping))
    return {"result": str(result_path)}


def part_name(aspects: Sequence[str]) -> str:
    """Name of the files of a part."""
    return "-".join(aspects)


def _fit(
    command: Mapping[str, Any], aspects: Sequence[str], folder: Path, emit: Emitter, stopping: Callable[[], bool]
) -> dict[str, Any]:
    config, encoder = parse_config(command["config"]), describe_encoder(str(command["encoder"]))
    rows = load_rated_rows(Path(command["rows"]), aspects)
    places = split_places(rows, command.get("protocol") == LEGACY)
    store = Path(command["feature_store"])
    descriptions = load_descriptions(store, encoder, rows, aspects, config)
    study = build_study(rows, load_features(store, encoder, rows), encoder, aspects, places["train"], descriptions)
    evaluated_mos = study.mos.copy()
    if config.shuffle_train_mos:
        _shuffle(study, config, places)
    part = part_name(aspects)
    progress = _progress(emit, stopping)
    fitted, history = fit_heads(study, config, places["train"], places["val"], folder / part, progress)
    rated = {
        aspect: {split: study.rated(aspect, part_places) for split, part_places in places.items()} for aspect in aspects
    }
    result: dict[str, Any] = {
        "aspects": {
            aspect: report_aspect(study, aspect, fitted[aspect], rated[aspect], config.seed, evaluated_mos[:, column])
            for column, aspect in enumerate(aspects)
        },
        "history": history,
    }
    if command.get("refit") is not None:
        study, fitted = refit_heads(study, encoder, config, fitted, folder / part / "refit", _refit_progress(emit, stopping))
    reduction = study.inputs.reduction
    tensors = {f"reduction.{name}": tensor.contiguous() for name, tensor in reduction.state_dict().items()}
    for aspect in aspects:
        head = fitted[aspect].heads[SCORER]
        tensors |= {f"{aspect}.{name}": tensor.contiguous() for name, tensor in head.state_dict().items()}
        result["aspects"][aspect] |= {"head": head.describe(), "reduction": reduction.describe()}
    write_bytes(folder / f"{part}.safetensors", save(tensors))
    return result


def _shuffle(study: Study, config: FitConfig, places: Mapping[str, Places]) -> None:
    random = np.random.default_rng(config.seed)
    for column in range(study.mos.shape[1]):
        for split in ("train", "val"):
            study.mos[places[split], column] = random.permutation(study.mos[places[split], column])


def _progress(emit: Emitter, stopping: Callable[[], bool]) -> Progress:
    def on_epoch(line: dict[str, Any], done: int, total: int) -> None:
        for name, split in (("train_loss", "train"), ("val_loss", "val"), ("val_srcc", "val"), ("val_plcc", "val")):
            short = name.removeprefix(f"{split}_")
            emit("metric", aspect=line["aspect"], epoch=line["epoch"], split=split, name=short, value=line[name])
        emit("progress", done=done, total=total, unit="epoch", note=line["aspect"])

    return Progress(on_epoch, stopping)


def _refit_progress(emit: Emitter, stopping: Callable[[], bool]) -> Progress:
    def on_epoch(line: dict[str, Any], done: int, total: int) -> None:
        emit("progress", done=done, total=total, unit="epoch", note=f"{line['aspect']}, refit")

    return Progress(on_epoch, stopping)
