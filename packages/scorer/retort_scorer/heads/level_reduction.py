"""Principal components of each level of an image vector: tens of thousands of numbers made a few hundred, for all heads alike.

A level is one place of a network (its statistics, or how its channels go together). Each is standardised and turned into
its principal components on train rows; what neural heads and kernels read are these coordinates, so they are compared on
the same features, and a scorer carries a few megabytes instead of a hundred.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

CLIP = 6.0  # standard deviations: one wild channel of an unusual image must not decide its score
SD_FLOOR = 1e-4
MAX_COMPONENTS = 256
VARIANCE_SHARE = 0.97  # of a level's variance that its components hold, where MAX_COMPONENTS allow
# Of a level's largest variance: added before whitening, so that directions which hardly vary aren't blown up.
WHITENING_FLOOR = 0.05
COLUMNS_AT_ONCE = 2048  # that are held in fp64


class LevelReduction(nn.Module):
    """Fitted with ``fit_level_reduction``; its tensors are buffers, so they are saved with a head."""

    mean: Tensor  # [V]
    scale: Tensor  # [V]
    variances: Tensor  # [K], of the coordinates on train

    def __init__(self, levels: Sequence[int], components: Sequence[int]) -> None:
        """``levels``: width of each part of an image vector; ``components``: how many coordinates each becomes."""
        super().__init__()
        self.levels, self.components = tuple(levels), tuple(components)
        self.register_buffer("mean", torch.zeros(sum(levels)))
        self.register_buffer("scale", torch.ones(sum(levels)))
        self.register_buffer("variances", torch.ones(sum(components)))
        for place, (width, count) in enumerate(zip(levels, components, strict=True)):
            self.register_buffer(f"basis{place}", torch.zeros(width, count, dtype=torch.float16))

    def forward(self, vectors: Tensor) -> Tensor:
        """[B, V] -> coordinates [B, K], fp32, the levels side by side."""
        parts = self.standardised(vectors).split(self.levels, dim=-1)
        return torch.cat([part @ self.get_buffer(f"basis{place}").float() for place, part in enumerate(parts)], dim=-1)

    def standardised(self, vectors: Tensor) -> Tensor:
        """[B, V] -> [B, V], fp32."""
        return ((vectors.float() - self.mean) / self.scale).clamp(-CLIP, CLIP)

    def whitened(self, coordinates: Tensor) -> Tensor:
        """[B, K] -> [B, K]: every direction of a level about as wide as its widest, the narrowest ones less."""
        parts = self.variances.split(self.components)
        widths = torch.cat([(part + WHITENING_FLOOR * part.max()).sqrt() for part in parts])
        return coordinates / widths.clamp_min(SD_FLOOR)

    def describe(self) -> dict[str, Any]:
        """What ``LevelReduction(**description)`` needs to take the tensors again."""
        return {"levels": list(self.levels), "components": list(self.components)}


@torch.no_grad()
def fit_level_reduction(vectors: Tensor, levels: Sequence[int]) -> LevelReduction:
    """Fit on train rows, [n, V], n of 2 or more, of any float dtype: one level at a time is held in fp32.

    Returns:
        a reduction with at most ``MAX_COMPONENTS`` a level, fewer where ``VARIANCE_SHARE`` is reached, one at least.
    """
    fitted = [_fit_level(part) for part in vectors.split(tuple(levels), dim=-1)]
    reduction = LevelReduction(levels, [level.basis.shape[1] for level in fitted])
    for place, level in enumerate(fitted):
        reduction.get_buffer(f"basis{place}").copy_(level.basis)
    for name in ("mean", "scale", "variances"):
        reduction.get_buffer(name).copy_(torch.cat([getattr(level, name) for level in fitted]))
    return reduction.eval()


@dataclass(frozen=True)
class _Level:
    """One part of an image vector, C wide: its standardisation, its k directions (fp16) and how far rows lie along each."""

    mean: Tensor  # [C]
    scale: Tensor  # [C]
    basis: Tensor  # [C, k]
    variances: Tensor  # [k]


def _fit_level(part: Tensor) -> _Level:
    """[n, C] -> its principal components."""
    values = part.to(torch.float32, copy=True)
    mean, scale = values.mean(dim=0), values.std(dim=0, correction=0).clamp_min(SD_FLOOR)
    values.sub_(mean).div_(scale).clamp_(-CLIP, CLIP)
    basis = _principal_directions(values).half()
    return _Level(mean, scale, basis, (values @ basis.float()).square().mean(dim=0))


def _principal_directions(part: Tensor) -> Tensor:
    """[n, C] -> orthonormal [C, k], widest first, through the smaller of the two Gram matrices."""
    n, width = part.shape
    gram = part @ part.T if width > n else part.T @ part
    variances, vectors = torch.linalg.eigh(gram.double())
    variances, vectors = variances.flip(0).clamp_min(0), vectors.flip(1)
    shares = variances.cumsum(0) / variances.sum().clamp_min(1e-12)
    count = min(MAX_COMPONENTS, int((shares < VARIANCE_SHARE).sum()) + 1, n - 1, width)
    kept = vectors[:, : max(count, 1)]
    if width > n:
        kept = torch.cat([columns.double().T @ kept for columns in part.split(COLUMNS_AT_ONCE, dim=-1)])
        kept = kept / kept.norm(dim=0).clamp_min(1e-12)
    return _with_fixed_signs(kept).float()


def _with_fixed_signs(directions: Tensor) -> Tensor:
    """The largest member of each direction positive: the sign of an eigenvector is anybody's choice."""
    largest = directions.gather(0, directions.abs().argmax(dim=0, keepdim=True))
    return directions * torch.where(largest < 0, -1.0, 1.0)
