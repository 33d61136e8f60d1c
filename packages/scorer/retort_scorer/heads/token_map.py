"""Tokens of one kind on their way into a head."""

import torch
from torch import Tensor, nn

from .level_reduction import CLIP, SD_FLOOR


class TokenMap(nn.Module):
    """Standardise, drop out, project, mark the kind: [.., C] -> [.., D]."""

    mean: Tensor
    scale: Tensor

    def __init__(self, channels: int, d_model: int, dropout: float) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(channels))
        self.register_buffer("scale", torch.ones(channels))
        self.linear = nn.Linear(channels, d_model)
        self.kind = nn.Parameter(torch.randn(d_model) * 0.02)
        self.dropout = nn.Dropout(dropout)

    def standardise(self, samples: Tensor) -> None:
        """Take mean and SD from ``samples`` [n, C], train rows only; none leaves them as they are."""
        if len(samples) > 0:
            self.mean.copy_(samples.float().mean(dim=0))
            self.scale.copy_(samples.float().std(dim=0, correction=0).clamp_min(SD_FLOOR))

    def forward(self, x: Tensor) -> Tensor:
        standard = ((x.float() - self.mean) / self.scale).clamp(-CLIP, CLIP)
        return self.linear(self.dropout(standard)) + self.kind
