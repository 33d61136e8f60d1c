"""The command ``fit``: heads for each aspect on stored features, their references, metrics and one checkpoint.

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
from torch import Tensor

from .atomic_files import remove_temporary, write_json, write_json_lines
from .checkpoint import write_checkpoint
from .children import run_children
from .descriptions import require_descriptions
from .encoders.registry import describe_encoder
from .encoders.tuned import KIND as TUNED, stages_of
from .errors import ScorerError
from .fit_config import FitConfig, parse_config
from .fit_heads import SCORER
from .fit_part import part_name, run_fit_part
from .fit_rows import MOS_RANGE, read_fit_rows, reason_to_skip
from .legacy_protocol import LEGACY, parse_protocol
from .protocol import Emitter
from .refit import parse_refit
from .trained_on import HEADER_MEMBER, TrainedOn, describe_training
from .tuned_stages import MEMBER, TunedStages, require_unseen

PROTOCOL_NOTE = (
    "val chose the epoch, test was read once at the end; intervals resample image prompts; the logistic curves are fitted on "
    "the test predictions themselves, as the field does"
)
# Raised when the meaning of a fit changes without a change of its inputs: finished fits are then made again.
FIT_VERSION = 2


def run_fit(command: Mapping[str, Any], emit: Emitter, stopping: Callable[[], bool]) -> dict[str, Any]:
    """Fit, or answer from a finished ``out``.

    Args:
        command: ``feature_store``, ``rows`` (JSON lines, see fit_rows), ``aspects``, ``out``; optional ``encoder``, ``config``,
            ``refit`` ("all": once the figures stand, the scorer of the checkpoint is trained again, see refit),
            ``protocol`` ("legacy": val = test, see legacy_protocol),
            ``threads`` (by default the number of cores: aspects are fitted side by side, a thread each; it changes no result).
    Returns:
        ``reused``, ``aspects`` (short test metrics each), ``skipped`` (reason each), ``checkpoint``, ``seconds``.
    Raises:
        ScorerError: no aspect can be fitted, features or wanted descriptions are missing, or a row is wrong.
        LeakError: the encoder's stages were tuned on test or val rows.
        StopRequested: ``stopping`` said so; the next call goes on from the last whole epoch.
    """
    started = time.monotonic()
    out, config = Path(command["out"]), parse_config(command.get("config") or {})
    encoder, aspects = str(command.get("encoder", "embedded")), [str(aspect) for aspect in command["aspects"]]
    rows_path = Path(command["rows"])
    rows = read_fit_rows(rows_path)
    marks = parse_refit(command.get("refit"), config) | parse_protocol(command.get("protocol"))
    stages = stages_of(encoder)
    if stages is not None:
        require_unseen(stages, rows, aspects)
    fingerprint = _fingerprint(rows_path, encoder, aspects, config, marks)
    finished = _read_finished(out, fingerprint)
    if finished is not None:
        return _result(out, finished, reused=True, started=started)
    legacy = marks.get("protocol") == LEGACY
    skipped = {aspect: reason for aspect in aspects if (reason := reason_to_skip(rows, aspect, legacy)) is not None}
    fitted = [aspect for aspect in aspects if aspect not in skipped]
    if not fitted:
        raise ScorerError(f"No aspect can be fitted: {'; '.join(skipped.values())}. Rate more images, or take more prompts.")
    require_descriptions(rows, fitted, config)
    (out / "metrics.json").unlink(missing_ok=True)
    state = _prepare_state(out, fingerprint)
    shared = {"rows": str(rows_path), "feature_store": command["feature_store"], "encoder": encoder, "config": config.to_json()}
    parts = [fitted] if config.joint else [[aspect] for aspect in fitted]
    commands = [{"command": "fit-part", "aspects": part, "state": str(state), **shared, **marks} for part in parts]
    _fit_parts(commands, int(command.get("threads", os.cpu_count() or 1)), _forward(emit, len(parts)), stopping)
    results = {part_name(part): json.loads((state / f"{part_name(part)}.json").read_text(encoding="utf-8")) for part in parts}
    aspects_of = {aspect: entry for result in results.values() for aspect, entry in result["aspects"].items()}
    document = {
        "fingerprint": fingerprint,
        "encoder_revision": describe_encoder(encoder).revisions.name,
        "scorer": SCORER,
        "config": config.to_json(),
        **marks,
        "protocol": marks.get("protocol_note", PROTOCOL_NOTE),
        "aspects": {aspect: aspects_of[aspect]["metrics"] for aspect in fitted},
        "skipped": skipped,
    }
    trained_on = describe_training(rows, fitted, marks)
    _write_outputs(out, state, encoder, stages, config, results, marks, trained_on, emit)
    write_json(out / "metrics.json", document)
    emit("artifact", kind="metrics", path=str(out / "metrics.json"), sha256=_file_hash(out / "metrics.json"))
    shutil.rmtree(state)
    return _result(out, document, reused=False, started=started)


def _write_outputs(
    out: Path,
    state: Path,
    encoder: str,
    stages: TunedStages | None,
    config: FitConfig,
    results: Mapping[str, Mapping[str, Any]],
    marks: Mapping[str, str],
    trained_on: TrainedOn,
    emit: Emitter,
) -> None:
    revisions = describe_encoder(encoder).revisions
    if stages is not None:
        trained_on = trained_on.joined(stages.train, stages.val)
    tensors: dict[str, Tensor] = trained_on.tensors() | ({} if stages is None else stages.tensors())
    entries: dict[str, Any] = {}
    for part, result in results.items():
        stored = load_file(state / f"{part}.safetensors")
        for aspect, entry in result["aspects"].items():
            for name, tensor in stored.items():
                if name.startswith("reduction."):
                    tensors[f"{aspect}.{name}"] = tensor
                elif name.startswith(f"{aspect}."):
                    tensors[f"{aspect}.head.{name.removeprefix(f'{aspect}.')}"] = tensor
            entries[aspect] = {
                "head": entry["head"],
                "reduction": entry["reduction"],
                "conformal": entry["metrics"]["conformal"][SCORER],
            }
    header = {
        "encoder": encoder if stages is None else TUNED,  # wherever the stages were: the checkpoint has them
        "encoder_revision": {"image": revisions.image, "text": revisions.text},
        "mos_scale": {"min": MOS_RANGE[0], "max": MOS_RANGE[1]},
        "aspects": entries,
        "config": config.to_json(),
        HEADER_MEMBER: trained_on.describe(),
        **({} if stages is None else {MEMBER: stages.header}),
        **marks,
    }
    write_checkpoint(out / "scorer.safetensors", tensors, header)
    lines = [line for result in results.values() for entry in result["aspects"].values() for line in entry["predictions"]]
    write_json_lines(out / "predictions.jsonl", lines)
    write_json_lines(out / "history.jsonl", (line for result in results.values() for line in result["history"]))
    for kind, name in (
        ("checkpoint", "scorer.safetensors"),
        ("predictions", "predictions.jsonl"),
        ("history", "history.jsonl"),
    ):
        emit("artifact", kind=kind, path=str(out / name), sha256=_file_hash(out / name))


def _fit_parts(
    commands: Sequence[Mapping[str, Any]],
    threads: int,
    on_event: Callable[[int, dict[str, Any]], None],
    stopping: Callable[[], bool],
) -> None:
    """A process a part where that helps, else one after the other in this one; the results have the same bits."""
    if threads > 1 and len(commands) > 1:
        run_children(commands, threads, on_event, stopping)
        return
    for index, command in enumerate(commands):
        run_fit_part(command, lambda event, index=index, **fields: on_event(index, {"event": event, **fields}), stopping)


def _forward(emit: Emitter, parts: int) -> Callable[[int, dict[str, Any]], None]:
    """Pass the children's events on; their progress is summed over parts."""
    done: dict[int, int] = {}

    def on_event(index: int, event: dict[str, Any]) -> None:
        fields = {name: value for name, value in event.items() if name not in ("event", "id")}
        if event["event"] == "progress":
            done[index] = fields["done"]
            fields = {**fields, "done": sum(done.values()), "total": fields["total"] * parts}
        emit(event["event"], **fields)

    return on_event


def _prepare_state(out: Path, fingerprint: str) -> Path:
    """The folder of this fit's state; that of any other fit goes."""
    state = out / f"state-{fingerprint.removeprefix('sha256:')[:16]}"
    for other in out.glob("state-*"):
        if other != state:
            shutil.rmtree(other)
    state.mkdir(parents=True, exist_ok=True)
    remove_temporary(out)
    return state


def _fingerprint(rows_path: Path, encoder: str, aspects: Sequence[str], config: FitConfig, marks: Mapping[str, str]) -> str:
    content = {
        "fit_version": FIT_VERSION,
        "rows": hashlib.sha256(rows_path.read_bytes()).hexdigest(),
        "encoder_revision": describe_encoder(encoder).revisions.name,
        "aspects": list(aspects),
        "config": config.to_json(),
        **marks,
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
            **{name: entry["heads"][SCORER][name] for name in names},
            **{f"{head.replace('-', '_')}_srcc": figures["srcc"] for head, figures in entry["heads"].items() if head != SCORER},
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
