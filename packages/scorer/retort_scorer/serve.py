"""The loop behind ``python -m retort_scorer serve``: a JSON object a line in, events out, one process for many commands.

stdin at its end means that whoever started this is gone: exit 0 at once, also in the middle of work (everything on
disk is written atomically). SIGTERM and SIGINT mean: stop at the next safe point, exit 0.
"""

import json
import os
import queue
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from typing import Any, TextIO

from .check_config import run_check_config, run_check_settings
from .cross_dataset import run_evaluate
from .cross_validation import run_cross_validate
from .benchmark import run_benchmark, run_write_splits
from .encode import run_encode
from .errors import ScorerError, StopRequested
from .finetune import run_finetune
from .fit import run_fit
from .fit_part import run_fit_part
from .pack import run_pack
from .predict import run_predict
from .protocol import Emitter, EventStream
from .train_baseline import run_train_baseline
from .tune import run_tune
from .tune_setting import run_tune_setting

Runner = Callable[[Mapping[str, Any], Emitter, Callable[[], bool]], dict[str, Any]]

COMMANDS: Mapping[str, Runner] = {
    "benchmark": run_benchmark,
    "benchmark-splits": run_write_splits,
    "check-config": run_check_config,
    "check-settings": run_check_settings,
    "encode": run_encode,
    "cross-validate": run_cross_validate,
    "evaluate": run_evaluate,
    "finetune": run_finetune,
    "fit": run_fit,
    "fit-part": run_fit_part,
    "predict": run_predict,
    "pack": run_pack,
    "train-baseline": run_train_baseline,
    "tune": run_tune,
    "tune-setting": run_tune_setting,
}
IDLE_POLL_SECONDS = 0.2  # how long an idle process takes to see a SIGTERM


def serve(events: EventStream, commands: TextIO) -> int:
    """Run commands until stdin ends (never returns then) or a stop is asked for; returns the exit code."""
    stop = stop_on_signals()
    lines: queue.Queue[str] = queue.Queue()
    threading.Thread(target=_read_lines, args=(commands, lines), daemon=True).start()
    while not stop.is_set():
        try:
            line = lines.get(timeout=IDLE_POLL_SECONDS)
        except queue.Empty:
            continue
        if line.strip() and not run_line(line, events, stop.is_set):
            break
    return 0


def stop_on_signals() -> threading.Event:
    """An event that SIGTERM and SIGINT set."""
    stop = threading.Event()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signal_number, lambda *_: stop.set())
    return stop


def run_line(line: str, events: EventStream, stopping: Callable[[], bool]) -> bool:
    """Run one command, its failure an event; False when it was stopped on request."""
    emit = events.for_command(None)
    try:
        command = _parse(line)
        emit = events.for_command(command.get("id"))
        emit("done", result=_runner(command.get("command"))(command, emit, stopping))
    except StopRequested:
        return False
    except ScorerError as error:
        emit("error", code=error.code, message=str(error))
    except KeyError as error:
        traceback.print_exc(file=sys.stderr)
        emit("error", code=ScorerError.code, message=f"The command or a row of its files lacks the member {error}.")
    except Exception as error:  # the process goes on serving; the trace is for people
        traceback.print_exc(file=sys.stderr)
        emit("error", code=ScorerError.code, message=f"{type(error).__name__}: {error}")
    return True


def _parse(line: str) -> dict[str, Any]:
    try:
        command = json.loads(line)
    except json.JSONDecodeError as error:
        raise ScorerError(f"A command should be a JSON object on one line, this is not JSON: {error}.") from error
    if not isinstance(command, dict):
        raise ScorerError(f"A command should be a JSON object, this is a {type(command).__name__}.")
    return command


def _runner(name: object) -> Runner:
    if not isinstance(name, str) or name not in COMMANDS:
        raise ScorerError(f"Unknown command {name!r}: known are {', '.join(COMMANDS)}.")
    return COMMANDS[name]


def _read_lines(commands: TextIO, lines: queue.Queue[str]) -> None:
    for line in commands:
        lines.put(line)
    os._exit(0)  # not sys.exit: that would end this thread only and wait for the work
