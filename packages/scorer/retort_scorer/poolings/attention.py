"""An average whose weights are learned: a softmax over how well each real token answers one query."""

import math

import torch
from torch import Tensor, nn

from ..precision import at_least_fp32
from .pooling import Pooling, require_real_tokens


class AttentionPooling(Pooling):
    """[B, S, D] -> [B, D]. The query starts at zero, that is as the mean; scores and softmax are fp32 at least."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.out_width = width
        self.query = nn.Parameter(torch.zeros(width))

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        require_real_tokens(mask)
        real = torch.where(mask.unsqueeze(-1), at_least_fp32(hidden_states), 0.0)
        scores = real @ self.query.to(real.dtype) / math.sqrt(real.shape[-1])  # [B, S]
        weights = scores.masked_fill(~mask, -torch.inf).softmax(dim=1)
        return (weights.unsqueeze(-1) * real).sum(dim=1)
