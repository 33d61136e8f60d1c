"""What the mixer computes, part by part and with a cell of the caller's choice: the plain form, left to autograd."""

import torch
from torch import Tensor
from torch.nn import functional as F

from .cuda_kernels import MlstmCell
from .mlstm_mixer import NORM_EPSILON, MixerWeights


def mix_by_parts(up: Tensor, weights: MixerWeights, cell: MlstmCell) -> Tensor:
    """As :func:`retort_scorer.xlstm.mlstm_mixer.mix`."""
    N, K = weights.num_heads, len(weights.taps)
    inner, gate = up.chunk(2, dim=-1)
    x = inner.to(weights.skip.dtype)
    padded = F.pad(x.transpose(1, 2), (K - 1, 0))
    conv = F.conv1d(padded, weights.taps.t().unsqueeze(1), weights.conv_bias, groups=x.shape[-1])
    local = F.silu(conv).transpose(1, 2)
    query, key = (_by_head(_mapped(local, blocks), N) for blocks in (weights.query, weights.key))
    value = _by_head(_mapped(x, weights.value), N)
    raw = F.linear(local, weights.local_gates, weights.gate_bias) + F.linear(x, weights.inner_gates)
    input_gate, forget_gate = raw.transpose(1, 2).chunk(2, dim=1)
    hidden = cell(query, key, value, input_gate, forget_gate).transpose(1, 2)  # [B, S, N, E]
    normed = F.layer_norm(hidden, hidden.shape[-1:], eps=NORM_EPSILON).flatten(2) * weights.norm
    return ((normed + local * weights.skip) * F.silu(gate.to(x.dtype))).to(inner.dtype)


def _mapped(x: Tensor, packed: Tensor) -> Tensor:
    return torch.einsum("bspj,pjo->bspo", x.unflatten(-1, packed.shape[:2]), packed).flatten(2)


def _by_head(x: Tensor, num_heads: int) -> Tensor:
    return x.unflatten(-1, (num_heads, -1)).transpose(1, 2)
