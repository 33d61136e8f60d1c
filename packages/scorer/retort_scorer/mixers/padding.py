"""Tokens that aren't there: cleared, or kept in their place while the real ones are turned round."""

import torch
from torch import Tensor


def clear_padding(x: Tensor, mask: Tensor) -> Tensor:
    """[B, S, D] with zeros wherever ``mask`` [B, S] is False; no NaN or gradient comes through there."""
    return torch.where(mask.unsqueeze(-1), x, 0.0)


def reverse_real(x: Tensor, mask: Tensor) -> Tensor:
    """[B, S, D] with the real tokens of each row in reverse order, its padding where it was. Twice is the identity."""
    places = torch.arange(x.shape[1], device=x.device).expand(mask.shape)
    mirrored = torch.where(mask, mask.sum(dim=1, keepdim=True) - 1 - places, places)
    return x.gather(1, mirrored.unsqueeze(-1).expand_as(x))
