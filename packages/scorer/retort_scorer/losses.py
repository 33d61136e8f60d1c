"""What training minimises: error, correlation and order, each over the rows of a batch that are rated."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from .errors import ScorerError

RANK_WITHIN = ("batch", "image-prompt", "generator-setting")
MIN_CORRELATED_ROWS = 3


@dataclass(frozen=True)
class LossWeights:
    """``mse`` + ``plcc`` * (1 - PLCC) + ``rank`` * the logistic loss of pairs in the wrong order.

    ``rank_within`` says which rows make a pair: all of a batch, those of one image prompt, or of one generator setting.
    """

    mse: float = 1.0
    plcc: float = 0.0
    rank: float = 0.0
    rank_within: str = "batch"

    def __post_init__(self) -> None:
        if self.rank_within not in RANK_WITHIN:
            raise ScorerError(f"config member rank_within is {self.rank_within!r}, expected one of {', '.join(RANK_WITHIN)}.")


def batch_loss(predicted: Tensor, target: Tensor, weights: LossWeights, groups: Tensor | None = None) -> Tensor:
    """The loss of a batch, a mean over aspects.

    Args:
        predicted: [B, A], standardised. target: [B, A], standardised, NaN where an aspect isn't rated.
        groups: [B], int64, a number for each image prompt or generator setting; None puts all rows in one.
    """
    losses = [
        _aspect_loss(predicted[rated, place], column[rated], weights, None if groups is None else groups[rated])
        for place, column in enumerate(target.T)
        if bool((rated := ~column.isnan()).any())
    ]
    return torch.stack(losses).mean() if losses else predicted.sum() * 0


def _aspect_loss(predicted: Tensor, target: Tensor, weights: LossWeights, groups: Tensor | None) -> Tensor:
    loss = weights.mse * F.mse_loss(predicted, target)
    if weights.plcc > 0 and len(target) >= MIN_CORRELATED_ROWS:
        loss = loss + weights.plcc * (1 - plcc(predicted, target))
    if weights.rank > 0:
        loss = loss + weights.rank * rank_loss(predicted, target, groups)
    return loss


def plcc(predicted: Tensor, target: Tensor) -> Tensor:
    """Pearson's correlation of [n] with [n]; 0 where one of them is constant."""
    return F.cosine_similarity(predicted - predicted.mean(), target - target.mean(), dim=0)


def rank_loss(predicted: Tensor, target: Tensor, groups: Tensor | None) -> Tensor:
    """Mean of log(1 + exp(-(p_i - p_j))) over pairs with target i above target j and one group, weighted by that difference.

    Source: RankNet (Burges et al. 2005), weighted so that near ties count little. No pair gives 0.
    """
    gaps = target[:, None] - target[None]
    weight = gaps.clamp_min(0)
    if groups is not None:
        weight = weight * (groups[:, None] == groups[None])
    losses = F.softplus(-(predicted[:, None] - predicted[None]))
    return (weight * losses).sum() / weight.sum().clamp_min(1e-6)


def group_numbers(names: Sequence[str | None]) -> Tensor:
    """[n] int64, equal where names are; rows without a name are each alone."""
    numbers: dict[str, int] = {}
    return torch.tensor(
        [-1 - place if name is None else numbers.setdefault(name, len(numbers)) for place, name in enumerate(names)]
    )
