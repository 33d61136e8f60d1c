"""A lock that one process holds at a time; who comes second says so instead of waiting for an hour."""

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .errors import ScorerError

PATIENCE_SECONDS = 10.0  # what a predecessor that is being killed may need to be gone


@contextmanager
def exclusive_lock(path: Path, busy: str) -> Iterator[None]:
    """Hold the lock on the file ``path``, whose folder is made.

    Raises:
        ScorerError: another process holds it; ``busy`` says what that means and what to do.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    until = time.monotonic() + PATIENCE_SECONDS
    with path.open("w") as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                if time.monotonic() > until:
                    raise ScorerError(busy) from error
                time.sleep(0.1)
        yield
