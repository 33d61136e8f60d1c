"""The command ``tune``: hyper-parameters by cross-validation by image prompt on train rows alone, and all that was tried.

``out`` gets tried.jsonl (a line a setting, in the order in which they were first asked for) and best.json, a config that a fit
takes. A setting whose line is there is not fitted again, so that a killed ``tune`` goes on and a later one adds to it.
"""

import hashlib
import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .atomic_files import read_json_lines, write_json, write_json_lines
from .children import run_children
from .descriptions import require_descriptions
from .encoders.registry import describe_encoder
from .errors import ScorerError
from .exclusive_lock import exclusive_lock
from .fit_config import FitConfig
from .fit_rows import MIN_TRAIN_ROWS, FitRow
from .profiles import DEFAULT_PROFILE, read_profile
from .protocol import Emitter
from .tune_setting import load_tuned_rows, run_tune_setting
from .tune_space import settings_to_try

FOLDS = 5
# Raised when a setting's figures change without a change of its inputs: it is then tried again.
TUNE_VERSION = 1


@dataclass(frozen=True)
class Candidate:
    """A setting to try: what it changes of the profile, and the config that this makes."""

    key: str
    changes: Mapping[str, Any]
    config: Mapping[str, Any]


def run_tune(command: Mapping[str, Any], emit: Emitter, stopping: Callable[[], bool]) -> dict[str, Any]:
    """Try every setting that ``out`` doesn't hold yet.

    Args:
        command: ``feature_store``, ``rows``, ``aspects``, ``out``; optional ``profile`` ("fast"), ``settings`` (see tune_space),
            ``trials`` (20), ``folds`` (5), ``seed`` (0, of folds and draws), ``threads`` (settings tried side by side).
    Returns:
        ``tried`` (how many settings ``out`` holds, whoever asked for them), ``reused``, ``best`` (its line), ``best_config``
        and ``tried_file`` (paths).
    Raises:
        ConfigError: a setting that no fit takes, or that wants descriptions which the rows haven't; nothing was tried.
        ScorerError: too few train rows, ``out`` holds settings tried on other rows, folds or aspects, or another tune is at it.
        StopRequested: ``stopping`` said so; the next call goes on from the last fold.
    """
    out, profile = Path(command["out"]), read_profile(str(command.get("profile", DEFAULT_PROFILE)))
    folds, seed = int(command.get("folds", FOLDS)), int(command.get("seed", 0))
    aspects = [str(aspect) for aspect in command["aspects"]]
    shared = {
        "command": "tune-setting",
        **{name: command[name] for name in ("feature_store", "rows")},
        **{"aspects": aspects, "encoder": profile.encoder, "folds": folds, "seed": seed},
    }
    rows = load_tuned_rows(Path(command["rows"]), aspects)
    study = _study_key(rows, aspects, profile.encoder, folds, seed)
    candidates = [_candidate(changes, config, study, rows, aspects) for changes, config in settings_to_try(command)]
    threads = max(1, int(command.get("threads", os.cpu_count() or 1)))
    with exclusive_lock(out / ".lock", f"Another tune is at work in {out}: let it end, or choose another folder with --out."):
        return _try_new(candidates, study, shared, out, threads, emit, stopping)


def _try_new(
    candidates: Sequence[Candidate],
    study: str,
    shared: Mapping[str, Any],
    out: Path,
    threads: int,
    emit: Emitter,
    stopping: Callable[[], bool],
) -> dict[str, Any]:
    """Those of ``candidates`` that ``out`` doesn't hold; returns what ``run_tune`` does."""
    tried = _read_tried(out, study)
    known = {line["key"] for line in tried}
    new = [candidate for candidate in candidates if candidate.key not in known]
    for start in range(0, len(new), threads):
        batch = new[start : start + threads]
        _try(batch, shared, out, len(candidates) - len(new) + start, len(candidates), emit, stopping)
        tried += [_line(candidate, len(tried) + place, study, out) for place, candidate in enumerate(batch, start=1)]
        write_json_lines(out / "tried.jsonl", tried)
        for candidate in batch:
            _result_path(out, candidate).unlink()
    best = max(tried, key=lambda line: -2.0 if line["score"] is None else line["score"])
    write_json(out / "best.json", best["changes"])
    emit("progress", done=len(candidates), total=len(candidates), unit="setting")
    return {
        "tried": len(tried),
        "reused": len(candidates) - len(new),
        "best": best,
        "best_config": str(out / "best.json"),
        "tried_file": str(out / "tried.jsonl"),
    }


def _candidate(
    changes: Mapping[str, Any], config: FitConfig, study: str, rows: Sequence[FitRow], aspects: Sequence[str]
) -> Candidate:
    require_descriptions(rows, aspects, config)
    content = {"study": study, "config": config.to_json()}
    if config.description_weight > 0:  # read by this setting alone
        content["descriptions"] = [dict(sorted(row.descriptions.items())) for row in rows]
    return Candidate(_hash(content), changes, config.to_json())


def _try(
    batch: Sequence[Candidate],
    shared: Mapping[str, Any],
    out: Path,
    done: int,
    total: int,
    emit: Emitter,
    stopping: Callable[[], bool],
) -> None:
    """A process a setting, or this one where there is one alone; the figures are the same."""
    _result_path(out, batch[0]).parent.mkdir(parents=True, exist_ok=True)
    paths = [_result_path(out, candidate) for candidate in batch]
    waiting = [place for place, path in enumerate(paths) if not path.exists()]
    commands = [{**shared, "config": batch[place].config, "result": str(paths[place])} for place in waiting]

    def on_event(index: int, event: Mapping[str, Any]) -> None:
        if event["event"] == "progress":
            number = done + waiting[index] + 1
            note = f"setting {number}: {event['note']}, fold {event['done']} of {event['total']}"
            emit("progress", done=done, total=total, unit="setting", note=note)

    emit("progress", done=done, total=total, unit="setting")
    if len(commands) > 1:
        run_children(commands, len(commands), on_event, stopping)
    elif commands:
        run_tune_setting(commands[0], lambda event, **fields: on_event(0, {"event": event, **fields}), stopping)


def _line(candidate: Candidate, number: int, study: str, out: Path) -> dict[str, Any]:
    result = json.loads(_result_path(out, candidate).read_text(encoding="utf-8"))
    marks = {"number": number, "key": candidate.key, "study": study}
    return {**marks, "changes": dict(candidate.changes), "config": dict(candidate.config), **result}


def _result_path(out: Path, candidate: Candidate) -> Path:
    return out / "settings" / f"{candidate.key[:16]}.json"


def _read_tried(out: Path, study: str) -> list[dict[str, Any]]:
    path = out / "tried.jsonl"
    tried = read_json_lines(path) if path.exists() else []
    if any(line["study"] != study for line in tried):
        raise ScorerError(f"{path} holds settings tried on other rows, aspects, features or folds: choose another folder.")
    return tried


def _study_key(rows: Sequence[FitRow], aspects: Sequence[str], encoder: str, folds: int, seed: int) -> str:
    """Names what figures must have in common to be compared; val and test rows are not in it."""
    for aspect in aspects:
        rated = sum(aspect in row.mos for row in rows)
        if rated < MIN_TRAIN_ROWS:
            raise ScorerError(f"{rated} rated train rows for {aspect}, {MIN_TRAIN_ROWS} are needed: leave it out.")
    content = {
        "version": TUNE_VERSION,
        "rows": [[row.sample_name, row.image_hash, row.image_prompt, dict(sorted(row.mos.items()))] for row in rows],
        "encoder": describe_encoder(encoder).revisions.name,
        "aspects": list(aspects),
        "folds": folds,
        "seed": seed,
    }
    return _hash(content)


def _hash(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
