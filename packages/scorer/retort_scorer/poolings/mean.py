"""The average of the real tokens: the paper's pooling."""

import torch
from torch import Tensor

from ..precision import at_least_fp32
from .pooling import Pooling, require_real_tokens


class MeanPooling(Pooling):
    """``masked_mean`` behind the contract."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.out_width = width

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        return masked_mean(hidden_states, mask)


def masked_mean(hidden_states: Tensor, mask: Tensor) -> Tensor:
    """Average the real tokens of each sequence; padding has no weight.

    Args:
        hidden_states: [B, S, D]; summed in fp32 at least.
        mask: [B, S], bool, True where a token is real.
    Returns:
        [B, D].
    Raises:
        EmptySequenceError: a row of ``mask`` has no True.
    """
    require_real_tokens(mask)
    total = torch.where(mask.unsqueeze(-1), at_least_fp32(hidden_states), 0.0).sum(dim=1)  # [B, S, D] -> [B, D]
    return total / mask.sum(dim=1, keepdim=True)
