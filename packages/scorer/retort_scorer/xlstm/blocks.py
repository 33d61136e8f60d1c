"""Residual blocks around the cells (Beck et al. 2024, appendix B)."""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..precision import at_least_fp32
from .block_diagonal import pack_blocks
from .causal_conv import CausalConvSilu
from .cuda_kernels import has_mlstm_kernel, has_slstm_kernel, mlstm_on_cuda, slstm_on_cuda
from .mlstm_by_parts import mix_by_parts
from .mlstm_mixer import MixerWeights, mix
from .products import linear
from .shape import XlstmShape
from .slstm_cell import slstm

FORGET_BIAS_RANGE = (3.0, 6.0)  # forget gates start open, spread over the heads: Beck et al. 2024, appendix D


class BlockDiagonal(nn.Module):
    """Weights [G, I, I] of a linear map that mixes only within blocks of its input; the blocks below apply it."""

    def __init__(self, width: int, block_size: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(width // block_size, block_size, block_size))
        nn.init.normal_(self.weight, std=math.sqrt(2 / 5 / block_size))  # "small init", Nguyen & Salazar 2019


class CausalConv(nn.Module):
    """Weights of a convolution a channel over the token and the ``kernel - 1`` before; the blocks below apply it."""

    def __init__(self, width: int, kernel: int) -> None:
        super().__init__()
        self.conv = nn.Conv1d(width, width, kernel, groups=width)

    def taps(self) -> Tensor:
        """[K, W], the token's own last."""
        return self.conv.weight.squeeze(1).t().contiguous()


class HeadNorm(nn.Module):
    """Layer norm within each head, scaled a channel: [.., N, E] -> [.., N * E]."""

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
        up, weights = linear(self.norm(x), self.up.weight), self.mixer_weights()
        mixed = mix_by_parts(up, weights, mlstm_on_cuda) if has_mlstm_kernel(x.device) else mix(up, weights)
        return x + self.dropout(linear(mixed, self.down.weight))

    def mixer_weights(self) -> MixerWeights:
        """The weights as the mixer takes them: gates as maps of what query, key and value are made of."""
        blocks = at_least_fp32(torch.stack((self.query.weight, self.key.weight, self.value.weight)))  # [3, G, I, I]
        of_blocks = at_least_fp32(self.gates.weight).view(-1, *blocks.shape[:3]).permute(1, 2, 3, 0)  # [3, G, I, 2 * N]
        with torch.autocast(blocks.device.type, enabled=False):
            of_query, of_key, of_value = (blocks @ of_blocks).flatten(1, 2).transpose(1, 2).contiguous()  # [2 * N, W] each
        return MixerWeights(
            at_least_fp32(self.conv.taps()),
            at_least_fp32(self.conv.conv.bias),
            *pack_blocks(blocks, head_size=len(self.skip) // self.num_heads),
            of_query + of_key,
            of_value,
            at_least_fp32(self.gates.bias),
            at_least_fp32(self.head_norm.weight),
            at_least_fp32(self.skip),
        )


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
        local = CausalConvSilu.apply(normed, self.conv.taps(), self.conv.conv.bias)
        cell = slstm_on_cuda if has_slstm_kernel(x.device) else slstm
        hidden = cell(local, normed, *self._cell_weights())  # [S, B, N, E]
        x = x + self.dropout(self.head_norm(hidden).transpose(0, 1))
        gate, up = linear(self.ff_norm(x), self.ff_up.weight).chunk(2, dim=-1)
        return x + self.dropout(linear(F.gelu(gate) * up, self.ff_down.weight))

    def _cell_weights(self) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        input_forget = torch.cat((self.input_gate.weight, self.forget_gate.weight), dim=-1)
        cell_output = torch.cat((self.cell.weight, self.output_gate.weight), dim=-1)
        bias = self.bias.unflatten(-1, (self.num_heads, -1)).transpose(0, 1).flatten(1)  # [4, D] -> [N, 4 * E]
        return input_forget, cell_output, bias, self.recurrent
