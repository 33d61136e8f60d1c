"""HyperIQA: what is in an image decides the weights of the small network that judges it.

Source: Su, Yan, Zhu, Zhang, Ge, Sun & Zhang 2020, "Blindly Assess Image Quality in the Wild Guided by A Self-Adaptive
Hyper Network", CVPR; sizes and training as in its authors' github.com/SSL92/hyperIQA.

Deviations: pooling to a fixed number of cells instead of a fixed window, the same at 224 pixels, so that other sides
work too. As we read their training code, it builds the optimiser anew each epoch out of a used-up iterator, which leaves the
hyper network as it is from the second epoch on, and the backbone's rate never falls; here the hyper network keeps
training at ten times the backbone's rate, and both fall.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..timm_library import create_timm

RESNET_WEIGHTS = "resnet50.tv_in1k"
# Of each of ResNet50's four maps: channels, channels after 1 x 1 (None: as they are), cells a side at 224 px, features.
DISTORTION_LEVELS = ((256, 16, 8, 16), (512, 32, 4, 16), (1024, 64, 2, 16), (2048, None, 1, 176))
HYPER_CHANNELS, HYPER_SIDE = 112, 7
TARGET_WIDTHS = (224, 112, 56, 28, 14, 1)  # of the judging network, its input first


class DistortionLevel(nn.Module):
    """Local features of one map ("local distortion aware module"): [B, C, H, W] -> [B, V]."""

    def __init__(self, channels: int, reduced: int | None, side: int, width: int) -> None:
        super().__init__()
        self.side = side
        self.reduce = nn.Identity() if reduced is None else nn.Conv2d(channels, reduced, 1, bias=False)
        self.linear = nn.Linear((reduced or channels) * side**2, width)

    def forward(self, stage: Tensor) -> Tensor:
        return self.linear(F.adaptive_avg_pool2d(self.reduce(stage), self.side).flatten(1))


class WeightMaker(nn.Module):
    """Makes one layer of the judging network: [B, 112, 7, 7] -> weight [B, O, I], bias [B, O]."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.shape = (outputs, inputs)
        cells = HYPER_SIDE**2
        # The last layer has fewer weights than there are cells: it is made from their mean.
        self.from_mean = outputs * inputs < cells
        self.weight = (
            nn.Linear(HYPER_CHANNELS, outputs * inputs)
            if self.from_mean
            else nn.Conv2d(HYPER_CHANNELS, outputs * inputs // cells, 3, padding=1)
        )
        self.bias = nn.Linear(HYPER_CHANNELS, outputs)

    def forward(self, cells: Tensor) -> tuple[Tensor, Tensor]:
        mean = cells.mean(dim=(2, 3))
        return self.weight(mean if self.from_mean else cells).reshape(-1, *self.shape), self.bias(mean)


class HyperIqa(nn.Module):
    """ResNet50 gives both the judging network's input and, through the hyper network, its weights."""

    def __init__(self, resnet: nn.Module) -> None:
        super().__init__()
        self.backbone = resnet
        self.levels = nn.ModuleList(DistortionLevel(*level) for level in DISTORTION_LEVELS)
        self.squeeze = nn.Sequential(
            *(nn.Conv2d(2048, 1024, 1), nn.ReLU(inplace=True)),
            *(nn.Conv2d(1024, 512, 1), nn.ReLU(inplace=True)),
            *(nn.Conv2d(512, HYPER_CHANNELS, 1), nn.ReLU(inplace=True)),
        )
        self.makers = nn.ModuleList(map(WeightMaker, TARGET_WIDTHS[:-1], TARGET_WIDTHS[1:]))
        for layer in (*self.levels.modules(), *self.makers.modules()):
            if isinstance(layer, nn.Conv2d | nn.Linear):
                nn.init.kaiming_normal_(layer.weight)

    def forward(self, pixels: Tensor) -> Tensor:
        maps = self.backbone(pixels)
        x = torch.cat([level(stage) for level, stage in zip(self.levels, maps, strict=True)], dim=1)  # [B, 224]
        cells = F.adaptive_avg_pool2d(self.squeeze(maps[-1]), HYPER_SIDE)
        for index, maker in enumerate(self.makers):
            weight, bias = maker(cells)
            x = (weight @ x.unsqueeze(2)).squeeze(2) + bias  # every image with weights of its own
            if index < len(self.makers) - 1:
                x = torch.sigmoid(x)
        return x.squeeze(1)


def build_hyperiqa(random_seed: int | None) -> HyperIqa:
    """HyperIQA on timm's ResNet50 with torchvision's first weights, which the authors used too."""
    return HyperIqa(create_timm(RESNET_WEIGHTS, random_seed, features_only=True, out_indices=(1, 2, 3, 4)))
