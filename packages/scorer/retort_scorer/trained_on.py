"""What a checkpoint's weights have seen, kept in the checkpoint: enough to tell whether a row is new to it, not what the rows were.

The tensors ``trained_on.images`` and ``trained_on.image_prompts`` [n], int64, hold 64 bits of the SHA-256 of each image's content
key and of each normalised image prompt, sorted; the header's member ``trained_on`` has the generators' names. Rows that chose
an epoch count as seen.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from .fit_rows import FitRow
from .image_prompt import normalise_image_prompt

HEADER_MEMBER = "trained_on"
IMAGES, IMAGE_PROMPTS = f"{HEADER_MEMBER}.images", f"{HEADER_MEMBER}.image_prompts"


@dataclass(frozen=True)
class TrainedOn:
    """Keys of the images and image prompts that were trained on, and the names of their generators, where known."""

    images: frozenset[int]
    image_prompts: frozenset[int]
    generators: frozenset[str]

    def has_image(self, row: FitRow) -> bool:
        return _key(row.image_hash) in self.images

    def has_image_prompt(self, row: FitRow) -> bool:
        return row.image_prompt is not None and _key(normalise_image_prompt(row.image_prompt)) in self.image_prompts

    def may_have_generator(self, row: FitRow) -> bool:
        """True also where either side's generators aren't known."""
        return row.generator is None or not self.generators or row.generator in self.generators

    def joined(self, *others: "TrainedOn") -> "TrainedOn":
        """What this and ``others`` have seen together."""
        every = (self, *others)
        return TrainedOn(
            frozenset().union(*(one.images for one in every)),
            frozenset().union(*(one.image_prompts for one in every)),
            frozenset().union(*(one.generators for one in every)),
        )

    def describe(self) -> dict[str, Any]:
        """The header's member."""
        return {
            "images": len(self.images),
            "image_prompts": len(self.image_prompts),
            "generators": sorted(self.generators),
        }

    def tensors(self) -> dict[str, Tensor]:
        named = {IMAGES: self.images, IMAGE_PROMPTS: self.image_prompts}
        return {name: torch.tensor(sorted(keys), dtype=torch.int64) for name, keys in named.items()}


def describe_training(rows: Iterable[FitRow], aspects: Sequence[str], marks: Mapping[str, str]) -> TrainedOn:
    """What a fit of ``aspects`` on ``rows`` has seen: train and val, and test as well where ``marks`` (of a refit on all rows, or
    of the legacy protocol, whose test chooses the epoch) say so.
    """
    everything = "refit" in marks or "protocol" in marks
    seen = [
        row for row in rows if any(aspect in row.mos for aspect in aspects) and (everything or row.split != "test")
    ]
    return TrainedOn(
        frozenset(_key(row.image_hash) for row in seen),
        frozenset(_key(normalise_image_prompt(row.image_prompt)) for row in seen if row.image_prompt is not None),
        frozenset(row.generator for row in seen if row.generator is not None),
    )


def read_trained_on(header: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> TrainedOn | None:
    """None for a checkpoint from before it said so. Raises KeyError where its tensors are missing."""
    entry = header.get(HEADER_MEMBER)
    if entry is None:
        return None
    images, prompts = (frozenset(tensors[name].tolist()) for name in (IMAGES, IMAGE_PROMPTS))
    return TrainedOn(images, prompts, frozenset(entry["generators"]))


def _key(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big", signed=True)
