"""What every encoder promises, and what is known of one before its networks are loaded."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from torch import Tensor

from ..errors import ScorerError
from ..feature_store import Features

REVISIONS_FILE = Path(__file__).resolve().parents[2] / "encoder-revisions.json"


@dataclass(frozen=True)
class EncoderRevisions:
    """Names of everything that decides a feature: network, weights, resolution, pooling. A change of one is a new name."""

    image: str
    text: str

    @property
    def name(self) -> str:
        return f"{self.image}+{self.text}"


@dataclass(frozen=True)
class EncoderSpec:
    """An encoder by name.

    Attributes:
        image_side: width and height of the pixels it wants; None where it takes none (its features come from elsewhere).
        levels: widths of the parts of an image vector, each from one place of a network: a kernel weighs them alike.
            Empty means one part, whatever its width.
        is_random: the weights were drawn, not trained: what is fitted on it proves a path and is no result.
    """

    name: str
    revisions: EncoderRevisions
    image_side: int | None
    levels: tuple[int, ...] = ()
    is_random: bool = False

    def levels_of(self, width: int) -> Sequence[int]:
        """The parts of an image vector of this width."""
        return self.levels if sum(self.levels) == width else [width]


def require_image_side(spec: EncoderSpec) -> int:
    """Width and height of the pixels that ``spec`` wants.

    Raises:
        ScorerError: it takes no pixels: its features are made elsewhere.
    """
    if spec.image_side is None:
        raise ScorerError(f"The encoder {spec.name} takes no pixels: its features are made elsewhere and read from the store.")
    return spec.image_side


class Encoder(Protocol):
    """Networks, loaded. Calls for images may come from several threads, those for texts from one."""

    def encode_image(self, pixels: Tensor) -> Features:
        """[1, 3, side, side], fp32, RGB, 0–255 -> tokens [S, D] and a vector [V]; never depends on other images."""
        ...

    def encode_text(self, text: str) -> Features:
        """An image prompt -> tokens [S, D], S may be 0, and a vector [D]."""
        ...


def read_revisions(encoder: str) -> EncoderRevisions:
    """The revisions of ``encoder`` from ``encoder-revisions.json``, which other languages read too.

    Raises:
        ScorerError: no such encoder.
    """
    revisions = json.loads(REVISIONS_FILE.read_text(encoding="utf-8"))
    if encoder not in revisions:
        raise ScorerError(f"There is no encoder {encoder!r}: choose one of {', '.join(sorted(revisions))}.")
    return EncoderRevisions(**revisions[encoder])
