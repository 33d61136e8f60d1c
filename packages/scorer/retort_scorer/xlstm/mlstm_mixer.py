"""All of an mLSTM block between its two large linear maps, in one differentiable step.

Convolution, query, key and value, gates, cell, head norm, skip and output gate are a few rows of the batch at a time, so that
what they hand on stays in the processor's cache. Kept for the backward pass are what went in and what the cell took and gave;
the rest is computed again.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

import torch
from torch import Tensor

from .block_diagonal import to_heads, to_heads_backward
from .causal_conv import causal_conv, causal_conv_backward
from .mlstm_cell import chunk_size_of, mlstm_backward, mlstm_forward

ELEMENTS_AT_ONCE = 2**17  # of one activation: 0.5 MiB in fp32, several of which fit into a core's cache
NORM_EPSILON = 1e-5


@dataclass(frozen=True)
class MixerWeights:
    """W channels in N heads; all in fp32 or all in fp64."""

    taps: Tensor  # [K, W], of the convolution
    conv_bias: Tensor  # [W]
    query: Tensor  # [P, J, J], packed blocks
    key: Tensor
    value: Tensor
    local_gates: Tensor  # [2 N, W]: input, then forget gates, from what query and key are made of
    inner_gates: Tensor  # [2 N, W]: the same from what the value is made of
    gate_bias: Tensor  # [2 N]
    norm: Tensor  # [W]
    skip: Tensor  # [W]

    def tensors(self) -> tuple[Tensor, ...]:
        return tuple(getattr(self, field.name) for field in fields(self))

    @property
    def num_heads(self) -> int:
        return len(self.gate_bias) // 2


@dataclass(frozen=True)
class _Rows:
    """What a few rows come to on the way; T is rows times steps, B rows times heads."""

    inner: Tensor  # [R, S, W]
    conv: Tensor  # [R, S, W]
    local: Tensor  # [R, S, W]
    cell_inputs: tuple[Tensor, Tensor, Tensor, Tensor, Tensor]  # [B, S, E] three times, [B, S] twice, heads first


def mix(up: Tensor, weights: MixerWeights) -> Tensor:
    """[B, S, 2 * W], the mLSTM's input and then the output gate's -> [B, S, W] for the map down.

    Computed in the dtype of ``weights``, returned in that of ``up``.
    """
    return Mixer.apply(up, *weights.tensors())


class Mixer(torch.autograd.Function):
    """:func:`mix`; keeps its inputs, those of the cell, its hidden states and one number a step and head."""

    @staticmethod
    def forward(ctx: Any, up: Tensor, *tensors: Tensor) -> Tensor:
        weights = MixerWeights(*tensors)
        inner, gate = up.chunk(2, dim=-1)
        mixed, kept = up.new_empty(inner.shape), []
        chunk_size = chunk_size_of(inner.shape[1], inner.shape[2] // weights.num_heads)
        with torch.autocast(inner.device.type, enabled=False):
            for rows in _row_slices(inner):
                part = _prepare(_own(inner[rows], weights), weights)
                hidden, sums = mlstm_forward(*part.cell_inputs, chunk_size)
                out = _normalised(hidden, part.inner.shape)[0].flatten(2).mul_(weights.norm).addcmul_(part.local, weights.skip)
                mixed[rows] = out.mul_(torch.nn.functional.silu(gate[rows].to(out.dtype)))
                kept += (hidden, sums, *part.cell_inputs)
        ctx.save_for_backward(up, *tensors, *kept)
        return mixed

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, ...]:
        up, *rest = ctx.saved_tensors
        inner, gate = up.chunk(2, dim=-1)
        count = len(fields(MixerWeights))
        weights, kept = MixerWeights(*rest[:count]), rest[count:]
        grads = MixerWeights(*(torch.zeros_like(weight) for weight in rest[:count]))
        grad_up = torch.empty_like(up)
        grad_inner, grad_gate = grad_up.chunk(2, dim=-1)
        chunk_size = chunk_size_of(inner.shape[1], inner.shape[2] // weights.num_heads)
        with torch.autocast(inner.device.type, enabled=False):
            for index, rows in enumerate(_row_slices(inner)):
                hidden, sums, *cell_inputs = kept[7 * index : 7 * index + 7]
                part = _Rows(*_local(_own(inner[rows], weights), weights), tuple(cell_inputs))
                grad_gate[rows], grad_hidden, grad_local = _output_backward(
                    grad[rows].to(weights.skip.dtype), gate[rows].to(weights.skip.dtype), part, hidden, weights, grads
                )
                of_cell = mlstm_backward(grad_hidden, part.cell_inputs, hidden, sums, chunk_size)
                grad_inner[rows] = _prepare_backward(of_cell, grad_local, part, weights, grads)
        return grad_up, *grads.tensors()


def _own(rows: Tensor, weights: MixerWeights) -> Tensor:
    """A copy without the other half of ``up`` in between: rows 2 * W apart would fall on the same few lines of the cache."""
    return rows.to(weights.skip.dtype, copy=True, memory_format=torch.contiguous_format)


def _row_slices(x: Tensor) -> Iterator[slice]:
    B, S, W = x.shape
    many = max(1, ELEMENTS_AT_ONCE // (S * W))
    return (slice(start, start + many) for start in range(0, B, many))


def _local(inner: Tensor, weights: MixerWeights) -> tuple[Tensor, Tensor, Tensor]:
    conv = causal_conv(inner, weights.taps, weights.conv_bias)
    return inner, conv, torch.nn.functional.silu(conv)


def _prepare(inner: Tensor, weights: MixerWeights) -> _Rows:
    R, S, W = inner.shape
    N = weights.num_heads
    inner, conv, local = _local(inner, weights)
    tokens, local_tokens = inner.view(-1, W), local.view(-1, W)  # [T, W]
    query, key = (to_heads(local_tokens, blocks, N).view(N * R, S, -1) for blocks in (weights.query, weights.key))
    value = to_heads(tokens, weights.value, N).view(N * R, S, -1)
    raw = torch.addmm(weights.gate_bias, local_tokens, weights.local_gates.t()).addmm_(tokens, weights.inner_gates.t())
    gates = raw.t().reshape(2, N * R, S)
    return _Rows(inner, conv, local, (query, key, value, gates[0], gates[1]))


def _normalised(hidden: Tensor, shape: torch.Size) -> tuple[Tensor, Tensor]:
    """Layer norm a head, put back in token-major layout [R, S, N, E]; the inverse SD [R, S, N, 1] beside it."""
    tokens = hidden.view(-1, *shape[:2], hidden.shape[-1]).permute(1, 2, 0, 3)
    # In plain operations: torch's own is made for longer vectors than a head's.
    centred = torch.sub(tokens, tokens.mean(dim=-1, keepdim=True), out=hidden.new_empty(tokens.shape))
    inverse = (centred * centred).mean(dim=-1, keepdim=True).add_(NORM_EPSILON).rsqrt_()
    return centred.mul_(inverse), inverse


def _output_backward(
    grad: Tensor, gate: Tensor, part: _Rows, hidden: Tensor, weights: MixerWeights, grads: MixerWeights
) -> tuple[Tensor, Tensor, Tensor]:
    """Gradients of the output gate's input, of the cell's hidden states, and of ``local`` through the skip."""
    norm, inverse = _normalised(hidden, grad.shape)
    before_gate = torch.addcmul(norm.flatten(2) * weights.norm, part.local, weights.skip)
    grad_gate = torch.ops.aten.silu_backward(before_gate.mul_(grad), gate)
    grad = grad * torch.nn.functional.silu(gate)
    grads.skip.add_((grad * part.local).sum(dim=(0, 1)))
    grads.norm.add_((norm.flatten(2) * grad).sum(dim=(0, 1)))
    of_norm = (grad * weights.norm).view_as(norm)
    along = (of_norm * norm).mean(dim=-1, keepdim=True)
    of_norm.sub_(of_norm.mean(dim=-1, keepdim=True)).sub_(norm.mul_(along)).mul_(inverse)
    return grad_gate, of_norm.permute(2, 0, 1, 3).reshape(hidden.shape), grad.mul_(weights.skip)


def _prepare_backward(
    of_cell: tuple[Tensor, ...], grad_local: Tensor, part: _Rows, weights: MixerWeights, grads: MixerWeights
) -> Tensor:
    """Gradient of ``inner`` from those of the cell's inputs and of ``local``."""
    R, S, W = part.inner.shape
    tokens, local_tokens, grad_local_tokens = (x.view(-1, W) for x in (part.inner, part.local, grad_local))
    grad_query, grad_key, grad_value = (x.view(weights.num_heads, R * S, -1) for x in of_cell[:3])
    grad_raw = torch.stack(of_cell[3:]).view(-1, R * S).t()  # [T, 2 N]
    to_heads_backward(grad_query, local_tokens, weights.query, grad_local_tokens, grads.query)
    to_heads_backward(grad_key, local_tokens, weights.key, grad_local_tokens, grads.key)
    grad_local_tokens.addmm_(grad_raw, weights.local_gates)
    grads.local_gates.addmm_(grad_raw.t(), local_tokens)
    grads.inner_gates.addmm_(grad_raw.t(), tokens)
    grads.gate_bias.add_(grad_raw.sum(dim=0))
    grad_conv = torch.ops.aten.silu_backward(grad_local, part.conv)
    grads.conv_bias.add_(grad_conv.sum(dim=(0, 1)))
    grad_inner = causal_conv_backward(grad_conv, part.inner, weights.taps, grads.taps)
    grad_tokens = grad_inner.view(-1, W)
    to_heads_backward(grad_value, tokens, weights.value, grad_tokens, grads.value)
    grad_tokens.addmm_(grad_raw, weights.inner_gates)
    return grad_inner
