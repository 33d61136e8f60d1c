"""The Mamba-2 mixer in plain PyTorch: residual pre-norm blocks around the chunked state space recurrence. Causal by nature."""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .mixer import Mixer, MixerShape, divide
from .padding import clear_padding
from .ssd import ssd_scan

# Ranges that the authors' code draws from (state-spaces/mamba, modules/mamba2.py, checked 2026-11-28).
DECAY_RATE_RANGE = (1.0, 16.0)  # uniform
STEP_SIZE_RANGE = (1e-3, 0.1)  # uniform in the logarithm
NORM_EPSILON = 1e-5


class Mamba2Layer(nn.Module):
    """One Mamba-2 layer without norm or shortcut: [B, S, D] -> [B, S, D]. Source: Dao & Gu 2024, figure 6, one group."""

    def __init__(self, shape: MixerShape) -> None:
        super().__init__()
        self.inner, self.state_size, self.num_heads = 2 * shape.d_model, shape.state_size, shape.num_heads
        self.head_size = divide(self.inner, shape.num_heads, "heads")
        mixed = self.inner + 2 * shape.state_size
        self.joined = nn.Linear(shape.d_model, self.inner + mixed + shape.num_heads, bias=False)
        self.conv = nn.Conv1d(mixed, mixed, shape.conv_kernel, groups=mixed, padding=shape.conv_kernel - 1)
        self.log_decay_rate = nn.Parameter(torch.empty(shape.num_heads).uniform_(*DECAY_RATE_RANGE).log())
        steps = torch.empty(shape.num_heads).uniform_(*map(math.log, STEP_SIZE_RANGE)).exp()
        self.step_bias = nn.Parameter(steps + torch.log(-torch.expm1(-steps)))  # softplus of it gives the step
        self.skip = nn.Parameter(torch.ones(shape.num_heads))
        self.norm = nn.RMSNorm(self.inner, eps=NORM_EPSILON)
        self.output = nn.Linear(self.inner, shape.d_model, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        S = x.shape[1]
        gate, mixed, raw_step = self.joined(x).split(
            (self.inner, self.inner + 2 * self.state_size, self.num_heads), dim=-1
        )
        mixed = F.silu(self.conv(mixed.transpose(1, 2))[..., :S].transpose(1, 2))  # causal: the tail is cut off
        value, b, c = mixed.split((self.inner, self.state_size, self.state_size), dim=-1)
        value = value.unflatten(-1, (self.num_heads, self.head_size))  # [B, S, H, P]
        step = F.softplus(raw_step + self.step_bias)  # [B, S, H]
        log_decay = -self.log_decay_rate.exp() * step
        out = ssd_scan(value * step.unsqueeze(-1), log_decay, b, c) + self.skip.unsqueeze(-1) * value
        return self.output(self.norm(out.flatten(-2).to(x.dtype) * F.silu(gate)))


class Mamba2Mixer(Mixer):
    """Blocks x + layer(norm(x)) in a row, a norm behind them."""

    def __init__(self, shape: MixerShape) -> None:
        super().__init__()
        self.out_width = shape.d_model
        self.layers = nn.ModuleList(Mamba2Layer(shape) for _ in range(shape.num_blocks))
        self.norms = nn.ModuleList(nn.RMSNorm(shape.d_model, eps=NORM_EPSILON) for _ in range(shape.num_blocks))
        self.norm = nn.RMSNorm(shape.d_model, eps=NORM_EPSILON)
        self.dropout = nn.Dropout(shape.dropout)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        x = clear_padding(x, mask)
        for norm, layer in zip(self.norms, self.layers, strict=True):
            x = x + self.dropout(layer(norm(x)))
        return clear_padding(self.norm(x), mask)
