"""A file of predictions that is written batch by batch and goes on where a killed writer left it.

``<out>.partial`` holds the lines, ``<out>.partial.json`` says of what and how far they are: it is renamed into place after
each batch's lines are on disk, so lines behind the length it names are of a batch that didn't end, and are cut off.
"""

import csv
import io
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from .atomic_files import write_json

COLUMNS = ("image", "aspect", "predicted_mos", "low", "high")


@dataclass
class Progress:
    """How far a file is: input rows that are done, what became of them, and the length of their lines in bytes."""

    identity: str
    rows: int = 0
    predicted: int = 0
    lines: int = 0
    bytes: int = 0
    failed: list[dict[str, Any]] = field(default_factory=list)
    skipped: dict[str, dict[str, Any]] = field(default_factory=dict)  # by aspect


class PredictionFile:
    """CSV with a header where ``out`` ends with .csv, else JSON lines. Use as a context; ``finish`` renames it into place."""

    def __init__(self, out: Path, identity: str) -> None:
        """``identity`` names everything that decides the predictions: a partial file of another one starts anew."""
        self._out = out
        self._partial = out.with_name(f"{out.name}.partial")
        self._record = out.with_name(f"{out.name}.partial.json")
        self._is_csv = out.suffix.lower() == ".csv"
        out.parent.mkdir(parents=True, exist_ok=True)
        self.progress = self._read_progress(identity)
        self.resumed = self.progress.rows
        self._file: BinaryIO | None = None

    def __enter__(self) -> "PredictionFile":
        self._file = self._partial.open("r+b" if self.resumed > 0 else "wb")
        self._file.truncate(self.progress.bytes)
        self._file.seek(self.progress.bytes)
        if self._is_csv and self.progress.bytes == 0:
            self._file.write(_csv_line(COLUMNS))
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def append(self, lines: Sequence[Mapping[str, Any]]) -> None:
        """Put a batch's lines and ``progress`` on disk."""
        assert self._file is not None  # opened as a context
        self.progress.lines += len(lines)
        self._file.write(b"".join(self._line(line) for line in lines))
        self._file.flush()
        os.fsync(self._file.fileno())
        self.progress.bytes = self._file.tell()
        write_json(self._record, asdict(self.progress))

    def finish(self) -> None:
        """Rename the lines to their name; the record goes."""
        assert self._file is not None  # opened as a context
        self._file.close()
        self._partial.replace(self._out)
        self._record.unlink(missing_ok=True)

    def _line(self, line: Mapping[str, Any]) -> bytes:
        if self._is_csv:
            return _csv_line(line[column] for column in COLUMNS)
        return f"{json.dumps(line, ensure_ascii=False, allow_nan=False)}\n".encode()

    def _read_progress(self, identity: str) -> Progress:
        try:
            progress = Progress(**json.loads(self._record.read_text(encoding="utf-8")))
            whole = self._partial.stat().st_size >= progress.bytes
        except (OSError, ValueError, TypeError):
            return Progress(identity)
        return progress if whole and progress.identity == identity else Progress(identity)


def _csv_line(cells: Iterable[object]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue().encode()
