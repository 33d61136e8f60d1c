"""A backbone's pooled features and a two-layer MLP: how M3-AGIQA (arXiv 2502.15167) uses VGG16, ResNet50, ViT-B/16 and ViL.

No width was found in it; 128 with a ReLU is that of its own regressor.
"""

from torch import Tensor, nn

from ..timm_library import create_timm
from .vision_lstm import SMALL_WIDTH, build_vil_small

MLP_WIDTH = 128


class PooledMlp(nn.Module):
    """Any network that gives a vector an image, and two linear layers behind it."""

    def __init__(self, backbone: nn.Module, width: int) -> None:
        super().__init__()
        self.backbone = backbone
        self.mlp = nn.Sequential(nn.Linear(width, MLP_WIDTH), nn.ReLU(), nn.Linear(MLP_WIDTH, 1))

    def forward(self, pixels: Tensor) -> Tensor:
        return self.mlp(self.backbone(pixels)).squeeze(1)  # [B, 3, H, W] -> [B, V] -> [B]


def build_timm_mlp(name: str, random_seed: int | None) -> PooledMlp:
    """``name`` of timm without its classifier, with the MLP behind what the classifier would have seen."""
    backbone = create_timm(name, random_seed, num_classes=0)
    return PooledMlp(backbone, backbone.head_hidden_size)


def build_vil_mlp(random_seed: int | None) -> PooledMlp:
    """ViL-S with the MLP behind its two end tokens."""
    return PooledMlp(build_vil_small(random_seed), 2 * SMALL_WIDTH)
