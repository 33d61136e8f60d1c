"""From a state a token to one vector a sequence, padding left out."""

import torch
from torch import Tensor

from .precision import at_least_fp32


class EmptySequenceError(ValueError):
    """A sequence of a batch has no real token."""


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
    counts = mask.sum(dim=1, keepdim=True)
    if bool((counts == 0).any()):
        raise EmptySequenceError("Every sequence needs one real token or more; one of this batch has only padding.")
    total = torch.where(mask.unsqueeze(-1), at_least_fp32(hidden_states), 0.0).sum(dim=1)  # [B, S, D] -> [B, D]
    return total / counts
