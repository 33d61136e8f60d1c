"""MGQA: features of all stages of a network are joined, and three linear layers map them to a score.

Source: Wang, Sun, Min, Lu, Zhang & Zhai 2021, "A Multi-dimensional Aesthetic Quality Assessment Model for Mobile Game
Images", VCIP, doi 10.1109/VCIP53242.2021.9675430; the name MGQA is that of its longer version, Wang et al. 2022, IEEE
Transactions on Games, doi 10.1109/TG.2022.3212201. It reads no prompt.

**What is theirs and what is ours.** Neither text nor code could be had, only both abstracts. They say: quality-aware
features of all intermediate layers of a convolutional network, joined into one; a regressor of three fully connected
layers for each dimension; tasks weighted by uncertainty. They don't say which network, how the features are joined, or how it
was trained. Ours: ResNet50; joined by the longest staircase of StairIQA, which the same group made in the same year; widths
1024 and 128; StairIQA's training. One dimension at a time, so there is nothing to weight. Its figures
are therefore those of a network of that description, not of the published one.
"""

from torch import Tensor, nn

from ..timm_library import create_timm
from .stairiqa import MAP_CHANNELS, RESNET_WEIGHTS, Staircase, resnet_maps

REGRESSOR_WIDTHS = (1024, 128)


class Mgqa(nn.Module):
    """ResNet50, one staircase from its stem to its last stage, mean over places, three linear layers."""

    def __init__(self, resnet: nn.Module) -> None:
        super().__init__()
        self.backbone = resnet
        self.staircase = Staircase(first=0)
        wide, narrow = REGRESSOR_WIDTHS
        self.regressor = nn.Sequential(
            *(nn.Linear(MAP_CHANNELS[-1], wide), nn.ReLU()),
            *(nn.Linear(wide, narrow), nn.ReLU()),
            nn.Linear(narrow, 1),
        )

    def forward(self, pixels: Tensor) -> Tensor:
        maps = resnet_maps(self.backbone, pixels)
        fused = maps[-1] + self.staircase(maps)
        return self.regressor(fused.mean(dim=(2, 3))).squeeze(1)


def build_mgqa(random_seed: int | None) -> Mgqa:
    """MGQA on timm's ResNet50 with torchvision's first weights."""
    return Mgqa(create_timm(RESNET_WEIGHTS, random_seed, features_only=True, out_indices=(0, 1, 2, 3, 4)))
