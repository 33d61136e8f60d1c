"""LSTM or GRU in residual pre-norm blocks, read in both directions.

Both directions, because the paper's LSTM and GRU are bidirectional and because the cells of an image have no order of
their own. The second direction begins at a row's last real token, so padding is never on its way.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from .mixer import Mixer, MixerShape, divide
from .padding import clear_padding, reverse_real

Cell = Callable[..., nn.RNNBase]


class RecurrentBlock(nn.Module):
    """Norm, one cell a direction with half of the width each, dropout, shortcut: [B, S, D] -> [B, S, D]."""

    def __init__(self, cell: Cell, d_model: int, dropout: float) -> None:
        super().__init__()
        half = divide(d_model, 2, "directions")
        self.norm = nn.LayerNorm(d_model, bias=False)
        self.forwards, self.backwards = (cell(d_model, half, batch_first=True) for _ in range(2))
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        normed = self.norm(x)
        onward, _ = self.forwards(normed)
        back, _ = self.backwards(reverse_real(normed, mask))
        return x + self.dropout(torch.cat((onward, reverse_real(back, mask)), dim=-1))


class RecurrentMixer(Mixer):
    """Blocks in a row, a norm behind them. Source of the cells: torch's own ``nn.LSTM`` and ``nn.GRU``."""

    def __init__(self, shape: MixerShape, cell: Cell) -> None:
        super().__init__()
        self.out_width = shape.d_model
        self.blocks = nn.ModuleList(RecurrentBlock(cell, shape.d_model, shape.dropout) for _ in range(shape.num_blocks))
        self.norm = nn.LayerNorm(shape.d_model, bias=False)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        x = clear_padding(x, mask)
        for block in self.blocks:
            x = block(x, mask)
        return clear_padding(self.norm(x), mask)
