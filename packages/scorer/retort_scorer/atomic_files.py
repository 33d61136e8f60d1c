"""Files that are there whole or not at all: written under a temporary name, synced, renamed."""

import csv
import hashlib
import io
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from .errors import ScorerError

TEMPORARY_SUFFIX = ".tmp"


def write_bytes(path: Path, content: bytes) -> None:
    """Write ``content``; a kill at any moment leaves the old file or the new one."""
    with writing(path) as file:
        file.write(content)


@contextmanager
def writing(path: Path) -> Iterator[BinaryIO]:
    """A file to write into, which takes the place of ``path`` at the end: for what shouldn't be in memory as bytes first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{os.getpid()}{TEMPORARY_SUFFIX}")
    try:
        with temporary.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def remove_temporary(folder: Path) -> None:
    """Remove what killed writers left in ``folder``. Only for the one process that may write there."""
    for path in folder.glob(f"*{TEMPORARY_SUFFIX}"):
        path.unlink(missing_ok=True)


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """Write one JSON document, members in their own order."""
    text = json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False)
    write_bytes(path, f"{text}\n".encode())


def write_json_lines(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write a JSON object a line, keys in the rows' own order."""
    lines = (json.dumps(row, ensure_ascii=False, allow_nan=False) for row in rows)
    write_bytes(path, "".join(f"{line}\n" for line in lines).encode())


def write_csv(path: Path, rows: Iterable[Sequence[object]]) -> None:
    """Write a CSV, its header the first of ``rows``."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    write_bytes(path, text.getvalue().encode())


def read_json_lines(path: Path) -> list[dict[str, Any]]:
    """Read a JSON object a line; blank lines are skipped.

    Raises:
        ScorerError: the file can't be read, or a line is not an object; the message names file and line.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")  # splitlines also breaks at U+2028, which JSON may hold
    except (OSError, UnicodeDecodeError) as error:
        raise ScorerError(f"{path} can't be read ({error}): it should hold a JSON object a line.") from error
    rows = []
    for number, row in parse_json_lines(path, lines):
        if not isinstance(row, dict):
            raise ScorerError(f"{path} line {number} should be a JSON object, it is a {type(row).__name__}.")
        rows.append(row)
    return rows


def parse_json_lines(path: Path, lines: Iterable[str]) -> Iterator[tuple[int, Any]]:
    """The number and value of each line of ``path`` that isn't blank, one in memory at a time.

    Raises:
        ScorerError: a line is not JSON; the message names file and line.
    """
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            yield number, json.loads(line)
        except json.JSONDecodeError as error:
            raise ScorerError(f"{path} line {number} is not JSON: {error}.") from error


def sha256_text(text: str) -> str:
    """Content key of a text as UTF-8: ``sha256:`` and 64 hex digits."""
    return sha256_bytes(text.encode())


def sha256_bytes(content: bytes) -> str:
    """Content key of bytes."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"
