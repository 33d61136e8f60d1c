"""The scorer as a Python object: images in, MOS with their intervals out."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from .checkpoint import Checkpoint, read_checkpoint
from .encoders.encoder import Encoder, require_image_side
from .encoders.packed import load_packed_encoder, weights_beside
from .encoders.registry import describe_encoder, load_encoder
from .errors import ImageUnreadableError
from .feature_store import Features
from .scoring import score_rows
from .source_image import pixels_of, read_source_image
from .stored_encoder import as_stored, require_same_revisions

CHECKPOINT_FILE = "scorer.safetensors"
ROWS_AT_ONCE = 64  # images whose features are in memory together: 8 MB

ImageLike = str | Path | Image.Image | NDArray[np.uint8]
AspectScores = dict[str, float | None]


class Scorer:
    """A fitted scorer with its encoder.

    Example::

        from retort_scorer import Scorer

        scorer = Scorer.load("my-scorer")
        scorer.score(["a.png"], ["a red fox"])
        # [{"quality": {"predicted_mos": 3.1, "low": 2.4, "high": 3.8}, "correspondence": {…}}]

    torch keeps the number of threads that it has; ``torch.set_num_threads(1)`` gives the same bits on every run.
    """

    def __init__(self, checkpoint: Checkpoint, encoder: Encoder, image_side: int) -> None:
        self._checkpoint, self._encoder, self._side = checkpoint, encoder, image_side

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read a pack's folder, or a ``scorer.safetensors`` of a pack or a fit.

        Raises:
            CheckpointUnreadableError: no scorer of ours, or fitted on other features than this version makes.
            ScorerError: no pack, and the package of the encoder's weights isn't installed.
        """
        file = Path(path) / CHECKPOINT_FILE if Path(path).is_dir() else Path(path)
        checkpoint = read_checkpoint(file)
        require_same_revisions(checkpoint, file)
        name, weights = checkpoint.encoder, weights_beside(file)
        encoder = load_encoder(name) if weights is None else load_packed_encoder(name, weights)
        return cls(checkpoint, encoder, require_image_side(describe_encoder(name)))

    @property
    def aspects(self) -> tuple[str, ...]:
        """What is predicted, such as ``quality``; ``correspondence`` only of images with a prompt."""
        return tuple(self._checkpoint.aspects)

    def score(
        self, images: Sequence[ImageLike], prompts: Sequence[str | None] | None = None
    ) -> list[dict[str, AspectScores]]:
        """Predict each image, from its pixels and image prompt alone.

        Args:
            images: paths, PIL images, or RGB arrays [H, W, 3], uint8.
            prompts: the text each image was generated from, None where it isn't known.
        Returns:
            a dictionary an image, by aspect: ``predicted_mos`` on 0–5, ``low`` and ``high`` of its 90 % interval (None where
            none was calibrated). An aspect about the prompt is left out where there is none.
        Raises:
            ImageUnreadableError: a file that is no image, an array of another shape or dtype.
            ValueError: not as many prompts as images, or a single path instead of a list.
        """
        if isinstance(images, str | Path):
            raise ValueError("images is one path: pass a list.")
        texts = [None] * len(images) if prompts is None else list(prompts)
        if len(texts) != len(images):
            raise ValueError(f"{len(images)} images came with {len(texts)} prompts: give each its own, or None.")
        scores: list[dict[str, AspectScores]] = []
        for start in range(0, len(images), ROWS_AT_ONCE):
            part = slice(start, start + ROWS_AT_ONCE)
            rows = [(self._image(image), self._text(text)) for image, text in zip(images[part], texts[part], strict=True)]
            for by_aspect in score_rows(self._checkpoint, rows):
                scores.append({aspect: asdict(prediction) for aspect, prediction in by_aspect.items()})
        return scores

    def _image(self, image: ImageLike) -> Features:
        if isinstance(image, str | Path):
            pixels = read_source_image(Path(image), self._side)
        else:
            pixels = pixels_of(image if isinstance(image, Image.Image) else _from_array(image), self._side)
        return as_stored(self._encoder.encode_image(pixels))

    def _text(self, text: str | None) -> Features | None:
        return None if text is None else as_stored(self._encoder.encode_text(text))


def _from_array(array: NDArray[np.uint8]) -> Image.Image:
    if not isinstance(array, np.ndarray) or array.dtype != np.uint8 or array.ndim != 3 or array.shape[2] != 3 or array.size == 0:
        found = f"{array.dtype} {list(array.shape)}" if isinstance(array, np.ndarray) else type(array).__name__
        raise ImageUnreadableError(f"An image should be a path, a PIL image or an array [H, W, 3] of uint8, this is {found}.")
    return Image.fromarray(array)
