"""DBCNN: two networks look at one image, and every pair of their channels says how often they fire together.

Source: Zhang, Ma, Yan, Deng & Wang 2020, "Blind Image Quality Assessment Using A Deep Bilinear Convolutional Neural
Network", IEEE TCSVT 30(1), arXiv 1907.02665; layer sizes and training as in its authors' github.com/zwx8981/DBCNN-PyTorch.
VGG16 (ImageNet) sees contents, S-CNN (trained to tell distortion types and levels apart) sees distortions.

Deviations: the crop is 448 for every dataset (theirs: by dataset). Their S-CNN saw distorted photographs of Waterloo
and PASCAL; its weights are fetched, not trained here.
"""

from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..timm_library import create_timm
from .fetch_weights import fetch_state

VGG_WEIGHTS = "vgg16.tv_in1k"
SCNN_WEIGHTS = "https://raw.githubusercontent.com/zwx8981/DBCNN-PyTorch/master/pretrained_scnn/scnn.pkl"
# (channels, stride) of S-CNN's 3 x 3 convolutions, as its authors' SCNN.py has them: 16 times smaller at the end, like conv5_3.
SCNN_LAYERS = ((48, 1), (48, 2), (64, 1), (64, 2), (64, 1), (64, 2), (128, 1), (128, 1), (128, 2))
SCNN_PREFIX = "module.features."  # it was saved from several GPUs
VGG_CHANNELS, SCNN_CHANNELS = 512, SCNN_LAYERS[-1][0]
ROOT_EPSILON = 1e-8  # the root's slope at 0 is infinite


class Scnn(nn.Sequential):
    """The convolutions of S-CNN: [B, 3, H, W] -> [B, 128, H / 16, W / 16]."""

    def __init__(self) -> None:
        layers: list[nn.Module] = []
        inputs = 3
        for channels, stride in SCNN_LAYERS:
            layers += [nn.Conv2d(inputs, channels, 3, stride, 1), nn.BatchNorm2d(channels), nn.ReLU(inplace=True)]
            inputs = channels
        super().__init__(*layers)
        for layer in self:
            if isinstance(layer, nn.Conv2d):
                nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
                nn.init.zeros_(layer.bias)


def bilinear_pool(left: Tensor, right: Tensor) -> Tensor:
    """Mean outer product over places, signed square root, unit length.

    Args:
        left: [B, C, H, W]. right: [B, E, H, W].
    Returns:
        [B, C * E]; each row of length 1.
    """
    pairs = left.flatten(2) @ right.flatten(2).transpose(1, 2) / left[0, 0].numel()  # [B, C, E]
    rooted = torch.sign(pairs) * (pairs.abs() + ROOT_EPSILON).sqrt()
    return F.normalize(rooted.flatten(1))


class Dbcnn(nn.Module):
    """VGG16 and S-CNN, bilinear pooling, one linear layer."""

    def __init__(self, vgg: nn.Module, scnn: Scnn) -> None:
        super().__init__()
        self.backbone = nn.ModuleDict({"vgg": vgg, "scnn": scnn})
        self.regressor = nn.Linear(VGG_CHANNELS * SCNN_CHANNELS, 1)
        nn.init.kaiming_normal_(self.regressor.weight)
        nn.init.zeros_(self.regressor.bias)

    def forward(self, pixels: Tensor) -> Tensor:
        contents = self.backbone["vgg"](pixels)[0]
        distortions = self.backbone["scnn"](pixels)
        if distortions.shape[2:] != contents.shape[2:]:  # sides that 16 doesn't divide
            distortions = F.interpolate(distortions, contents.shape[2:], mode="bilinear", align_corners=True)
        return self.regressor(bilinear_pool(contents, distortions)).squeeze(1)


def load_scnn(scnn: Scnn, raw: Mapping[str, Tensor]) -> None:
    """Fill ``scnn`` from the authors' checkpoint, which holds the classifier of distortions as well.

    Raises:
        RuntimeError: it isn't one.
    """
    scnn.load_state_dict({key.removeprefix(SCNN_PREFIX): raw[key] for key in raw if key.startswith(SCNN_PREFIX)})


def build_dbcnn(random_seed: int | None) -> Dbcnn:
    """VGG16 up to the ReLU of conv5_3, S-CNN, and what joins them."""
    vgg = create_timm(VGG_WEIGHTS, random_seed, features_only=True, out_indices=(4,))
    scnn = Scnn()
    if random_seed is None:
        load_scnn(scnn, fetch_state(SCNN_WEIGHTS, "DBCNN's S-CNN"))
    return Dbcnn(vgg, scnn)
