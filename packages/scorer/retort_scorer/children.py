"""Runs commands in processes of their own, their events passed on. None outlives this process: each watches its stdin."""

import json
import os
import queue
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from .errors import ScorerError, StopRequested

MAX_RESTARTS = 3  # of processes that were killed: each goes on from its checkpoint
POLL_SECONDS = 0.2  # how long a stop request can go unseen


def run_children(
    commands: Sequence[Mapping[str, Any]],
    at_once: int,
    on_event: Callable[[int, dict[str, Any]], None],
    stopping: Callable[[], bool],
) -> None:
    """Run ``commands``, at most ``at_once`` at a time.

    Args:
        on_event: hears (index of the command, event) for all events but ``done`` and ``error``, in this thread.
    Raises:
        ScorerError: a command failed, or processes ended without an answer again and again; the others are ended.
        StopRequested: ``stopping`` said so; all processes have checkpointed and ended.
    """
    waiting = deque(enumerate(commands))
    running: dict[int, subprocess.Popen[str]] = {}
    restarts = 0
    events: queue.Queue[tuple[int, dict[str, Any] | None]] = queue.Queue()
    try:
        while waiting or running:
            while waiting and len(running) < at_once:
                index, command = waiting.popleft()
                running[index] = _start(index, command, events)
            try:
                index, event = events.get(timeout=POLL_SECONDS)
            except queue.Empty:
                event = {}
            if stopping():
                raise StopRequested
            if event is None:
                exit_code = running.pop(index).wait()
                restarts += 1
                if restarts > MAX_RESTARTS:
                    raise ScorerError(f"Scorer processes ended {restarts} times before they were done (exit code {exit_code}).")
                waiting.appendleft((index, commands[index]))
                continue
            if event.get("event") == "error":
                raise ScorerError(str(event["message"]))
            if event.get("event") == "done":
                _end(running.pop(index))
            elif event:
                on_event(index, event)
    finally:
        for child in running.values():
            child.terminate()
        for child in running.values():
            _end(child)


def _start(
    index: int, command: Mapping[str, Any], events: queue.Queue[tuple[int, dict[str, Any] | None]]
) -> subprocess.Popen[str]:
    package_root = str(Path(__file__).resolve().parents[1])
    child = subprocess.Popen(
        [sys.executable, "-m", "retort_scorer", "serve"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env={
            **os.environ,
            "PYTHONPATH": package_root,
            "PYTHONDONTWRITEBYTECODE": "",
        },  # without bytecode torch loads 1.5 s longer
    )
    assert child.stdin is not None and child.stdout is not None  # both are pipes
    child.stdin.write(json.dumps({"id": index, **command}) + "\n")
    child.stdin.flush()
    threading.Thread(target=_listen, args=(index, child.stdout, events), daemon=True).start()
    return child


def _listen(index: int, lines: Any, events: queue.Queue[tuple[int, dict[str, Any] | None]]) -> None:
    finished = False
    for line in lines:
        event = json.loads(line)
        finished = finished or event["event"] in ("done", "error")
        events.put((index, event))
    if not finished:
        events.put((index, None))


def _end(child: subprocess.Popen[str]) -> None:
    if child.stdin is not None:
        child.stdin.close()
    child.wait()
