"""The first and the last real token of a row."""

import torch
from torch import Tensor

from ..precision import at_least_fp32
from .pooling import require_real_tokens


def first_token(hidden_states: Tensor, mask: Tensor) -> Tensor:
    """[B, S, D] -> [B, D], fp32 at least. Raises EmptySequenceError where a row has no real token."""
    require_real_tokens(mask)
    return _take(hidden_states, mask.int().argmax(dim=1))


def last_token(hidden_states: Tensor, mask: Tensor) -> Tensor:
    """[B, S, D] -> [B, D], fp32 at least. Raises EmptySequenceError where a row has no real token."""
    require_real_tokens(mask)
    return _take(hidden_states, mask.shape[1] - 1 - mask.flip(1).int().argmax(dim=1))


def _take(hidden_states: Tensor, places: Tensor) -> Tensor:
    rows = torch.arange(len(places), device=places.device)
    return at_least_fp32(hidden_states[rows, places])
