"""The largest value of each channel among the real tokens."""

import torch
from torch import Tensor

from ..precision import at_least_fp32
from .pooling import Pooling, require_real_tokens


class MaxPooling(Pooling):
    """Where several tokens hold the largest value, they share the gradient."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.out_width = width

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        require_real_tokens(mask)
        return torch.where(mask.unsqueeze(-1), at_least_fp32(hidden_states), -torch.inf).amax(dim=1)
