"""Training losses on cases that can be worked out by hand."""

import math

import pytest
import torch

from retort_scorer.errors import ScorerError
from retort_scorer.losses import LossWeights, batch_loss, group_numbers, rank_loss


def test_unrated_rows_take_no_part() -> None:
    predicted = torch.tensor([[1.0, 0.0], [3.0, 5.0]])
    target = torch.tensor([[0.0, math.nan], [math.nan, 4.0]])
    assert float(batch_loss(predicted, target, LossWeights())) == pytest.approx((1 + 1) / 2)


def test_a_batch_without_a_rating_has_a_loss_of_0_and_a_gradient() -> None:
    predicted = torch.ones(2, 1, requires_grad=True)
    batch_loss(predicted, torch.full((2, 1), math.nan), LossWeights()).backward()
    assert predicted.grad is not None and predicted.grad.tolist() == [[0.0], [0.0]]


def test_the_correlation_loss_sees_neither_scale_nor_offset() -> None:
    target = torch.tensor([[0.0], [1.0], [3.0]])
    alone = LossWeights(mse=0.0, plcc=1.0)
    assert float(batch_loss(7 * target + 2, target, alone)) == pytest.approx(0, abs=1e-6)
    assert float(batch_loss(-target, target, alone)) == pytest.approx(2, abs=1e-6)


def test_the_rank_loss_counts_pairs_of_a_group_by_how_far_they_lie_apart() -> None:
    predicted, target = torch.tensor([0.0, 1.0, -1.0]), torch.tensor([2.0, 1.0, 0.0])
    pairs = [(0, 1, 1.0), (0, 2, 2.0), (1, 2, 1.0)]
    by_hand = sum(gap * math.log1p(math.exp(float(predicted[low] - predicted[high]))) for high, low, gap in pairs) / 4
    assert float(rank_loss(predicted, target, None)) == pytest.approx(by_hand)
    within = rank_loss(predicted, target, group_numbers(["a", "a", "b"]))
    assert float(within) == pytest.approx(math.log1p(math.exp(1.0)))


def test_rows_without_a_group_make_no_pair() -> None:
    assert float(rank_loss(torch.zeros(2), torch.tensor([0.0, 1.0]), group_numbers([None, None]))) == 0


def test_an_unknown_group_of_pairs_is_refused() -> None:
    with pytest.raises(ScorerError, match="rank_within is 'dataset'"):
        LossWeights(rank=1.0, rank_within="dataset")
