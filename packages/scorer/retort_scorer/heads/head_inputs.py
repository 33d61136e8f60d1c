"""What heads read: an image's level coordinates, its tokens, its prompt; for rows or for a batch of them."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import torch
from torch import Tensor

from ..feature_table import FeatureBatch, FeatureTable
from .level_reduction import LevelReduction

REDUCED_AT_ONCE = 256  # rows


@dataclass(frozen=True)
class HeadBatch:
    """Inputs of B rows."""

    coordinates: Tensor  # [B, K], fp32, of a LevelReduction
    features: FeatureBatch

    def __len__(self) -> int:
        return len(self.coordinates)


@dataclass(frozen=True)
class HeadWidths:
    """Channels of what a head reads. ``token`` is 0 where the encoder gives an image vector alone."""

    levels: tuple[int, ...]
    token: int
    text: int

    def to_json(self) -> dict[str, object]:
        return {**{field.name: getattr(self, field.name) for field in fields(self)}, "levels": list(self.levels)}


class HeadInputs:
    """Inputs of the rows of a table; coordinates are computed once."""

    def __init__(self, table: FeatureTable, reduction: LevelReduction) -> None:
        self.table, self.reduction = table, reduction
        with torch.no_grad():
            self.coordinates = torch.cat([reduction(part) for part in table.image_vectors.split(REDUCED_AT_ONCE)])

    def __len__(self) -> int:
        return len(self.table)

    @property
    def widths(self) -> HeadWidths:
        token, _, text = self.table.widths
        has_tokens = bool((self.table.image_tokens.lengths > 0).any())
        return HeadWidths(self.reduction.components, token if has_tokens else 0, text)

    def batch(self, places: Tensor | Sequence[int]) -> HeadBatch:
        index = torch.as_tensor(places)
        return HeadBatch(self.coordinates[index], self.table.batch(index))
