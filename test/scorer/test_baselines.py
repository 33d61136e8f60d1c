"""baselines/: every method of the paper takes a training step on real images, at its full size and on random weights."""

import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import torch
from safetensors.torch import load, save
from torch import Tensor

from conftest import SAMPLE
from retort_scorer.baselines.baseline import Baseline, BaselineModel, build_baseline
from retort_scorer.baselines.registry import BASELINES, find_baseline
from retort_scorer.baselines.train_step import NonFiniteLossError, begin_stage, train_step
from retort_scorer.errors import ScorerError
from retort_scorer.source_image import read_source_image

# Sequence networks have a position for each patch, so they take their own size; the others take any, small ones here.
SEQUENCES, SEQUENCE_SIDE, MAP_SIDE = ("vit-b16", "vil"), 224, 64


def real_images(number: int, side: int) -> tuple[Tensor, Tensor]:
    """[B, 3, side, side] of 0–1 and the quality MOS [B] of images that lie in the repository."""
    lines = (SAMPLE / "data.csv").read_text(encoding="utf-8").splitlines()[1:]
    rows = [line for line in lines if line.startswith(("DALLE2", "AttnGAN"))]
    chosen = (rows[0], rows[-1])[:number]
    pixels = [read_source_image(SAMPLE / "images" / row.split(",")[0], side) / 255 for row in chosen]
    return torch.cat(pixels), torch.tensor([float(row.split(",")[-4]) for row in chosen])


@dataclass(frozen=True)
class Trained:
    """A baseline after one step of its last stage, with the gradients of that step."""

    baseline: Baseline
    model: BaselineModel
    loss: float
    pixels: Tensor
    before: dict[str, Tensor]
    """The parameters that a step changes least often: one of the backbone, one of what is new."""


@pytest.fixture(scope="module", params=list(BASELINES))
def trained(request: pytest.FixtureRequest) -> Iterator[Trained]:
    baseline = find_baseline(request.param)
    is_sequence = baseline.name in SEQUENCES
    pixels, mos = real_images(1 if is_sequence else 2, SEQUENCE_SIDE if is_sequence else MAP_SIDE)
    model = build_baseline(baseline, random_seed=3)
    optimiser, _ = begin_stage(model, baseline.stages[-1])
    names = [name for name, _ in model.named_parameters() if name.endswith("weight")]
    watched = (next(name for name in names if "backbone" in name), names[-1])
    before = {name: model.get_parameter(name).detach().clone() for name in watched}
    loss = train_step(model, optimiser, pixels, mos, baseline.loss)
    del optimiser  # a gigabyte for VGG16
    yield Trained(baseline, model, loss, pixels, before)


def test_a_step_changes_backbone_and_regressor(trained: Trained) -> None:
    assert 0 < trained.loss < float("inf")
    for name, before in trained.before.items():
        assert "backbone" in name or before.shape[0] == 1, name
        assert not torch.equal(trained.model.get_parameter(name), before), name


def test_every_parameter_is_trainable_and_has_a_gradient(trained: Trained) -> None:
    steepest = {}
    for name, parameter in trained.model.named_parameters():
        assert parameter.grad is not None, name
        steepest[name] = float(parameter.grad.abs().max())  # nan if one is
        assert steepest[name] < float("inf"), name
    # Random ResNets begin with a scale of 0 at each block's end, so most of their slopes are 0 in the first step.
    first, *_ = steepest
    assert "backbone" in first
    assert all(slope > 0 for name, slope in steepest.items() if name == first or "backbone" not in name)


@torch.inference_mode()
def test_a_prediction_is_repeatable_and_its_images_own(trained: Trained) -> None:
    model = trained.model.eval()
    image, mirrored = trained.pixels[:1], trained.pixels[:1].flip(3)
    together, alone = model(torch.cat((image, mirrored))), model(image)
    assert together.shape == (2,) and torch.equal(alone, model(image))
    torch.testing.assert_close(together, torch.cat((alone, model(mirrored))), rtol=1e-3, atol=1e-3)
    assert together[0] != together[1]


@torch.inference_mode()
def test_black_and_white_images_have_finite_predictions(trained: Trained) -> None:
    pixels = torch.zeros(2, *trained.pixels.shape[1:])
    pixels[1] = 1
    assert torch.isfinite(trained.model.eval()(pixels)).all()


@torch.inference_mode()
def test_a_state_brings_everything_back(trained: Trained) -> None:
    model = trained.model.eval()
    other = copy.deepcopy(model)
    other.weights = "something else"
    for tensor in (*other.net.parameters(), *other.net.buffers()):
        tensor.zero_()
    other.load_state_dict(model.state_dict())
    assert other.weights == "random-3" and other.is_random
    assert torch.equal(other(trained.pixels), model(trained.pixels))


def test_weights_hang_on_the_seed_alone() -> None:
    first, again, other = (build_baseline(find_baseline("resnet50"), seed).state_dict() for seed in (1, 1, 2))
    torch.rand(1)
    assert all(torch.equal(first[key], again[key]) for key in first)
    assert not torch.equal(first["net.mlp.0.weight"], other["net.mlp.0.weight"])
    assert not torch.equal(first["net.backbone.conv1.weight"], other["net.backbone.conv1.weight"])


def test_random_weights_stay_marked_through_a_file() -> None:
    random = build_baseline(find_baseline("mgqa"), random_seed=8)
    resumed = BaselineModel(find_baseline("mgqa"), random.net, "published")
    assert not resumed.is_random
    resumed.load_state_dict(load(save(random.state_dict())))
    assert resumed.weights == "random-8"
    with pytest.raises(ValueError, match="weights of the baseline mgqa, not of stairiqa"):
        BaselineModel(find_baseline("stairiqa"), random.net, "published").load_state_dict(random.state_dict())


def test_dbcnn_learns_its_linear_layer_first() -> None:
    baseline = find_baseline("dbcnn")
    model = build_baseline(baseline, random_seed=0)
    optimiser, _ = begin_stage(model, baseline.stages[0])
    before = {name: parameter.detach().clone() for name, parameter in model.named_parameters()}
    train_step(model, optimiser, *real_images(2, MAP_SIDE), baseline.loss)
    changed = {name for name, parameter in model.named_parameters() if not torch.equal(parameter, before[name])}
    assert changed == {"net.regressor.weight", "net.regressor.bias"}


def test_hyperiqas_rates_fall_to_a_tenth_after_six_epochs() -> None:
    baseline = find_baseline("hyperiqa")
    optimiser, schedule = begin_stage(build_baseline(baseline, random_seed=0), baseline.stages[0])
    rates = []
    for _ in range(7):
        rates.append([group["lr"] for group in optimiser.param_groups])
        optimiser.step()
        schedule.step()
    assert rates[:6] == [[2e-4, 2e-5]] * 6
    assert rates[6] == pytest.approx([2e-5, 2e-6])


def test_a_loss_that_is_no_number_changes_nothing() -> None:
    baseline = find_baseline("resnet50")
    model = build_baseline(baseline, random_seed=0)
    optimiser, _ = begin_stage(model, baseline.stages[0])
    before = model.net.mlp[0].weight.detach().clone()
    pixels, mos = real_images(2, MAP_SIDE)
    with pytest.raises(NonFiniteLossError, match="The loss of resnet50 is nan"):
        train_step(model, optimiser, pixels, mos * float("nan"), baseline.loss)
    assert torch.equal(model.net.mlp[0].weight, before)


def test_an_unknown_baseline_is_named_with_the_known_ones() -> None:
    known = "vgg16, resnet50, vit-b16, vil, dbcnn, hyperiqa, stairiqa, mgqa"
    with pytest.raises(ScorerError, match=re.escape(f"There is no baseline 'vgg19': choose one of {known}.")):
        find_baseline("vgg19")
