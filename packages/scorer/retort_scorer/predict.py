"""The command ``predict``: a MOS with its interval for images nobody rated, from pixels and image prompt alone."""

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import torch

from .atomic_files import read_json_lines, sha256_bytes, sha256_text, write_json_lines
from .checkpoint import Checkpoint, read_checkpoint
from .encoders.encoder import Encoder, require_image_side
from .encoders.registry import describe_encoder, load_encoder
from .errors import CheckpointUnreadableError, ImageUnreadableError, StopRequested
from .feature_store import Features, FeatureStore
from .feature_table import build_feature_table
from .fit_config import ASPECTS_OF_PROMPT
from .fit_report import prediction_interval
from .fit_rows import MOS_RANGE
from .protocol import Emitter
from .source_image import read_source_image

ROWS_AT_ONCE = 64  # images whose features are in memory together: 6 MB
NO_PROMPT = "needs the image prompt: pass a CSV with the columns name,prompt"


class StoredEncoder:
    """Takes features from a store where it has them, else computes them; the networks are loaded at the first need.

    ``image`` may be called from several threads, ``text`` from one.
    """

    def __init__(self, root: Path | None, checkpoint: Checkpoint) -> None:
        revisions = checkpoint.revisions
        self._images = None if root is None else FeatureStore(root, revisions.image)
        self._texts = None if root is None else FeatureStore(root, revisions.text)
        self._encoder: Encoder | None = None
        self._spec = describe_encoder(checkpoint.encoder)
        self._loading = threading.Lock()
        self._recent_text: tuple[str, Features] | None = None

    def image(self, path: Path) -> Features:
        """Raises ImageUnreadableError."""
        if self._images is not None and (key := _hash_of(path)) in self._images:
            return self._images.load([key])[key]
        pixels = read_source_image(path, require_image_side(self._spec))
        return _as_stored(self._networks().encode_image(pixels))

    def text(self, text: str) -> Features:
        """Features of an image prompt; the last one is remembered."""
        if self._recent_text is not None and self._recent_text[0] == text:
            return self._recent_text[1]
        if self._texts is not None and (key := sha256_text(text)) in self._texts:
            features = self._texts.load([key])[key]
        else:
            features = _as_stored(self._networks().encode_text(text))
        self._recent_text = (text, features)
        return features

    def _networks(self) -> Encoder:
        with self._loading:
            self._encoder = self._encoder or load_encoder(self._spec.name)
            return self._encoder


def run_predict(command: Mapping[str, Any], emit: Emitter, stopping: Callable[[], bool]) -> dict[str, Any]:
    """Predict each image of ``images`` (JSON lines of image, path, image_prompt) into ``out``.

    Returns:
        ``predicted`` (number of images), ``failed`` (image, path, reason each), ``skipped`` (image, aspect, reason each)
        and ``out``.
    Raises:
        CheckpointUnreadableError: no scorer, or one of other encoder revisions than this program has.
        StopRequested: ``stopping`` said so; nothing is written.
    """
    checkpoint_path = Path(command["checkpoint"])
    checkpoint = read_checkpoint(checkpoint_path)
    revisions = describe_encoder(checkpoint.encoder).revisions
    if revisions != checkpoint.revisions:
        raise CheckpointUnreadableError(
            f"{checkpoint_path} was fitted on features {checkpoint.revisions.name}, this program makes {revisions.name}: "
            "fit again."
        )
    rows = read_json_lines(Path(command["images"]))
    root = command.get("feature_store")
    encoder = StoredEncoder(None if root is None else Path(root), checkpoint)
    lines: list[dict[str, Any]] = []
    failed: list[dict[str, Any]] = []
    skipped: list[dict[str, Any]] = []
    with ThreadPoolExecutor(max(1, int(command.get("threads", 1)))) as pool:
        for start in range(0, len(rows), ROWS_AT_ONCE):
            part = rows[start : start + ROWS_AT_ONCE]
            images = pool.map(lambda row: _read(encoder, row), part)
            for number, (row, image) in enumerate(zip(part, images, strict=True), start=start + 1):
                if isinstance(image, str):
                    failed.append({"image": row["image"], "path": row["path"], "reason": image})
                else:
                    _score(checkpoint, encoder, row, image, lines, skipped)
                emit("progress", done=number, total=len(rows), unit="image")
                if stopping():
                    pool.shutdown(cancel_futures=True)
                    raise StopRequested
    write_json_lines(Path(command["out"]), lines)
    return {"predicted": len(rows) - len(failed), "failed": failed, "skipped": skipped, "out": str(command["out"])}


def _read(encoder: StoredEncoder, row: Mapping[str, Any]) -> Features | str:
    """The image's features, or why it can't be read."""
    try:
        return encoder.image(Path(row["path"]))
    except ImageUnreadableError as error:
        return str(error)


def _score(
    checkpoint: Checkpoint,
    encoder: StoredEncoder,
    row: Mapping[str, Any],
    image: Features,
    lines: list[dict[str, Any]],
    skipped: list[dict[str, Any]],
) -> None:
    """Append a line an aspect to ``lines``, or to ``skipped`` where the aspect needs an image prompt that isn't there."""
    prompt = row.get("image_prompt")
    text = None if prompt is None else encoder.text(str(prompt))
    for aspect in checkpoint.aspects:
        if text is None and aspect in ASPECTS_OF_PROMPT:
            skipped.append({"image": row["image"], "aspect": aspect, "reason": f"{aspect} {NO_PROMPT}"})
        else:
            lines.append(_line(checkpoint, str(row["image"]), aspect, image, text))


def _line(checkpoint: Checkpoint, image_name: str, aspect: str, image: Features, text: Features | None) -> dict[str, Any]:
    scorer = checkpoint.aspects[aspect]
    raw = float(scorer.predict(build_feature_table([(image, text)])))
    predicted_mos = float(np.clip(raw, *MOS_RANGE))
    interval = prediction_interval(predicted_mos, scorer.half_width)
    return {"image": image_name, "aspect": aspect, "predicted_mos": predicted_mos, **interval}


def _hash_of(path: Path) -> str:
    """The file's content key; empty, which no store has, if it can't be read: reading the image then says why."""
    try:
        return sha256_bytes(path.read_bytes())
    except OSError:
        return ""


def _as_stored(features: Features) -> Features:
    """Round as the store does, so that an image scores the same from pixels and from stored features."""
    return Features(features.tokens.to(torch.float16), features.vector)
