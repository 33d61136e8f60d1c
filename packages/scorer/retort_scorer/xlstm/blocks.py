"""Residual blocks around the cells (Beck et al. 2024, appendix B)."""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .mlstm_cell import mlstm_parallel
from .shape import XlstmShape
from .slstm_cell import slstm_scan

FORGET_BIAS_RANGE = (3.0, 6.0)  # forget gates start open, spread over the heads: Beck et al. 2024, appendix D


class BlockDiagonal(nn.Module):
    """A linear map that mixes only within blocks of its input: [.., D] -> [.., D]."""

    def __init__(self, width: int, block_size: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(width // block_size, block_size, block_size))
        nn.init.normal_(self.weight, std=math.sqrt(2 / 5 / block_size))  # "small init", Nguyen & Salazar 2019

    def forward(self, x: Tensor) -> Tensor:
        blocks = x.unflatten(-1, self.weight.shape[:2])
        return torch.einsum("...gi,gio->...go", blocks, self.weight).flatten(-2)


class CausalConv(nn.Module):
    """Each channel sees itself and the ``kernel - 1`` tokens before: [B, S, D] -> [B, S, D]."""

    def __init__(self, width: int, kernel: int) -> None:
        super().__init__()
        self.kernel = kernel
        self.conv = nn.Conv1d(width, width, kernel, groups=width)

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(F.pad(x.transpose(1, 2), (self.kernel - 1, 0))).transpose(1, 2)


class HeadNorm(nn.Module):
    """Layer norm within each head, scaled a channel: [B, S, N, E] -> [B, S, N * E]."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x: Tensor) -> Tensor:
        return F.layer_norm(x, x.shape[-1:]).flatten(-2) * self.weight


class MlstmBlock(nn.Module):
    """Pre-norm block around the mLSTM: up to twice the width, convolution, cell, output gate, down."""

    def __init__(self, shape: XlstmShape) -> None:
        super().__init__()
        width, self.num_heads = 2 * shape.d_model, shape.num_heads
        self.norm = nn.LayerNorm(shape.d_model, bias=False)
        self.up = nn.Linear(shape.d_model, 2 * width, bias=False)
        self.conv = CausalConv(width, shape.conv_kernel)
        self.query, self.key, self.value = (BlockDiagonal(width, shape.qkv_block_size) for _ in range(3))
        self.gates = nn.Linear(3 * width, 2 * shape.num_heads)
        self.head_norm = HeadNorm(width)
        self.skip = nn.Parameter(torch.ones(width))
        self.down = nn.Linear(width, shape.d_model, bias=False)
        self.dropout = nn.Dropout(shape.dropout)
        nn.init.zeros_(self.gates.weight)
        with torch.no_grad():
            self.gates.bias[: self.num_heads].normal_(std=0.1)
            self.gates.bias[self.num_heads :] = torch.linspace(*FORGET_BIAS_RANGE, self.num_heads)

    def forward(self, x: Tensor) -> Tensor:
        inner, gate = self.up(self.norm(x)).chunk(2, dim=-1)
        local = F.silu(self.conv(inner))
        query, key, value = self.query(local), self.key(local), self.value(inner)
        raw = self.gates(torch.cat((query, key, value), dim=-1)).transpose(1, 2)  # [B, 2 * N, S]
        input_gate, forget_gate = raw.chunk(2, dim=1)
        query, key, value = (part.unflatten(-1, (self.num_heads, -1)).transpose(1, 2) for part in (query, key, value))
        cell = mlstm_parallel(query, key, value, input_gate, forget_gate).transpose(1, 2)  # [B, S, N, E]
        mixed = self.head_norm(cell) + self.skip * local
        return x + self.dropout(self.down(mixed * F.silu(gate)))


class SlstmBlock(nn.Module):
    """Pre-norm block around the sLSTM, then a gated feed-forward part with a norm and a shortcut of its own."""

    def __init__(self, shape: XlstmShape) -> None:
        super().__init__()
        D, self.num_heads = shape.d_model, shape.num_heads
        head_size = D // shape.num_heads
        self.norm, self.ff_norm = nn.LayerNorm(D, bias=False), nn.LayerNorm(D, bias=False)
        self.conv = CausalConv(D, shape.conv_kernel)
        self.input_gate, self.forget_gate, self.cell, self.output_gate = (BlockDiagonal(D, head_size) for _ in range(4))
        self.bias = nn.Parameter(torch.zeros(4, D))
        self.recurrent = nn.Parameter(torch.zeros(shape.num_heads, head_size, 4 * head_size))
        self.head_norm = HeadNorm(D)
        self.ff_width = math.ceil(shape.ff_factor * D / 64) * 64
        self.ff_up = nn.Linear(D, 2 * self.ff_width, bias=False)
        self.ff_down = nn.Linear(self.ff_width, D, bias=False)
        self.dropout = nn.Dropout(shape.dropout)
        with torch.no_grad():
            self.bias[1] = torch.linspace(*FORGET_BIAS_RANGE, head_size).repeat(shape.num_heads)

    def forward(self, x: Tensor) -> Tensor:
        normed = self.norm(x)
        local = F.silu(self.conv(normed))
        raw = (self.input_gate(local), self.forget_gate(local), self.cell(normed), self.output_gate(normed))
        gates = torch.stack(raw) + self.bias[:, None, None]  # [4, B, S, D]
        gates = gates.unflatten(-1, (self.num_heads, -1)).permute(2, 0, 3, 1, 4)  # [S, 4, N, B, E]
        hidden = slstm_scan(gates, self.recurrent).permute(2, 0, 1, 3).to(x.dtype)  # [B, S, N, E]
        x = x + self.dropout(self.head_norm(hidden))
        gate, up = self.ff_up(self.ff_norm(x)).chunk(2, dim=-1)
        return x + self.dropout(self.ff_down(F.gelu(gate) * up))
