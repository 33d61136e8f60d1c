"""Positions by rotation: the product of two rotated vectors depends on how far apart they stand, not on where.

Source: Su et al. 2021 (arXiv 2104.09864), with halves instead of neighbouring pairs of channels, as is common.
"""

import torch
from torch import Tensor

BASE = 10_000.0  # Su et al. 2021, section 3.3; the longest wave, in tokens over 2 pi


def rotate(x: Tensor) -> Tensor:
    """Rotate [B, N, S, E] by the place of each token in S; E is even. The length of each vector stays."""
    S, half = x.shape[-2], x.shape[-1] // 2
    at_least_fp32 = torch.promote_types(x.dtype, torch.float32)
    waves = BASE ** (-torch.arange(half, device=x.device, dtype=at_least_fp32) / half)
    angles = torch.arange(S, device=x.device, dtype=at_least_fp32).unsqueeze(-1) * waves  # [S, E / 2]
    cosine, sine = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
    left, right = x.chunk(2, dim=-1)
    return torch.cat((left * cosine - right * sine, right * cosine + left * sine), dim=-1)
