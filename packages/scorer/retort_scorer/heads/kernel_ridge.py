"""Kernel ridge regression on an image's level coordinates: the floor that a neural head on the same features should beat.

The image kernel is exp(-gamma * D), D the mean over the levels of squared distances, each divided by its median on
train: so no level drowns the others. Where the image prompt counts it is multiplied by 1 + exp(-|t - t'|^2 / 2), t the
prompt's vector at length 1: alike images under alike prompts count twice.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from ..folds import folds_within
from .head import Head
from .head_inputs import HeadInputs

GAMMAS = (0.3, 0.7, 1.2)
ALPHAS = (0.03, 0.1, 0.3, 1.0)
FOLDS = 5
MAX_TRAIN_ROWS = 6_000  # 0.3 GB a matrix; above it an even choice of rows is taken
TEXT_SHARPNESS = 0.5
ROWS_AT_ONCE = 512


class KernelRidge(Head):
    """Centres are train rows."""

    kind = "kernel-ridge"

    def __init__(self, levels: Sequence[int], centres: int, text: int) -> None:
        """``text``: channels of a prompt's vector, 0 to look at the image alone."""
        super().__init__()
        self.levels, self.text = tuple(levels), text
        self.register_buffer("centres", torch.zeros(centres, sum(levels)))
        self.register_buffer("texts", torch.zeros(centres, text))
        self.register_buffer("medians", torch.ones(len(levels)))
        self.register_buffer("weights", torch.zeros(centres, dtype=torch.float64))
        self.register_buffer("gamma", torch.ones(()))
        self.register_buffer("mos_mean", torch.zeros((), dtype=torch.float64))

    @torch.no_grad()
    def predict(self, inputs: HeadInputs, places: Tensor | None = None) -> Tensor:
        wanted = torch.arange(len(inputs)) if places is None else places
        parts = []
        for rows in wanted.split(ROWS_AT_ONCE):
            texts = _unit_texts(inputs, rows) if self.text else None
            kernel = self.kernel(self.distances(inputs.coordinates[rows]), texts)
            parts.append((kernel.double() @ self.weights + self.mos_mean).float())
        return torch.cat(parts)

    def distances(self, coordinates: Tensor) -> Tensor:
        """[B, K] -> mean over levels of squared distances to the centres, [B, n]."""
        pairs = zip(coordinates.split(self.levels, 1), self.centres.split(self.levels, 1), self.medians, strict=True)
        total = sum(_squared_distances(ours, theirs) / median for ours, theirs, median in pairs)
        return total / len(self.levels)

    def kernel(self, distances: Tensor, texts: Tensor | None) -> Tensor:
        """[B, n] similarities; ``texts`` [B, text] of length 1, or None."""
        kernel = torch.exp(-self.gamma * distances)
        return kernel if texts is None else kernel * (1 + torch.exp(-TEXT_SHARPNESS * _squared_distances(texts, self.texts)))

    def describe(self) -> dict[str, Any]:
        return {"kind": self.kind, "levels": list(self.levels), "centres": len(self.centres), "text": self.text}

    @classmethod
    def empty(cls, description: dict[str, Any]) -> "KernelRidge":
        return cls(description["levels"], description["centres"], description["text"])


@torch.no_grad()
def fit_kernel_ridge(
    inputs: HeadInputs,
    train: Tensor,
    mos: Tensor,
    prompts: Sequence[str],
    uses_text: bool,
    chosen: Mapping[str, float] | None = None,
) -> tuple[KernelRidge, dict[str, float]]:
    """Fit on the rows at ``train``.

    Args:
        mos: [n], of the train rows. ``prompts``: [n], their image prompts: rows of one prompt stay in one fold.
        chosen: gamma and alpha where an earlier fit chose them.
    Returns:
        the head, and the gamma and alpha that cross-validation by image prompt within train chose.
    """
    if len(train) > MAX_TRAIN_ROWS:
        kept = torch.linspace(0, len(train) - 1, MAX_TRAIN_ROWS).long()
        train, mos, prompts = train[kept], mos[kept], [prompts[place] for place in kept.tolist()]
    head = KernelRidge(inputs.reduction.components, len(train), inputs.table.widths[2] if uses_text else 0)
    head.centres.copy_(inputs.coordinates[train])
    if uses_text:
        head.texts.copy_(_unit_texts(inputs, train))
    levels = head.centres.split(head.levels, 1)
    head.medians.copy_(torch.stack([_squared_distances(part, part).median() for part in levels]).clamp_min(1e-12))
    distances, texts = head.distances(head.centres), head.texts if uses_text else None
    if chosen is None:
        gamma, alpha = _choose(head, distances, texts, mos.double(), _folds(prompts))
    else:
        gamma, alpha = chosen["gamma"], chosen["alpha"]
    head.gamma.fill_(gamma)
    head.mos_mean.copy_(mos.double().mean())
    head.weights.copy_(_solve(head.kernel(distances, texts).double(), mos.double() - head.mos_mean, alpha))
    return head.eval(), {"gamma": gamma, "alpha": alpha}


def _choose(
    head: KernelRidge, distances: Tensor, texts: Tensor | None, mos: Tensor, folds: Tensor
) -> tuple[float, float]:
    """The gamma and alpha of the smallest cross-validated error."""
    best: tuple[float, float, float] | None = None
    for gamma in GAMMAS:
        head.gamma.fill_(gamma)
        kernel = head.kernel(distances, texts).double()
        for alpha in ALPHAS:
            error = _cross_validated_error(kernel, mos, folds, alpha)
            if best is None or error < best[0]:
                best = (error, gamma, alpha)
    assert best is not None  # the grids above are not empty
    return best[1], best[2]


def _squared_distances(left: Tensor, right: Tensor) -> Tensor:
    squares = left.square().sum(dim=1)[:, None] + right.square().sum(dim=1)[None]
    return (squares - 2 * left @ right.T).clamp_min(0)


def _unit_texts(inputs: HeadInputs, places: Tensor) -> Tensor:
    """Prompt vectors of length 1, zeros where there is no prompt."""
    vectors = inputs.table.text_vectors[places]
    return vectors / vectors.norm(dim=1, keepdim=True).clamp_min(1e-12)


def _folds(prompts: Sequence[str]) -> Tensor:
    places = folds_within(prompts, FOLDS)
    return torch.zeros(len(prompts)).long() if places is None else torch.from_numpy(places)


def _cross_validated_error(kernel: Tensor, mos: Tensor, folds: Tensor, alpha: float) -> float:
    total = 0.0
    for fold in folds.unique().tolist():
        held, kept = torch.where(folds == fold)[0], torch.where(folds != fold)[0]
        if len(kept) == 0:
            return float(mos.var(correction=0))
        mean = mos[kept].mean()
        weights = _solve(kernel[kept][:, kept], mos[kept] - mean, alpha)
        total += float((kernel[held][:, kept] @ weights + mean - mos[held]).square().sum())
    return total / len(mos)


def _solve(kernel: Tensor, target: Tensor, alpha: float) -> Tensor:
    damped = kernel + alpha * torch.eye(len(kernel), dtype=kernel.dtype)
    return torch.cholesky_solve(target[:, None], torch.linalg.cholesky(damped))[:, 0]
