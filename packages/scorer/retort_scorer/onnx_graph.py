"""From pixels to MOS as one module of plain operations: what is exported to ONNX. Equal to the scorer within rounding."""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from .checkpoint import AspectScorer
from .encoders.efficientnet_lite import EfficientNetLite
from .encoders.embedded import describe_image
from .errors import ScorerError
from .fit_rows import MOS_RANGE
from .heads.ensemble import Ensemble
from .heads.head import Head
from .heads.kernel_ridge import KernelRidge
from .heads.level_reduction import LevelReduction
from .heads.neural_head import NeuralHead
from .heads.ridge import Ridge
from .mixers.xlstm import XlstmMixer
from .poolings.mean import MeanPooling
from .xlstm.plain_stack import PlainStack


def reads_text(head: Head) -> bool:
    """Whether a prediction of ``head`` hangs on the image prompt."""
    if isinstance(head, Ensemble):
        return any(reads_text(member) for member in head.members if isinstance(member, Head))
    return head.shape.uses_text if isinstance(head, NeuralHead) else getattr(head, "text", 0) > 0


class ScorerGraph(nn.Module):
    """[1, 3, 512, 512] pixels, fp32, RGB, 0–255 -> a MOS [1] an aspect, fp32, on 0–5."""

    def __init__(self, networks: Sequence[EfficientNetLite], scorers: Mapping[str, AspectScorer]) -> None:
        """``scorers`` by aspect; none may read the image prompt."""
        super().__init__()
        self.networks = nn.ModuleList(networks)
        self.reductions = nn.ModuleList(scorer.reduction for scorer in scorers.values())
        self.heads = nn.ModuleList(plain_head(scorer.head) for scorer in scorers.values())

    def forward(self, pixels: Tensor) -> tuple[Tensor, ...]:
        vector = describe_image(list(self.networks), pixels).half().unsqueeze(0)  # rounded as stored features are
        pairs = zip(self.reductions, self.heads, strict=True)
        return tuple(head(reduction(vector), reduction).clamp(*MOS_RANGE) for reduction, head in pairs)


def plain_head(head: Head) -> nn.Module:
    """A module (coordinates [1, K], reduction) -> MOS [1] that says what ``head`` does. Raises ScorerError for one it knows no form of."""
    if isinstance(head, Ensemble):
        return _PlainEnsemble(head)
    if isinstance(head, KernelRidge):
        return _PlainKernelRidge(head)
    if isinstance(head, Ridge):
        return _PlainRidge(head)
    if isinstance(head, NeuralHead) and isinstance(head.mixer, XlstmMixer) and head.image_token is None:
        return _PlainXlstm(head)
    raise ScorerError(f"A scorer with the head {head.describe()} can't be exported: ONNX knows xlstm, kernel-ridge and ridge.")


class _PlainEnsemble(nn.Module):
    def __init__(self, head: Ensemble) -> None:
        super().__init__()
        self.weights = head.weights
        self.members = nn.ModuleList(plain_head(member) for member in head.members if isinstance(member, Head))

    def forward(self, coordinates: Tensor, reduction: LevelReduction) -> Tensor:
        parts = [weight * member(coordinates, reduction) for weight, member in zip(self.weights, self.members, strict=True)]
        return torch.stack(parts).sum(dim=0)


class _PlainKernelRidge(nn.Module):
    def __init__(self, head: KernelRidge) -> None:
        super().__init__()
        self.head = head

    def forward(self, coordinates: Tensor, reduction: LevelReduction) -> Tensor:
        kernel = self.head.kernel(self.head.distances(coordinates), None)
        return (kernel.double() @ self.head.weights + self.head.mos_mean).float()


class _PlainRidge(nn.Module):
    def __init__(self, head: Ridge) -> None:
        super().__init__()
        self.head = head

    def forward(self, coordinates: Tensor, reduction: LevelReduction) -> Tensor:
        return (reduction.whitened(coordinates).double() @ self.head.weights + self.head.offset).float()


class _PlainXlstm(nn.Module):
    """The sequence is a token a level: nothing is padded, so there is no mask."""

    def __init__(self, head: NeuralHead) -> None:
        super().__init__()
        assert isinstance(head.mixer, XlstmMixer)  # of plain_head
        self.head, self.stack = head, PlainStack(head.mixer.stack)

    def forward(self, coordinates: Tensor, reduction: LevelReduction) -> Tensor:
        head = self.head
        levels = zip(head.levels, reduction.whitened(coordinates).split(head.widths.levels, dim=-1), strict=True)
        tokens = torch.stack([linear(level[:, : linear.in_features]) for linear, level in levels], dim=1)
        mixed = self.stack(tokens + head.level_kinds)
        if isinstance(head.pooling, MeanPooling):
            pooled = mixed.mean(dim=1)
        else:
            pooled = head.pooling(mixed, torch.ones(mixed.shape[:2], dtype=torch.bool))
        scores = head.output(torch.relu(head.hidden(pooled))) * head.mos_sd + head.mos_mean
        return scores[:, 0]
