"""The command ``encode``: images, image prompts and descriptions in, features in the store."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from .atomic_files import read_json_lines, sha256_text
from .encoders.encoder import Encoder, require_image_side
from .encoders.registry import describe_encoder, load_encoder
from .errors import ImageUnreadableError, StopRequested
from .feature_store import Features, FeatureStore
from .protocol import Emitter
from .source_image import read_source_image

SHARD_IMAGES = 64  # what a kill can cost: 10 s of work on one core
SHARD_TEXTS = 512


def run_encode(command: Mapping[str, Any], emit: Emitter, stopping: Callable[[], bool]) -> dict[str, Any]:
    """Encode what the store doesn't hold yet.

    Args:
        command: ``feature_store``, ``images`` (JSON lines of image_hash, path, image_prompt, and
            optionally descriptions, text by aspect), ``encoder``, ``threads``.
        stopping: asked between images; True stores what is done and raises.
    Returns:
        ``encoded``, ``reused`` (numbers of distinct images), ``failed`` (image_hash, path, reason each), ``encoder_revision``.
    Raises:
        StopRequested: ``stopping`` said so.
    """
    spec = describe_encoder(str(command.get("encoder", "embedded")))
    side, revisions = require_image_side(spec), spec.revisions
    rows = read_json_lines(Path(command["images"]))
    paths = {str(row["image_hash"]): Path(row["path"]) for row in rows}
    texts = {sha256_text(prompt): prompt for row in rows if (prompt := row.get("image_prompt")) is not None}
    texts |= {sha256_text(text): text for row in rows for text in row.get("descriptions", {}).values()}
    root, threads = Path(command["feature_store"]), max(1, int(command.get("threads", 1)))
    images, prompts = FeatureStore(root, revisions.image), FeatureStore(root, revisions.text)
    new_images = [key for key in paths if key not in images]
    new_texts = [key for key in texts if key not in prompts]
    result: dict[str, Any] = {
        "encoded": 0,
        "reused": len(paths) - len(new_images),
        "failed": [],
        "encoder_revision": revisions.name,
    }
    if not new_images and not new_texts:
        return result
    encoder = load_encoder(spec.name)
    with prompts.writing():
        for keys in _parts(new_texts, SHARD_TEXTS):
            prompts.add({key: encoder.encode_text(texts[key]) for key in keys})
            if stopping():
                raise StopRequested
    done = result["reused"]

    def count_image() -> None:
        nonlocal done
        done += 1
        emit("progress", done=done, total=len(paths), unit="image")

    with images.writing():
        for keys in _parts(new_images, SHARD_IMAGES):
            encoded, failed = _encode_shard(encoder, side, {key: paths[key] for key in keys}, threads, count_image, stopping)
            if encoded:
                images.add(encoded)
            result["encoded"] += len(encoded)
            result["failed"] += failed
            if stopping():
                raise StopRequested
    return result


def _encode_shard(
    encoder: Encoder,
    side: int,
    paths: Mapping[str, Path],
    threads: int,
    count_image: Callable[[], None],
    stopping: Callable[[], bool],
) -> tuple[dict[str, Features], list[dict[str, str]]]:
    """Encode the images of one shard, fewer when asked to stop; gives features by key, and failures."""
    encoded: dict[str, Features] = {}
    failed: list[dict[str, str]] = []
    with ThreadPoolExecutor(threads) as pool:
        futures = {key: pool.submit(_encode_image, encoder, side, path, key) for key, path in paths.items()}
        for key, future in futures.items():
            if stopping():
                pool.shutdown(cancel_futures=True)
                break
            try:
                encoded[key] = future.result()
            except ImageUnreadableError as error:
                failed.append({"image_hash": key, "path": str(paths[key]), "reason": str(error)})
            count_image()
    return encoded, failed


def _encode_image(encoder: Encoder, side: int, path: Path, image_hash: str) -> Features:
    return encoder.encode_image(read_source_image(path, side, image_hash))


def _parts(keys: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    for start in range(0, len(keys), size):
        yield keys[start : start + size]
