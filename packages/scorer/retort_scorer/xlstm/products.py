"""Matrix products in fp32 by the faster of the two libraries that PyTorch brings along for CPUs.

``torch.mm`` goes through MKL, which on AMD processors leaves AVX-512 alone: 108 GFLOP/s on one core of an EPYC where oneDNN
reaches 245 (torch 2.13, 2026-11-28). oneDNN computes fp32 as fp32. It is called through the operator that PyTorch's own
compiler uses; where that is missing, and for every other device or dtype, it is ``torch.mm``.
"""

from typing import Any

import torch
from torch import Tensor

# FLOP; below, what oneDNN takes to set a product up costs more than it saves.
WORTH_ONEDNN = 2e6


def has_onednn() -> bool:
    """Whether this PyTorch can multiply with oneDNN and hasn't been told not to."""
    return (
        torch.backends.mkldnn.is_available()
        and torch.backends.mkldnn.enabled
        and hasattr(torch.ops.mkldnn, "_linear_pointwise")
    )


def product(left: Tensor, right: Tensor) -> Tensor:
    """``left @ right`` of two matrices, views welcome; without autograd."""
    if _onednn_suits(left, right):
        return torch.ops.mkldnn._linear_pointwise(left, right.t(), None, "none", [], "")
    return left @ right


def _onednn_suits(left: Tensor, right: Tensor) -> bool:
    return (
        left.dtype is torch.float32
        and right.dtype is torch.float32
        and left.device.type == "cpu"
        and 2 * left.shape[0] * left.shape[1] * right.shape[1] >= WORTH_ONEDNN
        and has_onednn()
    )


class Linear(torch.autograd.Function):
    """:func:`linear` for matrices."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor) -> Tensor:
        ctx.save_for_backward(x, weight)
        return product(x, weight.t())

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, Tensor | None]:
        x, weight = ctx.saved_tensors
        of_x, of_weight = ctx.needs_input_grad
        return product(grad, weight) if of_x else None, product(grad.t(), x) if of_weight else None


def linear(x: Tensor, weight: Tensor) -> Tensor:
    """``x @ weight.T``: [.., K] and [M, K] -> [.., M]; under autocast and ``torch.compile`` that of torch itself."""
    if torch.compiler.is_compiling() or torch.is_autocast_enabled(x.device.type):
        return torch.nn.functional.linear(x, weight)
    return Linear.apply(x.reshape(-1, x.shape[-1]), weight).view(*x.shape[:-1], -1)
