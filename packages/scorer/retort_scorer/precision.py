"""What is summed or exponentiated is fp32 at least, whatever the inputs are."""

import torch
from torch import Tensor


def at_least_fp32(x: Tensor) -> Tensor:
    """``x`` itself when it is fp32 or fp64, else a copy in fp32."""
    return x if x.dtype in (torch.float32, torch.float64) else x.float()
