"""Mamba-2 as the paper's code has it: one layer, run over its own output again and again."""

from torch import Tensor, nn

from .mamba2 import Mamba2Layer
from .mixer import Mixer, MixerShape
from .padding import clear_padding


class LegacyMamba2Mixer(Mixer):
    """For comparison with the paper's table only: ``num_blocks`` passes through the same weights, no shortcut, a norm at the end.

    The paper's code repeats a list of one module, and so shares its weights. Source: github.com/strawhatboy/M3-AGIQA,
    models/MiniCPM.py at 2f76702 (checked 2026-11-28).
    """

    pooling = "mean"

    def __init__(self, shape: MixerShape) -> None:
        super().__init__()
        self.out_width, self.passes = shape.d_model, shape.num_blocks
        self.layer = Mamba2Layer(shape)
        self.norm = nn.LayerNorm(shape.d_model)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        x = clear_padding(x, mask)
        for _ in range(self.passes):
            x = self.layer(x)
        return clear_padding(self.norm(x), mask)
