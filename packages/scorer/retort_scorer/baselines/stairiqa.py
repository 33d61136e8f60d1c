"""StairIQA: features of early stages climb to the last one step by step, and are added up there.

Source: Sun, Min, Tu, Ma & Zhai 2023, "Blind Quality Assessment for in-the-Wild Images via Hierarchical Feature Fusion and
Iterative Mixed Database Training", IEEE JSTSP 17(6), arXiv 2105.14550; sizes and training as in its authors'
github.com/sunwei925/StairIQA (train_single_database.py).

Deviations: one regressor, since one dataset is learned at a time; the paper's training over several datasets in turn
has one for each.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..timm_library import create_timm

RESNET_WEIGHTS = "resnet50.tv_in1k"
MAP_CHANNELS = (64, 256, 512, 1024, 2048)  # of the stem and the four stages
REGRESSOR_WIDTH = 128


class Step(nn.Sequential):
    """One step up: 1 x 1 down to a quarter, 3 x 3 (every second place but from the stem), 1 x 1 to the next map's channels."""

    def __init__(self, level: int) -> None:
        inputs, outputs = MAP_CHANNELS[level], MAP_CHANNELS[level + 1]
        super().__init__(
            nn.Conv2d(inputs, inputs // 4, 1, bias=False),
            nn.Conv2d(inputs // 4, inputs // 4, 3, stride=1 if level == 0 else 2, padding=1, bias=False),
            nn.Conv2d(inputs // 4, outputs, 1, bias=False),
        )
        for layer in self:
            nn.init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")


class Staircase(nn.ModuleList):
    """The way from map ``first`` up to the last one, each map on it added in passing."""

    def __init__(self, first: int) -> None:
        super().__init__(Step(level) for level in range(first, len(MAP_CHANNELS) - 1))
        self.first = first

    def forward(self, maps: list[Tensor]) -> Tensor:
        """The five maps -> what this way adds to the last of them, [B, 2048, H / 32, W / 32]."""
        x = self[0](maps[self.first])
        for level, step in enumerate(list(self)[1:], start=self.first + 1):
            x = step(x + maps[level])
        return x


def resnet_maps(resnet: nn.Module, pixels: Tensor) -> list[Tensor]:
    """Stem (behind its max pooling) and stages of a ResNet50 with ``out_indices`` 0 to 4."""
    stem, *stages = resnet(pixels)
    return [F.max_pool2d(stem, 3, stride=2, padding=1), *stages]


class StairIqa(nn.Module):
    """ResNet50, a staircase from each map but the last, mean over places, two linear layers."""

    def __init__(self, resnet: nn.Module) -> None:
        super().__init__()
        self.backbone = resnet
        self.staircases = nn.ModuleList(Staircase(first) for first in range(len(MAP_CHANNELS) - 1))
        self.regressor = nn.Sequential(nn.Linear(MAP_CHANNELS[-1], REGRESSOR_WIDTH), nn.Linear(REGRESSOR_WIDTH, 1))

    def forward(self, pixels: Tensor) -> Tensor:
        maps = resnet_maps(self.backbone, pixels)
        fused = maps[-1] + torch.stack([staircase(maps) for staircase in self.staircases]).sum(dim=0)
        return self.regressor(fused.mean(dim=(2, 3))).squeeze(1)


def build_stairiqa(random_seed: int | None) -> StairIqa:
    """StairIQA on timm's ResNet50 with torchvision's first weights, which the authors used too."""
    return StairIqa(create_timm(RESNET_WEIGHTS, random_seed, features_only=True, out_indices=(0, 1, 2, 3, 4)))
