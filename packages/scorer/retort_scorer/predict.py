"""The command ``predict``: a MOS with its interval for images nobody rated, from pixels and image prompt alone."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any

from .atomic_files import parse_json_lines
from .checkpoint import Checkpoint, read_checkpoint
from .encoders.packed import weights_beside
from .errors import ImageUnreadableError, ScorerError, StopRequested
from .feature_store import Features
from .fit_config import ASPECTS_OF_PROMPT
from .prediction_file import PredictionFile, Progress
from .protocol import Emitter
from .scoring import score_rows
from .source_image import MAX_PIXELS
from .stored_encoder import StoredEncoder, require_same_revisions

ROWS_AT_ONCE = 64  # images whose features are in memory together, 8 MB; what a kill can cost
NO_PROMPT = "needs the image prompt: pass a CSV with the columns name,prompt"
# Raised when the same checkpoint and list would give other lines: a partial file of before then starts anew.
PREDICT_VERSION = 1

Row = Mapping[str, Any]


def run_predict(command: Mapping[str, Any], emit: Emitter, stopping: Callable[[], bool]) -> dict[str, Any]:
    """Predict each image of ``images`` (JSON lines of image, path, image_prompt) into ``out``, a batch at a time.

    Rows are read, encoded on ``threads`` threads and written in their order as a stream. A killed or stopped run goes on
    behind its last whole batch when checkpoint and list are the same (the images themselves aren't looked at again).

    Returns:
        ``predicted`` (number of images), ``lines`` (one an image and aspect), ``failed`` (image, path, reason each), ``skipped`` (aspect, reason and number of
        images each), ``resumed`` (rows that were done before), ``encoded`` (images that went through a network now) and
        ``out``.
    Raises:
        CheckpointUnreadableError: no scorer, or one of other encoder revisions than this program has.
        ScorerError: the list can't be read or a line of it is none of ours.
        StopRequested: ``stopping`` said so; whole batches are kept.
    """
    checkpoint_path = Path(command["checkpoint"])
    checkpoint = read_checkpoint(checkpoint_path)
    require_same_revisions(checkpoint, checkpoint_path)
    images = Path(command["images"])
    total, images_hash = _count_and_hash(images)
    root = command.get("feature_store")
    encoder = StoredEncoder(None if root is None else Path(root), checkpoint, weights_beside(checkpoint_path))
    identity = f"predict.v{PREDICT_VERSION} {_count_and_hash(checkpoint_path)[1]} {images_hash}"
    threads = max(1, int(command.get("threads", 1)))
    with PredictionFile(Path(command["out"]), identity) as file, ThreadPoolExecutor(threads) as pool:
        batches = _batches(islice(_read_rows(images), file.resumed, None))
        waiting = _submit(pool, encoder, next(batches, []))
        while waiting:
            following = _submit(pool, encoder, next(batches, []))
            done: list[tuple[Row, Features | str]] = []
            for row, future in waiting:
                if stopping():
                    pool.shutdown(cancel_futures=True)
                    raise StopRequested
                done.append((row, future.result()))
                emit("progress", done=file.progress.rows + len(done), total=total, unit="image")
            file.append(_score(checkpoint, encoder, done, file.progress))
            waiting = following
        file.finish()
        progress = file.progress
    return {
        "predicted": progress.predicted,
        "lines": progress.lines,
        "failed": progress.failed,
        "skipped": list(progress.skipped.values()),
        "resumed": file.resumed,
        "encoded": encoder.encoded,
        "out": str(command["out"]),
    }


def _submit(pool: ThreadPoolExecutor, encoder: StoredEncoder, rows: Sequence[Row]) -> list[tuple[Row, "Future[Features | str]"]]:
    return [(row, pool.submit(_encode, encoder, Path(row["path"]))) for row in rows]


def _encode(encoder: StoredEncoder, path: Path) -> Features | str:
    """The image's features, or why it can't be read."""
    try:
        return encoder.image(path)
    except ImageUnreadableError as error:
        return str(error)
    except MemoryError:
        return f"{path} doesn't fit into memory: {MAX_PIXELS} pixels are read where there is room for them."


def _score(
    checkpoint: Checkpoint, encoder: StoredEncoder, done: Sequence[tuple[Row, Features | str]], progress: Progress
) -> list[dict[str, Any]]:
    """The lines of a batch, image by image; what became of its rows goes into ``progress``."""
    readable: list[tuple[Row, tuple[Features, Features | None]]] = []
    for row, image in done:
        if isinstance(image, str):
            progress.failed.append({"image": row["image"], "path": row["path"], "reason": image})
            continue
        prompt = row.get("image_prompt")
        readable.append((row, (image, None if prompt is None else encoder.text(str(prompt)))))
    lines = []
    for (row, (_, text)), scores in zip(readable, score_rows(checkpoint, [pair for _, pair in readable]), strict=True):
        lines += [{"image": str(row["image"]), "aspect": aspect, **asdict(score)} for aspect, score in scores.items()]
        if text is None:
            _count_skipped(checkpoint, progress)
    progress.rows += len(done)
    progress.predicted += len(readable)
    return lines


def _count_skipped(checkpoint: Checkpoint, progress: Progress) -> None:
    for aspect in checkpoint.aspects:
        if aspect in ASPECTS_OF_PROMPT:
            empty = {"aspect": aspect, "reason": f"{aspect} {NO_PROMPT}", "images": 0}
            progress.skipped.setdefault(aspect, empty)["images"] += 1


def _count_and_hash(path: Path) -> tuple[int, str]:
    """Lines that aren't blank, and the hash of the whole file, in one pass and little memory. Raises ScorerError."""
    digest, count = hashlib.sha256(), 0
    try:
        with path.open("rb") as file:
            for line in file:
                digest.update(line)
                count += bool(line.strip())
    except OSError as error:
        raise ScorerError(f"{path} can't be read ({error}).") from error
    return count, digest.hexdigest()


def _read_rows(path: Path) -> Iterator[Row]:
    """The rows of JSON lines, one in memory at a time. Raises ScorerError, naming file and line."""
    with path.open(encoding="utf-8", newline="\n") as file:
        for number, row in parse_json_lines(path, file):
            if not isinstance(row, dict) or "image" not in row or "path" not in row:
                raise ScorerError(f"{path} line {number} should be a JSON object with image and path.")
            yield row


def _batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while part := list(islice(rows, ROWS_AT_ONCE)):
        yield part
