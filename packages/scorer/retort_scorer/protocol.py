"""JSON lines on the real stdout: events out, and nobody else's text between them."""

import json
import os
import sys
import threading
from typing import Any, Protocol, TextIO


class Emitter(Protocol):
    """Takes the events of one command."""

    def __call__(self, event: str, **fields: Any) -> None: ...


class EventStream:
    """Writes events, one JSON object a line, whole lines only, from any thread; ``failures`` counts the errors among them."""

    def __init__(self, stream: TextIO) -> None:
        self.failures = 0
        self._stream = stream
        self._lock = threading.Lock()

    def emit(self, event: str, **fields: Any) -> None:
        line = json.dumps({"event": event, **fields}, ensure_ascii=False, allow_nan=False)
        with self._lock:
            self.failures += event == "error"
            self._stream.write(f"{line}\n")
            self._stream.flush()

    def for_command(self, command_id: object) -> Emitter:
        """An emitter that puts the command's id into each event."""

        def emit(event: str, **fields: Any) -> None:
            self.emit(event, id=command_id, **fields)

        return emit


def claim_stdout() -> EventStream:
    """Keep the real stdout for events and point descriptor 1 at stderr, so that no library can print into the protocol."""
    sys.stdout.flush()
    events = os.fdopen(os.dup(1), "w", encoding="utf-8", newline="\n")
    os.dup2(2, 1)
    return EventStream(events)
