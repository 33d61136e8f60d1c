"""A causal convolution a channel, followed by SiLU, in token-major layout: nothing is transposed or padded."""

from typing import Any

import torch
from torch import Tensor


def causal_conv(x: Tensor, taps: Tensor, bias: Tensor) -> Tensor:
    """Each channel sees itself and the ``K - 1`` tokens before.

    Args:
        x: [B, S, D].
        taps: [K, D]; the last is for the token itself, the first for the one ``K - 1`` before.
        bias: [D].
    Returns:
        [B, S, D].
    """
    y = torch.addcmul(bias, x, taps[-1])
    for distance in range(1, min(len(taps), x.shape[1])):
        y[:, distance:].addcmul_(x[:, :-distance], taps[-1 - distance])
    return y


def causal_conv_backward(grad: Tensor, x: Tensor, taps: Tensor, grad_taps: Tensor) -> Tensor:
    """Gradient of ``x``; that of ``taps`` is added to ``grad_taps`` [K, D]. The bias's is the sum of ``grad``."""
    grad_x = grad * taps[-1]
    grad_taps[-1] += (grad * x).sum(dim=(0, 1))
    for distance in range(1, min(len(taps), x.shape[1])):
        grad_x[:, :-distance].addcmul_(grad[:, distance:], taps[-1 - distance])
        grad_taps[-1 - distance] += (grad[:, distance:] * x[:, :-distance]).sum(dim=(0, 1))
    return grad_x


class CausalConvSilu(torch.autograd.Function):
    """``silu(causal_conv(x, taps, bias))`` that keeps ``x`` alone for its backward pass."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, taps: Tensor, bias: Tensor) -> Tensor:
        ctx.save_for_backward(x, taps, bias)
        return torch.nn.functional.silu(causal_conv(x, taps, bias), inplace=True)

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        x, taps, bias = ctx.saved_tensors
        grad = torch.ops.aten.silu_backward(grad, causal_conv(x, taps, bias))
        grad_taps = torch.zeros_like(taps)
        return causal_conv_backward(grad, x, taps, grad_taps), grad_taps, grad.sum(dim=(0, 1))
