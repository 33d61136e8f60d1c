"""Vision-LSTM (ViL): an image's patches as a sequence that mLSTM blocks read from both ends in turn.

Source: Alkin, Beck, Poeppel, Hochreiter & Brandstetter 2024, "Vision-LSTM: xLSTM as Generic Vision Backbone", arXiv
2406.04303, its second version: 3 x 3 convolution over the image before queries and keys, biases everywhere, first and last token
side by side. Written for our own mLSTM cell; the authors' implementation is AGPL-3.0 and no part of this.

Deviations: no stochastic depth (0 is its default as well).
"""

import math
from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..xlstm.blocks import FORGET_BIAS_RANGE, BlockDiagonal, HeadNorm
from ..xlstm.mlstm_cell import mlstm
from .fetch_weights import fetch_state
from .vision_lstm_weights import port_vil2_weights

PATCH = 16  # pixels
EXPANSION, QKV_BLOCK, NUM_HEADS, CONV_KERNEL = 2, 4, 4, 3  # the authors' second version
INPUT_SIDE = 224  # pixels of the published weights
# Which ViL M3-AGIQA took was not found; this one is nearest to its ResNet50 in size (23 and 24 million parameters).
SMALL_WIDTH, SMALL_BLOCKS = 384, 24
SMALL_WEIGHTS = "https://ml.jku.at/research/vision_lstm/download/vil2_small16_e400_in1k.th"


class BiasedBlocks(nn.Module):
    """A block-diagonal linear map with a bias: [.., D] -> [.., D]."""

    def __init__(self, width: int, init_width: int) -> None:
        super().__init__()
        self.linear = BlockDiagonal(width, QKV_BLOCK)
        self.bias = nn.Parameter(torch.zeros(width))
        nn.init.normal_(self.linear.weight, std=math.sqrt(2 / 5 / init_width))

    def forward(self, x: Tensor) -> Tensor:
        blocks = x.unflatten(-1, (-1, QKV_BLOCK)).unsqueeze(-2) @ self.linear.weight  # [.., G, 1, I]
        return blocks.flatten(-3) + self.bias


class VilBlock(nn.Module):
    """Pre-norm mLSTM block over patches: up, convolve over the image, cell, output gate, down.

    ``backwards`` reads the patches from the last to the first, which is the image turned by 180 degrees.
    """

    def __init__(self, width: int, backwards: bool) -> None:
        super().__init__()
        inner, self.backwards = EXPANSION * width, backwards
        self.norm = nn.LayerNorm(width)
        self.up = nn.Linear(width, 2 * inner)
        self.conv = nn.Conv2d(inner, inner, CONV_KERNEL, padding=CONV_KERNEL // 2, groups=inner)
        self.query, self.key, self.value = (BiasedBlocks(inner, width) for _ in range(3))
        self.gates = nn.Linear(3 * inner, 2 * NUM_HEADS)  # input gates, then forget gates
        self.head_norm = HeadNorm(inner)
        self.head_bias = nn.Parameter(torch.zeros(inner))
        self.skip = nn.Parameter(torch.ones(inner))
        self.down = nn.Linear(inner, width)
        nn.init.normal_(self.up.weight, std=math.sqrt(2 / 5 / width))
        nn.init.normal_(self.down.weight, std=2 / math.sqrt(width))
        for zero in (self.up.bias, self.down.bias, self.gates.weight):
            nn.init.zeros_(zero)
        with torch.no_grad():
            self.gates.bias[:NUM_HEADS].normal_(std=0.1)
            self.gates.bias[NUM_HEADS:] = torch.linspace(*FORGET_BIAS_RANGE, NUM_HEADS)

    def forward(self, x: Tensor, grid: tuple[int, int]) -> Tensor:
        """[B, S, D] with S patches of a ``grid`` (rows, columns), row by row -> [B, S, D]."""
        normed = self.norm(x)
        inner, gate = self.up(normed.flip(1) if self.backwards else normed).chunk(2, dim=-1)
        image = inner.transpose(1, 2).unflatten(2, grid)  # [B, S, C] -> [B, C, rows, columns]
        local = F.silu(self.conv(image)).flatten(2).transpose(1, 2)
        query, key, value = self.query(local), self.key(local), self.value(inner)
        raw = self.gates(torch.cat((query, key, value), dim=-1)).transpose(1, 2)  # [B, 2 * N, S]
        input_gate, forget_gate = raw.chunk(2, dim=1)
        heads = [part.unflatten(-1, (NUM_HEADS, -1)).transpose(1, 2) for part in (query, key, value)]  # [B, N, S, E]
        cell = mlstm(heads[0], heads[1], heads[2], input_gate, forget_gate).transpose(1, 2)
        mixed = self.head_norm(cell) + self.head_bias + self.skip * local
        out = self.down(mixed * F.silu(gate))
        return x + (out.flip(1) if self.backwards else out)


class VisionLstm(nn.Module):
    """Patches with a learned position each, blocks in alternating directions, the two ends of the sequence side by side."""

    def __init__(self, width: int, num_blocks: int, side: int = INPUT_SIDE) -> None:
        super().__init__()
        cells = side // PATCH
        self.patches = nn.Conv2d(3, width, PATCH, stride=PATCH)
        self.positions = nn.Parameter(torch.empty(1, cells, cells, width))
        self.blocks = nn.ModuleList(VilBlock(width, backwards=index % 2 == 1) for index in range(num_blocks))
        self.norm = nn.LayerNorm(width, eps=1e-6)
        self.out_norm = nn.LayerNorm(2 * width)
        nn.init.trunc_normal_(self.positions, std=0.02)

    def forward(self, pixels: Tensor) -> Tensor:
        """Normalised pixels [B, 3, side, side] -> [B, 2 * D]."""
        x = self.patches(pixels).permute(0, 2, 3, 1) + self.positions  # [B, rows, columns, D]
        grid = (x.shape[1], x.shape[2])
        x = x.flatten(1, 2)
        for block in self.blocks:
            x = block(x, grid)
        x = self.norm(x)
        return self.out_norm(torch.cat((x[:, 0], x[:, -1]), dim=1))


def load_vil2(model: VisionLstm, raw: Mapping[str, Tensor]) -> None:
    """Fill ``model`` from a checkpoint of the authors (``vil2_*.th``).

    Raises:
        ScorerError: it isn't one. RuntimeError: it is one of another size.
    """
    model.load_state_dict(port_vil2_weights(raw, len(model.blocks)))


def build_vil_small(random_seed: int | None) -> VisionLstm:
    """ViL-S, with the weights of its authors or random ones."""
    model = VisionLstm(SMALL_WIDTH, SMALL_BLOCKS)
    if random_seed is None:
        load_vil2(model, fetch_state(SMALL_WEIGHTS, "ViL-S")["state_dict"])
    return model
