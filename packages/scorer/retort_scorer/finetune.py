"""The command ``finetune``: the last stages of the embedded encoder's network tuned on a run's train rows, all aspects at once.

What the stages read of each image is computed once, into the feature store. ``out`` is a file of tuned stages (see
tuned_stages): it is written last, and names all that decides it, so the same command again is answered from it.
"""

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from .atomic_files import read_json_lines, write_json_lines
from .encode import run_encode
from .encoders.embedded import load_network
from .encoders.registry import describe_encoder
from .encoders.tuned import VARIANT, last_stages
from .errors import ImageUnreadableError, ScorerError
from .exclusive_lock import exclusive_lock
from .feature_store import FeatureStore
from .finetune_model import StagesModel, pooled_width
from .finetune_training import Schedule, TuningData, best_epoch, tune_stages
from .fit_rows import MIN_TRAIN_ROWS, FitRow
from .protocol import Emitter
from .study import load_rated_rows
from .trained_on import describe_training
from .tuned_stages import BASE, TunedStages, build_tuned_stages, read_tuned_stages, write_tuned_stages

# By how many stages are tuned: the settings of the first figures in docs/experiments.md; no others were compared.
EPOCHS = {1: 3, 2: 2}
LEARNING_RATES = {1: 3e-4, 2: 1e-4}
# Raised when the weights would come out otherwise without a change of what decides them.
FINETUNE_VERSION = 1


def run_finetune(command: Mapping[str, Any], emit: Emitter, stopping: Callable[[], bool]) -> dict[str, Any]:
    """Tune, go on where a killed call was, or answer from ``out``.

    Args:
        command: ``feature_store``, ``rows`` (see fit_rows; test rows and their images are not looked at), ``images`` (see encode),
            ``aspects``, ``work`` (a folder for what is needed to go on), ``out``; optional ``stages`` (1, or 2), ``epochs`` and
            ``learning_rate`` (None: what suits them), ``seed`` (0), ``threads`` (images encoded at a time).
    Returns:
        ``out``, ``reused``, ``encoder_revision``, ``stages``, ``epochs``, ``learning_rate``, ``rows`` (train and val),
        ``best_epoch``, ``history`` (figures on val by epoch, 0 before tuning).
    Raises:
        ScorerError: too few rated train rows, a setting that can't be, or ``out`` is another file.
        ImageUnreadableError: a train or val image can't be read.
        StopRequested: ``stopping`` said so; the next call goes on from the last whole epoch.
    """
    schedule, out = _schedule(command), Path(command["out"])
    aspects = [str(aspect) for aspect in command["aspects"]]
    rows = [row for row in load_rated_rows(Path(command["rows"]), aspects) if row.split != "test"]
    aspects = _tunable(rows, aspects)
    rows = [row for row in rows if any(aspect in row.mos for aspect in aspects)]
    fingerprint = _fingerprint(rows, aspects, schedule)
    work = Path(command["work"]) / fingerprint[:16]
    with exclusive_lock(work.with_suffix(".lock"), "Another finetune is at these rows with these settings: let it end, or stop it."):
        work.mkdir(exist_ok=True)
        stages = _finished(out, fingerprint)
        reused = stages is not None
        if stages is None:
            inputs = _encode(command, rows, schedule, work, emit, stopping)
            stages = _tune(rows, aspects, inputs, schedule, fingerprint, work, emit, stopping)
            write_tuned_stages(out, stages)
        shutil.rmtree(work)
    emit("artifact", kind="tuned-stages", path=str(out), sha256=f"sha256:{hashlib.sha256(out.read_bytes()).hexdigest()}")
    names = ("stages", "epochs", "learning_rate", "rows", "best_epoch", "history")
    return {
        "out": str(out),
        "reused": reused,
        "encoder_revision": stages.revisions.name,
        **{name: stages.header[name] for name in names},
    }


def _schedule(command: Mapping[str, Any]) -> Schedule:
    stages = int(command.get("stages") or 1)
    if stages not in EPOCHS:
        raise ScorerError(f"stages is {stages}: 1, the last stage, or 2, the last two, can be tuned.")
    epochs = int(command.get("epochs") or EPOCHS[stages])
    learning_rate = float(command.get("learning_rate") or LEARNING_RATES[stages])
    if epochs < 1 or not 0 < learning_rate < 1:
        raise ScorerError(f"epochs is {epochs}, learning_rate {learning_rate}: expected 1 or more, and a number between 0 and 1.")
    return Schedule(stages, epochs, learning_rate, int(command.get("seed") or 0))


def _tunable(rows: Sequence[FitRow], aspects: Sequence[str]) -> list[str]:
    """Those of ``aspects`` with enough rated train rows. Raises ScorerError where there is none."""
    counts = {aspect: sum(row.split == "train" and aspect in row.mos for row in rows) for aspect in aspects}
    found = [aspect for aspect, count in counts.items() if count >= MIN_TRAIN_ROWS]
    if not found:
        said = ", ".join(f"{count} for {aspect}" for aspect, count in counts.items())
        raise ScorerError(f"Too few rated train rows to tune on ({said or 'no aspect'}), {MIN_TRAIN_ROWS} are needed: take more images.")
    return found


def _finished(out: Path, fingerprint: str) -> TunedStages | None:
    """What an earlier call wrote. Raises ScorerError where ``out`` is something else, which is never overwritten."""
    if not out.exists():
        return None
    stages = read_tuned_stages(out)
    if stages.header["fingerprint"] != fingerprint:
        raise ScorerError(f"{out} was tuned on other rows or with other settings: name another file, or remove it.")
    return stages


def _encode(
    command: Mapping[str, Any],
    rows: Sequence[FitRow],
    schedule: Schedule,
    work: Path,
    emit: Emitter,
    stopping: Callable[[], bool],
) -> FeatureStore:
    """What the stages read of each image of ``rows``, in the store."""
    wanted, encoder = {row.image_hash for row in rows}, f"stage-inputs:{schedule.stages}"
    images = [
        {"image_hash": image["image_hash"], "path": image["path"]}
        for image in read_json_lines(Path(command["images"]))
        if image["image_hash"] in wanted
    ]
    write_json_lines(work / "images.jsonl", images)
    shared = {name: command[name] for name in ("feature_store", "threads") if name in command}
    found = run_encode({**shared, "images": str(work / "images.jsonl"), "encoder": encoder}, emit, stopping)
    if found["failed"]:
        first = found["failed"][0]
        raise ImageUnreadableError(
            f"{len(found['failed'])} images can't be read, the first is {first['path']}: {first['reason']} Restore them and run it again."
        )
    return FeatureStore(Path(command["feature_store"]), describe_encoder(encoder).revisions.image)


def _tune(
    rows: Sequence[FitRow],
    aspects: Sequence[str],
    inputs: FeatureStore,
    schedule: Schedule,
    fingerprint: str,
    work: Path,
    emit: Emitter,
    stopping: Callable[[], bool],
) -> TunedStages:
    stages = last_stages(load_network(VARIANT), schedule.stages)
    torch.manual_seed(schedule.seed)
    model = StagesModel(stages, pooled_width(stages), len(aspects))
    mos = torch.tensor([[row.mos.get(aspect, torch.nan) for aspect in aspects] for row in rows])
    train, val = ([place for place, row in enumerate(rows) if row.split == split] for split in ("train", "val"))

    def on_rows(done: int, total: int) -> None:
        epoch = min(schedule.epochs, done * schedule.epochs // total + 1)
        emit("progress", done=done, total=total, unit="image", note=f"epoch {epoch} of {schedule.epochs}")

    data = TuningData(rows, aspects, mos, inputs)
    history = tune_stages(model, data, train, val, schedule, work / "state.pt", on_rows, stopping)
    about = {
        **{name: value for name, value in asdict(schedule).items() if name != "stages"},
        "aspects": list(aspects),
        "rows": {"train": len(train), "val": len(val)},
        "best_epoch": best_epoch(history),
        "history": history,
        "fingerprint": fingerprint,
    }
    weights = {name: tensor.detach().contiguous() for name, tensor in model.stages.state_dict().items()}
    seen = [describe_training([row for row in rows if row.split == split], aspects, {}) for split in ("train", "val")]
    return build_tuned_stages(weights, schedule.stages, seen[0], seen[1], about)


def _fingerprint(rows: Sequence[FitRow], aspects: Sequence[str], schedule: Schedule) -> str:
    lines = [[row.image_hash, row.image_prompt, row.setting, row.split, dict(sorted(row.mos.items()))] for row in rows]
    base = describe_encoder(BASE).revisions.name
    content = {"version": FINETUNE_VERSION, "rows": lines, "aspects": aspects, "base": base, **asdict(schedule)}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
