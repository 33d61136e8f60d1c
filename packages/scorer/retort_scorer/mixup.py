"""Each row of a batch mixed with another one, tokens and targets alike (manifold mixup, Verma et al. 2019)."""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.distributions import Beta


@dataclass(frozen=True)
class Mix:
    """``share`` [B, 1] of each row, at least a half, and its ``partner`` [B], which gives the rest; None mixes nothing."""

    share: Tensor | None = None
    partner: Tensor | None = None

    def tokens(self, tokens: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """[B, S, D] and [B, S] mixed; a token that one of the two lacks counts as zeros there."""
        if self.share is None or self.partner is None:
            return tokens, mask
        real = torch.where(mask.unsqueeze(-1), tokens, 0.0)
        mixed = self.share.unsqueeze(-1) * real + (1 - self.share.unsqueeze(-1)) * real[self.partner]
        return mixed, mask | mask[self.partner]

    def target(self, target: Tensor) -> Tensor:
        """[B, T] mixed; NaN, and so no target, where one of the two has none."""
        if self.share is None or self.partner is None:
            return target
        return self.share * target + (1 - self.share) * target[self.partner]


def draw_mix(rows: int, strength: float) -> Mix:
    """A mix of a batch of ``rows``, shares from Beta(strength, strength); strength 0, or a row alone, mixes nothing."""
    if strength <= 0 or rows < 2:
        return Mix()
    share = Beta(strength, strength).sample((rows, 1))
    return Mix(torch.maximum(share, 1 - share), torch.randperm(rows))
