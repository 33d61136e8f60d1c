"""The command ``fit``: a head an aspect on stored features, its reference, metrics and one checkpoint.

``out`` gets scorer.safetensors, predictions.jsonl, history.jsonl and, last, metrics.json: it is the mark of
completion and carries the fingerprint of everything that decides the fit (rows, aspects, config, encoder revision).
The same fit again is answered from it. Until then each aspect's state lies in ``out/state-<fingerprint>``.
"""

import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from safetensors.torch import load_file

from .aspect_fit import run_fit_aspect
from .atomic_files import remove_temporary, write_json, write_json_lines
from .checkpoint import write_checkpoint
from .children import run_children
from .encoders.registry import describe_encoder
from .errors import ScorerError
from .fit_config import FitConfig, parse_config
from .fit_rows import MOS_RANGE, read_fit_rows, reason_to_skip
from .protocol import Emitter

PROTOCOL_NOTE = (
    "val chose the epoch, test was read once at the end; intervals resample image prompts; the logistic curves are fitted on "
    "the test predictions themselves, as the field does"
)
# Raised when the meaning of a fit changes without a change of its inputs: finished fits are then made again.
FIT_VERSION = 1


def run_fit(command: Mapping[str, Any], emit: Emitter, stopping: Callable[[], bool]) -> dict[str, Any]:
    """Fit, or answer from a finished ``out``.

    Args:
        command: ``feature_store``, ``rows`` (JSON lines, see fit_rows), ``aspects``, ``out``; optional ``encoder``, ``config``,
            ``threads`` (by default the number of cores: aspects are fitted side by side, a thread each; it changes no result).
    Returns:
        ``reused``, ``aspects`` (short test metrics each), ``skipped`` (reason each), ``checkpoint``, ``seconds``.
    Raises:
        ScorerError: no aspect can be fitted, features are missing, or a row is wrong.
        StopRequested: ``stopping`` said so; the next call goes on from the last whole epoch.
    """
    started = time.monotonic()
    out, config = Path(command["out"]), parse_config(command.get("config") or {})
    encoder, aspects = str(command.get("encoder", "embedded")), [str(aspect) for aspect in command["aspects"]]
    rows_path = Path(command["rows"])
    rows = read_fit_rows(rows_path)
    fingerprint = _fingerprint(rows_path, encoder, aspects, config)
    finished = _read_finished(out, fingerprint)
    if finished is not None:
        return _result(out, finished, reused=True, started=started)
    skipped = {aspect: reason for aspect in aspects if (reason := reason_to_skip(rows, aspect)) is not None}
    fitted = [aspect for aspect in aspects if aspect not in skipped]
    if not fitted:
        raise ScorerError(f"No aspect can be fitted: {'; '.join(skipped.values())}. Rate more images, or take more prompts.")
    (out / "metrics.json").unlink(missing_ok=True)
    state = _prepare_state(out, fingerprint, fitted)
    shared = {"rows": str(rows_path), "feature_store": command["feature_store"], "encoder": encoder, "config": config.to_json()}
    commands = [{"command": "fit-aspect", "aspect": aspect, "state": str(state), **shared} for aspect in fitted]
    _fit_aspects(commands, int(command.get("threads", os.cpu_count() or 1)), _forward(emit, len(fitted)), stopping)
    results = {aspect: json.loads((state / f"{aspect}.json").read_text(encoding="utf-8")) for aspect in fitted}
    document = {
        "fingerprint": fingerprint,
        "encoder_revision": describe_encoder(encoder).revisions.name,
        "config": config.to_json(),
        "protocol": PROTOCOL_NOTE,
        "aspects": {
            aspect: {**result["metrics"], "kernel_ridge": result["kernel_ridge"]} for aspect, result in results.items()
        },
        "skipped": skipped,
    }
    _write_outputs(out, state, encoder, config, results, emit)
    write_json(out / "metrics.json", document)
    emit("artifact", kind="metrics", path=str(out / "metrics.json"), sha256=_file_hash(out / "metrics.json"))
    shutil.rmtree(state)
    return _result(out, document, reused=False, started=started)


def _write_outputs(
    out: Path, state: Path, encoder: str, config: FitConfig, results: Mapping[str, Mapping[str, Any]], emit: Emitter
) -> None:
    revisions, shape = describe_encoder(encoder).revisions, config.head_shape()
    header = {
        "encoder": encoder,
        "encoder_revision": {"image": revisions.image, "text": revisions.text},
        "head_shape": {**vars(shape), "slstm_at": list(shape.slstm_at)},
        "head_widths": next(iter(results.values()))["head_widths"],
        "mos_scale": {"min": MOS_RANGE[0], "max": MOS_RANGE[1]},
        "aspects": {aspect: result["metrics"]["conformal"]["xlstm"] for aspect, result in results.items()},
        "config": config.to_json(),
    }
    tensors = {name: tensor for aspect in results for name, tensor in load_file(state / f"{aspect}.safetensors").items()}
    write_checkpoint(out / "scorer.safetensors", tensors, header)
    write_json_lines(out / "predictions.jsonl", (line for result in results.values() for line in result["predictions"]))
    write_json_lines(out / "history.jsonl", (line for result in results.values() for line in result["history"]))
    for kind, name in (
        ("checkpoint", "scorer.safetensors"),
        ("predictions", "predictions.jsonl"),
        ("history", "history.jsonl"),
    ):
        emit("artifact", kind=kind, path=str(out / name), sha256=_file_hash(out / name))


def _fit_aspects(
    commands: Sequence[Mapping[str, Any]],
    threads: int,
    on_event: Callable[[int, dict[str, Any]], None],
    stopping: Callable[[], bool],
) -> None:
    """A process an aspect where that helps, else one after the other in this one; the results have the same bits."""
    if threads > 1 and len(commands) > 1:
        run_children(commands, threads, on_event, stopping)
        return
    for index, command in enumerate(commands):
        run_fit_aspect(command, lambda event, index=index, **fields: on_event(index, {"event": event, **fields}), stopping)


def _forward(emit: Emitter, aspects: int) -> Callable[[int, dict[str, Any]], None]:
    """Pass the children's events on; their progress is summed over aspects."""
    done: dict[int, int] = {}

    def on_event(index: int, event: dict[str, Any]) -> None:
        fields = {name: value for name, value in event.items() if name not in ("event", "id")}
        if event["event"] == "progress":
            done[index] = fields["done"]
            fields = {**fields, "done": sum(done.values()), "total": fields["total"] * aspects}
        emit(event["event"], **fields)

    return on_event


def _prepare_state(out: Path, fingerprint: str, aspects: Sequence[str]) -> Path:
    """The folder of this fit's state; that of any other fit goes."""
    state = out / f"state-{fingerprint.removeprefix('sha256:')[:16]}"
    for other in out.glob("state-*"):
        if other != state:
            shutil.rmtree(other)
    for aspect in aspects:
        (state / aspect).mkdir(parents=True, exist_ok=True)
    remove_temporary(out)
    return state


def _fingerprint(rows_path: Path, encoder: str, aspects: Sequence[str], config: FitConfig) -> str:
    content = {
        "fit_version": FIT_VERSION,
        "rows": hashlib.sha256(rows_path.read_bytes()).hexdigest(),
        "encoder_revision": describe_encoder(encoder).revisions.name,
        "aspects": list(aspects),
        "config": config.to_json(),
    }
    return f"sha256:{hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()}"


def _read_finished(out: Path, fingerprint: str) -> dict[str, Any] | None:
    """The metrics of a finished fit of this fingerprint whose checkpoint is still there."""
    try:
        document = json.loads((out / "metrics.json").read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError):
        return None
    whole = all((out / name).exists() for name in ("scorer.safetensors", "predictions.jsonl", "history.jsonl"))
    return document if whole and document.get("fingerprint") == fingerprint else None


def _result(out: Path, document: Mapping[str, Any], *, reused: bool, started: float) -> dict[str, Any]:
    names = ("n", "srcc", "plcc_raw", "plcc_logistic5", "krcc", "rmse_raw")
    aspects = {
        aspect: {
            **{name: entry["heads"]["xlstm"][name] for name in names},
            "kernel_ridge_srcc": entry["heads"]["kernel-ridge"]["srcc"],
            "floor_srcc": entry["floor"]["srcc"],
        }
        for aspect, entry in document["aspects"].items()
    }
    return {
        "reused": reused,
        "aspects": aspects,
        "skipped": document["skipped"],
        "checkpoint": str(out / "scorer.safetensors"),
        "seconds": round(time.monotonic() - started, 3),
    }


def _file_hash(path: Path) -> str:
    return f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"
