"""The stack in plain operations of torch, with the weights of the fast one: what an exporter or another framework can follow.

No autograd functions and no views written into; sizes are numbers, not tensors; a step at a time where the sLSTM is
recurrent. For evaluation and short sequences; slow beside the fast one, but the equations of Beck et al. 2024 can be read in it.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .blocks import MlstmBlock, SlstmBlock
from .mlstm_cell import NORMALISER_EPSILON
from .mlstm_mixer import NORM_EPSILON, MixerWeights
from .stack import XlstmStack


class PlainStack(nn.Module):
    """Equal to ``stack`` as it is now, within rounding and without dropout: [B, S, D] -> [B, S, D]."""

    def __init__(self, stack: XlstmStack) -> None:
        super().__init__()
        blocks = (PlainMlstm(block) if isinstance(block, MlstmBlock) else PlainSlstm(block) for block in stack.blocks)
        self.blocks, self.norm = nn.ModuleList(blocks), stack.norm

    def forward(self, x: Tensor) -> Tensor:
        for block in self.blocks:
            x = x + block(x)
        return self.norm(x)


class PlainMlstm(nn.Module):
    """What an mLSTM block adds to its input."""

    def __init__(self, block: MlstmBlock) -> None:
        super().__init__()
        self.norm, self.up, self.down = block.norm, block.up, block.down
        with torch.no_grad():
            self.weights: MixerWeights = block.mixer_weights()

    def forward(self, x: Tensor) -> Tensor:
        weights = self.weights
        N, W = weights.num_heads, len(weights.skip)
        B, S = _sizes(x)
        inner, gate = self.up(self.norm(x)).split(W, dim=-1)
        local = _conv_silu(inner, weights.taps, weights.conv_bias)
        query, key = (_by_head(_mapped(local, blocks, B, S), B, S, N) for blocks in (weights.query, weights.key))
        value = _by_head(_mapped(inner, weights.value, B, S), B, S, N)
        raw = F.linear(local, weights.local_gates, weights.gate_bias) + F.linear(inner, weights.inner_gates)
        input_gate, forget_gate = raw.transpose(1, 2).split(N, dim=1)  # [B, N, S]
        hidden = plain_mlstm(query, key, value, input_gate, forget_gate).transpose(1, 2)  # [B, S, N, E]
        normed = F.layer_norm(hidden, (W // N,), eps=NORM_EPSILON).reshape(B, S, W) * weights.norm
        return self.down((normed + local * weights.skip) * F.silu(gate))


class PlainSlstm(nn.Module):
    """What an sLSTM block, cell and feed-forward part, adds to its input."""

    def __init__(self, block: nn.Module) -> None:
        super().__init__()
        assert isinstance(block, SlstmBlock)  # the stack has two kinds
        self.block = block
        self.bias = block.bias.detach().unflatten(-1, (block.num_heads, -1))  # [4, N, E]
        self.taps = block.conv.taps().detach()
        gates = (block.input_gate, block.forget_gate, block.cell, block.output_gate)
        self.maps = [gate.weight.detach() for gate in gates]  # [N, E, E] each
        self.recurrent = block.recurrent.detach().chunk(4, dim=-1)

    def forward(self, x: Tensor) -> Tensor:
        block, (B, S) = self.block, _sizes(x)
        normed = block.norm(x)
        hidden = self._cell(_conv_silu(normed, self.taps, block.conv.conv.bias), normed)
        E = self.bias.shape[-1]
        added = F.layer_norm(hidden, (E,)).reshape(B, S, block.num_heads * E) * block.head_norm.weight
        gate, up = block.ff_up(block.ff_norm(x + added)).split(block.ff_width, dim=-1)
        return added + block.ff_down(F.gelu(gate) * up)

    def _cell(self, local: Tensor, inner: Tensor) -> Tensor:
        """Equations 8 to 18 of Beck et al. 2024, a step at a time, stabilised: [B, S, D] twice -> [B, S, N, E]."""
        (B, S), (_, N, E) = _sizes(local), self.bias.shape
        by_head = [part.reshape(B, S, N, 1, E) for part in (local, local, inner, inner)]
        raw = [
            (part @ weight).reshape(B, S, N, E) + bias
            for part, weight, bias in zip(by_head, self.maps, self.bias, strict=True)
        ]
        hidden = cell = normaliser = level = torch.zeros(B, N, E, dtype=local.dtype)
        states: list[Tensor] = []
        for step in range(S):
            takes, keeps, candidates, outs = (
                part[:, step] + (hidden.unsqueeze(-2) @ weight).reshape(B, N, E)
                for part, weight in zip(raw, self.recurrent, strict=True)
            )
            kept = F.logsigmoid(keeps) + level
            following = takes if step == 0 else torch.maximum(takes, kept)  # before the first step is nothing to keep
            take = torch.exp(takes - following)
            keep = torch.zeros_like(take) if step == 0 else torch.exp(kept - following)
            cell = keep * cell + take * torch.tanh(candidates)
            normaliser = keep * normaliser + take
            level, hidden = following, torch.sigmoid(outs) * cell / normaliser
            states.append(hidden)
        return torch.stack(states, dim=1)


def plain_mlstm(query: Tensor, key: Tensor, value: Tensor, input_gate: Tensor, forget_gate: Tensor) -> Tensor:
    """The parallel form: query, key and value [B, N, S, E], gates before their activation [B, N, S] -> [B, N, S, E]."""
    S, E = int(query.shape[-2]), int(query.shape[-1])
    decay = F.logsigmoid(forget_gate).cumsum(dim=-1)
    logs = decay.unsqueeze(-1) - decay.unsqueeze(-2) + input_gate.unsqueeze(-2)  # the column's step, seen from the row's
    future = torch.full((S, S), -math.inf, dtype=logs.dtype).triu(1)
    logs = logs + future
    level = logs.amax(dim=-1, keepdim=True)
    scores = query @ key.transpose(-1, -2) / math.sqrt(E) * torch.exp(logs - level)
    normaliser = torch.maximum(scores.sum(dim=-1, keepdim=True).abs(), torch.exp(-level)) + NORMALISER_EPSILON
    return scores @ value / normaliser


def _sizes(x: Tensor) -> tuple[int, int]:
    """B and S as numbers, also while a trace is taken."""
    return int(x.shape[0]), int(x.shape[1])


def _conv_silu(x: Tensor, taps: Tensor, bias: Tensor) -> Tensor:
    padded = F.pad(x.transpose(1, 2), (len(taps) - 1, 0))
    return F.silu(F.conv1d(padded, taps.t().unsqueeze(1), bias, groups=taps.shape[1])).transpose(1, 2)


def _mapped(x: Tensor, packed: Tensor, B: int, S: int) -> Tensor:
    P, J, _ = packed.shape
    return (x.reshape(B, S, P, 1, J) @ packed).reshape(B, S, P * J)


def _by_head(x: Tensor, B: int, S: int, N: int) -> Tensor:
    return x.reshape(B, S, N, -1).transpose(1, 2)
