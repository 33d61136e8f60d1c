"""The contract of every head, and what each is held against."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from retort_scorer.feature_store import Features
from retort_scorer.feature_table import DenseTokens, FeatureTable, build_feature_table
from retort_scorer.heads.ensemble import Ensemble
from retort_scorer.heads.head import Head
from retort_scorer.heads.head_inputs import HeadInputs
from retort_scorer.heads.kernel_ridge import fit_kernel_ridge
from retort_scorer.heads.level_reduction import LevelReduction, fit_level_reduction
from retort_scorer.heads.neural_head import NeuralHead, NeuralShape
from retort_scorer.heads.predict_heads import shared_predictions
from retort_scorer.heads.registry import KINDS, build_head
from retort_scorer.heads.ridge import fit_ridge
from retort_scorer.mixers.mixer import MixerShape
from retort_scorer.mixers.registry import MIXERS

LEVELS = (6, 40)
ROWS = 30


def features(row: int) -> tuple[Features, Features | None]:
    random = torch.Generator().manual_seed(row)
    image = Features(torch.randn(2 + row % 3, 5, generator=random), torch.randn(sum(LEVELS), generator=random))
    text = Features(torch.randn(row % 4, 7, generator=random), torch.randn(7, generator=random))
    return image, None if row % 5 == 0 else text


@pytest.fixture(scope="module")
def inputs() -> HeadInputs:
    table = build_feature_table([features(row) for row in range(ROWS)])
    return HeadInputs(table, fit_level_reduction(table.image_vectors[:20], LEVELS))


TRAIN = torch.arange(20)
PROMPTS = [f"prompt {row // 2}" for row in range(20)]


def mos(inputs: HeadInputs) -> Tensor:
    return 2.5 + inputs.coordinates[TRAIN, 0] / 3


def neural(inputs: HeadInputs, mixer: str = "xlstm") -> NeuralHead:
    torch.manual_seed(3)
    shape = NeuralShape(mixer, uses_text=True, level_components=4, sizes=MixerShape(d_model=16, num_blocks=2))
    head = NeuralHead(shape, inputs.widths)
    head.standardise(inputs, TRAIN, mos(inputs)[:, None])
    return head.eval()


def heads(inputs: HeadInputs) -> dict[str, Head]:
    ridge, _ = fit_ridge(inputs, TRAIN, mos(inputs), PROMPTS, uses_text=True)
    kernel, _ = fit_kernel_ridge(inputs, TRAIN, mos(inputs), PROMPTS, uses_text=True)
    return {"neural": neural(inputs), "ridge": ridge, "kernel-ridge": kernel, "ensemble": Ensemble([kernel, ridge], [3, 1])}


@pytest.mark.parametrize("kind", KINDS)
def test_a_prediction_does_not_depend_on_other_rows(inputs: HeadInputs, kind: str) -> None:
    head = heads(inputs)[kind]
    together = head.predict(inputs)
    assert together.shape == (ROWS,) and together.dtype == torch.float32 and torch.isfinite(together).all()
    alone = torch.cat([head.predict(inputs, torch.tensor([row])) for row in (0, 7, 29)])
    assert torch.allclose(alone, together[[0, 7, 29]], atol=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_a_head_is_made_again_from_its_description_and_tensors(inputs: HeadInputs, kind: str) -> None:
    head = heads(inputs)[kind]
    again = build_head(head.describe())
    again.load_state_dict(head.state_dict())
    assert torch.equal(again.eval().predict(inputs), head.predict(inputs))


@pytest.mark.parametrize("mixer", [name for name in MIXERS if name != "transformer-legacy"])
def test_every_mixer_makes_a_head(inputs: HeadInputs, mixer: str) -> None:
    head = neural(inputs, mixer)
    alone = head.predict(inputs, torch.tensor([4]))
    assert torch.allclose(alone, head.predict(inputs)[4:5], atol=1e-5)


def test_kernel_ridge_is_the_closed_form(inputs: HeadInputs) -> None:
    head, chosen = fit_kernel_ridge(inputs, TRAIN, mos(inputs), PROMPTS, uses_text=False)
    z = inputs.coordinates.double().numpy()
    widths = np.cumsum(inputs.reduction.components)[:-1]
    distances = 0
    for part in np.split(z, widths, axis=1):
        squared = ((part[:, None] - part[None, :20]) ** 2).sum(-1)
        lower = np.sort(squared[:20].ravel())[(400 - 1) // 2]  # torch's median is the lower of the two in the middle
        distances = distances + squared / lower / len(inputs.reduction.components)
    kernel = np.exp(-chosen["gamma"] * distances)
    target = mos(inputs).double().numpy()
    weights = np.linalg.solve(kernel[:20] + chosen["alpha"] * np.eye(20), target - target.mean())
    assert np.allclose(head.predict(inputs).numpy(), kernel @ weights + target.mean(), atol=1e-4)


def test_a_linear_signal_is_found_by_ridge(inputs: HeadInputs) -> None:
    head, _ = fit_ridge(inputs, TRAIN, mos(inputs), PROMPTS, uses_text=False)
    assert np.corrcoef(head.predict(inputs, TRAIN).numpy(), mos(inputs).numpy())[0, 1] > 0.95


def test_an_ensemble_is_the_weighted_mean(inputs: HeadInputs) -> None:
    found = heads(inputs)
    expected = 0.75 * found["kernel-ridge"].predict(inputs) + 0.25 * found["ridge"].predict(inputs)
    assert torch.allclose(found["ensemble"].predict(inputs), expected, atol=1e-6)


def test_a_network_of_two_aspects_is_two_of_one(inputs: HeadInputs) -> None:
    torch.manual_seed(1)
    sizes = MixerShape(d_model=16, num_blocks=2)
    both = NeuralHead(NeuralShape(outputs=2, sizes=sizes), inputs.widths)
    both.standardise(inputs, TRAIN, torch.stack((mos(inputs), mos(inputs) * 2), dim=1))
    together = both.predict_all(inputs)
    assert torch.allclose(both.for_output(0).predict(inputs), together[:, 0], atol=1e-5)
    assert torch.allclose(both.for_output(1).predict(inputs), together[:, 1], atol=1e-5)


def test_a_reduction_keeps_distances_where_it_keeps_all_directions() -> None:
    vectors = torch.randn(50, 3, generator=torch.Generator().manual_seed(0)) * torch.tensor([1.0, 5.0, 100.0])
    reduction = fit_level_reduction(vectors, [3])
    standard = reduction.standardised(vectors)
    assert reduction.components == (3,)
    assert torch.allclose(torch.cdist(reduction(vectors), reduction(vectors)), torch.cdist(standard, standard), atol=1e-2)


@pytest.mark.parametrize("rows", [12, 80])  # fewer rows than channels, and more
def test_components_are_ordered_and_hold_what_is_asked_for(rows: int) -> None:
    vectors = torch.randn(rows, 40, generator=torch.Generator().manual_seed(2))
    reduction = fit_level_reduction(vectors, [40])
    variances = reduction.variances
    assert bool((variances[:-1] >= variances[1:] - 1e-4).all())
    standard = reduction.standardised(vectors)
    assert float(variances.sum() / standard.square().mean(dim=0).sum()) > 0.9


def test_fitting_a_reduction_leaves_the_vectors_as_they_were_and_tells_how_its_own_coordinates_vary() -> None:
    vectors = torch.randn(30, 12, generator=torch.Generator().manual_seed(3))
    before = vectors.clone()
    reduction = fit_level_reduction(vectors, [4, 8])
    assert torch.equal(vectors, before)
    assert torch.allclose(reduction(vectors).square().mean(dim=0), reduction.variances, atol=1e-5)


def test_a_constant_level_becomes_zeros() -> None:
    reduction = fit_level_reduction(torch.ones(10, 4), [2, 2])
    assert not bool(reduction(torch.ones(3, 4)).any()) and bool(torch.isfinite(reduction.whitened(torch.zeros(1, 4))).all())


def test_real_tokens_stand_before_padding_whatever_is_missing(inputs: HeadInputs) -> None:
    head = neural(inputs)
    batch = inputs.batch(torch.arange(6))
    tokens, mask = head.tokens(batch, inputs.reduction.whitened(batch.coordinates))
    lengths = [2 + (2 + row % 3) + (0 if row % 5 == 0 else 1 + row % 4) for row in range(6)]
    assert mask.sum(dim=1).tolist() == lengths and tokens.shape[1] == max(lengths)
    assert not bool((mask[:, 1:] & ~mask[:, :-1]).any())


def test_a_table_reads_tokens_of_unequal_length_as_they_are() -> None:
    rows = [torch.randn(length, 3) for length in (2, 5, 1)]
    table = FeatureTable(DenseTokens(rows), torch.zeros(3, 2), [None] * 3)
    batch = table.batch([2, 1])
    assert batch.image_token_mask.sum(dim=1).tolist() == [1, 5]
    assert torch.equal(batch.image_tokens[1], rows[1].half())
    assert math.isclose(float(batch.image_tokens[0, 1:].abs().sum()), 0)


def test_an_unknown_kind_is_no_head() -> None:
    with pytest.raises(KeyError):
        build_head({"kind": "oracle"})


def test_a_reduction_is_made_again_from_its_description() -> None:
    reduction = fit_level_reduction(torch.randn(20, 9), [4, 5])
    again = LevelReduction(**reduction.describe())
    again.load_state_dict(reduction.state_dict())
    vectors = torch.randn(2, 9)
    assert torch.equal(again(vectors), reduction(vectors))


def test_heads_that_share_members_predict_as_each_alone_and_run_a_member_once(inputs: HeadInputs) -> None:
    found = heads(inputs)
    inner = Ensemble([found["neural"], found["ridge"]], [1, 1])
    outer = Ensemble([inner, found["kernel-ridge"]], [1, 1])
    alone = outer.predict(inputs)
    runs = 0
    network = found["neural"].predict

    def counted(*given: HeadInputs) -> Tensor:
        nonlocal runs
        runs += 1
        return network(*given)

    found["neural"].predict = counted
    predict = shared_predictions(inputs)
    assert torch.equal(predict(outer), alone) and torch.equal(predict(found["neural"]), network(inputs))
    predict(inner)
    assert runs == 1


@pytest.mark.parametrize("fit", [fit_ridge, fit_kernel_ridge])
def test_a_floor_is_fitted_where_prompts_differ_in_case_alone(inputs: HeadInputs, fit: Callable[..., tuple[Head, Any]]) -> None:
    prompts = ["A cat" if place % 2 else "a cat" for place in range(len(TRAIN) - 1)] + ["a dog"]
    head, _ = fit(inputs, TRAIN, mos(inputs), prompts, uses_text=False)
    assert torch.isfinite(head.predict(inputs)).all()
