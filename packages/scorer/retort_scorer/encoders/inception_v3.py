"""InceptionV3: an image goes in, the feature maps at the ends of its five resolutions come out.

Architecture: Szegedy et al. 2015 (arXiv 1512.00567) as Keras builds it, whose order of layers numbers the weights. The
weights are those of ``nsfwjs`` 4.4.0 (fine-tuned there to tell photographs, drawings and three kinds of nudity), uint8.
Batch norm (no scale in Keras) is folded into the convolutions: inference only.
"""

from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional as F

TAP_CHANNELS = (64, 192, 288, 768, 2048)
BATCH_NORM_EPSILON = 1e-3
CLASSES = ("Drawing", "Hentai", "Neutral", "Porn", "Sexy")

Kernel = int | tuple[int, int]


class Conv(nn.Module):
    """A convolution with its batch norm folded in and a ReLU: [B, C, H, W] -> [B, C', H', W']."""

    def __init__(self, inputs: int, outputs: int, kernel: Kernel, stride: int = 1, valid: bool = False) -> None:
        super().__init__()
        height, width = (kernel, kernel) if isinstance(kernel, int) else kernel
        padding = 0 if valid else (height // 2, width // 2)
        self.convolution = nn.Conv2d(inputs, outputs, (height, width), stride, padding)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.convolution(x))


def _chain(inputs: int, *layers: tuple[int, Kernel]) -> nn.Sequential:
    convs = []
    for outputs, kernel in layers:
        convs.append(Conv(inputs, outputs, kernel))
        inputs = outputs
    return nn.Sequential(*convs)


def _pooled(x: Tensor) -> Tensor:
    return F.avg_pool2d(x, 3, stride=1, padding=1, count_include_pad=False)  # TensorFlow doesn't count the border


class Parallel(nn.Module):
    """Branches side by side, their channels concatenated; the last one sees the pooled map."""

    def __init__(self, *branches: nn.Module) -> None:
        super().__init__()
        self.branches = nn.ModuleList(branches)

    def forward(self, x: Tensor) -> Tensor:
        *others, pool = self.branches
        return torch.cat([*(branch(x) for branch in others), pool(_pooled(x))], dim=1)


class Reduction(nn.Module):
    """Halves the resolution: branches of stride 2 beside a max pool."""

    def __init__(self, *branches: nn.Module) -> None:
        super().__init__()
        self.branches = nn.ModuleList(branches)

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([*(branch(x) for branch in self.branches), F.max_pool2d(x, 3, stride=2)], dim=1)


class Fork(nn.Module):
    """Some layers, then two of them side by side."""

    def __init__(self, trunk: nn.Module, width: int) -> None:
        super().__init__()
        self.trunk = trunk
        self.left, self.right = Conv(width, width, (1, 3)), Conv(width, width, (3, 1))

    def forward(self, x: Tensor) -> Tensor:
        x = self.trunk(x)
        return torch.cat([self.left(x), self.right(x)], dim=1)


def _block_35(inputs: int, pool: int) -> Parallel:
    return Parallel(
        _chain(inputs, (64, 1)),
        _chain(inputs, (48, 1), (64, 5)),
        _chain(inputs, (64, 1), (96, 3), (96, 3)),
        _chain(inputs, (pool, 1)),
    )


def _block_17(width: int) -> Parallel:
    row, column = (1, 7), (7, 1)
    return Parallel(
        _chain(768, (192, 1)),
        _chain(768, (width, 1), (width, row), (192, column)),
        _chain(768, (width, 1), (width, column), (width, row), (width, column), (192, row)),
        _chain(768, (192, 1)),
    )


def _block_8(inputs: int) -> Parallel:
    return Parallel(
        _chain(inputs, (320, 1)),
        Fork(_chain(inputs, (384, 1)), 384),
        Fork(_chain(inputs, (448, 1), (384, 3)), 384),
        _chain(inputs, (192, 1)),
    )


class InceptionV3(nn.Module):
    """The network up to its last map; modules are created in Keras's order, which names the weights."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(Conv(3, 32, 3, 2, valid=True), Conv(32, 32, 3, valid=True), Conv(32, 64, 3))
        self.widening = nn.Sequential(Conv(64, 80, 1, valid=True), Conv(80, 192, 3, valid=True))
        self.blocks_35 = nn.Sequential(_block_35(192, 32), _block_35(256, 64), _block_35(288, 64))
        self.blocks_17 = nn.Sequential(
            Reduction(Conv(288, 384, 3, 2, valid=True), _chain(288, (64, 1), (96, 3)).append(Conv(96, 96, 3, 2, valid=True))),
            *(_block_17(width) for width in (128, 160, 160, 192)),
        )
        self.blocks_8 = nn.Sequential(
            Reduction(
                _chain(768, (192, 1)).append(Conv(192, 320, 3, 2, valid=True)),
                _chain(768, (192, 1), (192, (1, 7)), (192, (7, 1))).append(Conv(192, 192, 3, 2, valid=True)),
            ),
            _block_8(1280),
            _block_8(2048),
        )

    def stage_maps(self, pixels: Tensor) -> list[Tensor]:
        """The map at the end of each resolution.

        Args:
            pixels: [B, 3, H, W], fp32, RGB, 0–255; the weights were trained at 299 x 299.
        Returns:
            five maps, [B, C, H', W'] with C of ``TAP_CHANNELS``.
        """
        x = self.stem(pixels / 255)
        maps = [x]
        for part, pools in ((self.widening, True), (self.blocks_35, True), (self.blocks_17, False), (self.blocks_8, False)):
            x = part(F.max_pool2d(x, 3, stride=2) if pools else x)
            maps.append(x)
        return maps


def build_inception_v3(weights: Mapping[str, Tensor]) -> InceptionV3:
    """Build the network from the tensors of ``read_tfjs_weights``; the classifier's are not used.

    Raises:
        KeyError: a tensor is missing. ValueError: one has another shape. Both mean other weights.
    """
    model = InceptionV3()
    convs = [module for module in model.modules() if isinstance(module, Conv)]
    with torch.no_grad():
        for number, conv in enumerate(convs, start=1):
            kernel = weights[f"conv2d_{number}/kernel"].permute(3, 2, 0, 1)  # [h, w, in, out] -> [out, in, h, w]
            wanted = conv.convolution.weight
            if kernel.shape != wanted.shape:
                raise ValueError(f"InceptionV3 wants conv2d_{number} as {tuple(wanted.shape)}, got {tuple(kernel.shape)}.")
            norm = f"batch_normalization_{number}"
            scale = torch.rsqrt(weights[f"{norm}/moving_variance"] + BATCH_NORM_EPSILON)
            wanted.copy_(kernel * scale[:, None, None, None])
            assert conv.convolution.bias is not None
            conv.convolution.bias.copy_(weights[f"{norm}/beta"] - weights[f"{norm}/moving_mean"] * scale)
    return model.eval().requires_grad_(False)


def classify(weights: Mapping[str, Tensor], last: Tensor) -> Tensor:
    """Probabilities of ``CLASSES`` from the last map [B, 2048, H, W], [B, 5]: only tests ask for them."""
    hidden = last.mean(dim=(2, 3))
    for number in (1, 2, 3):
        hidden = hidden @ weights[f"dense_{number}/kernel"] + weights[f"dense_{number}/bias"]
        hidden = F.relu(hidden) if number < 3 else hidden.softmax(dim=1)
    return hidden
