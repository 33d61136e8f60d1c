"""baselines/: the parts of the networks against slow, obvious versions of themselves; crops; the table of results."""

import math
from dataclasses import replace

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from conftest import REPOSITORY
from retort_scorer.baselines.baseline import Baseline, TrainingStage
from retort_scorer.baselines.crops import evaluation_crops, train_crop
from retort_scorer.baselines.dbcnn import SCNN_LAYERS, Scnn, bilinear_pool, load_scnn
from retort_scorer.baselines.hyperiqa import WeightMaker
from retort_scorer.baselines.registry import BASELINES, find_baseline
from retort_scorer.baselines.results_table import BaselineResult, results_table
from retort_scorer.baselines.stairiqa import MAP_CHANNELS, Staircase
from retort_scorer.baselines.vision_lstm import NUM_HEADS, VilBlock, VisionLstm, load_vil2
from retort_scorer.errors import ScorerError

WIDTH, SIDE, BLOCKS = 16, 48, 2  # of a small ViL: 3 x 3 patches


@pytest.fixture(autouse=True)
def same_numbers() -> None:
    torch.manual_seed(0)


def test_bilinear_pooling_is_the_rooted_mean_outer_product() -> None:
    left, right = torch.randn(2, 3, 4, 5), torch.randn(2, 2, 4, 5)
    pooled = bilinear_pool(left, right)
    for image in range(2):
        pairs = torch.zeros(3, 2)
        for row in range(4):
            for column in range(5):
                pairs += torch.outer(left[image, :, row, column], right[image, :, row, column]) / 20
        expected = pairs.sign() * pairs.abs().sqrt()
        torch.testing.assert_close(pooled[image], (expected / expected.norm()).flatten(), atol=1e-4, rtol=1e-4)


def test_s_cnn_is_filled_from_the_names_of_its_authors() -> None:
    scnn, raw = Scnn(), {"module.classifier.weight": torch.zeros(39, 256)}
    for layer, (channels, _) in enumerate(SCNN_LAYERS):
        inputs = 3 if layer == 0 else SCNN_LAYERS[layer - 1][0]
        conv, norm = f"module.features.{3 * layer}", f"module.features.{3 * layer + 1}"
        raw |= {f"{conv}.weight": torch.randn(channels, inputs, 3, 3), f"{norm}.num_batches_tracked": torch.tensor(1)}
        raw |= {f"{norm}.{part}": torch.rand(channels) for part in ("weight", "bias", "running_mean", "running_var")}
        raw[f"{conv}.bias"] = torch.randn(channels)
    load_scnn(scnn, raw)
    x = torch.randn(1, 3, 32, 32)
    expected = x
    for layer, (_, stride) in enumerate(SCNN_LAYERS):
        conv, norm = f"module.features.{3 * layer}", f"module.features.{3 * layer + 1}"
        expected = F.conv2d(expected, raw[f"{conv}.weight"], raw[f"{conv}.bias"], stride, padding=1)
        moments = raw[f"{norm}.running_mean"], raw[f"{norm}.running_var"]
        expected = F.relu(F.batch_norm(expected, *moments, raw[f"{norm}.weight"], raw[f"{norm}.bias"]))
    assert expected.shape == (1, 128, 2, 2)
    torch.testing.assert_close(scnn.eval()(x), expected)


def test_bilinear_pooling_has_a_gradient_where_nothing_fires() -> None:
    left, right = torch.zeros(1, 3, 2, 2, requires_grad=True), torch.zeros(1, 2, 2, 2)
    bilinear_pool(left, right).sum().backward()
    assert left.grad is not None and torch.isfinite(left.grad).all()


@pytest.mark.parametrize(("inputs", "outputs"), [(224, 112), (14, 1)])
def test_a_hyper_network_gives_each_image_its_own_layer(inputs: int, outputs: int) -> None:
    maker = WeightMaker(inputs, outputs)
    weight, bias = maker(torch.randn(2, 112, 7, 7))
    assert weight.shape == (2, outputs, inputs) and bias.shape == (2, outputs)
    assert not torch.equal(weight[0], weight[1])


def test_a_staircase_adds_each_map_on_its_way() -> None:
    maps = [torch.randn(1, channels, side, side) for channels, side in zip(MAP_CHANNELS, (16, 16, 8, 4, 2), strict=True)]
    stairs = Staircase(first=1)
    expected = stairs[2](stairs[1](stairs[0](maps[1]) + maps[2]) + maps[3])
    assert torch.equal(stairs(maps), expected) and expected.shape == maps[4].shape


def test_a_block_that_reads_backwards_is_one_that_reads_the_turned_image() -> None:
    forwards, backwards = VilBlock(WIDTH, backwards=False), VilBlock(WIDTH, backwards=True)
    backwards.load_state_dict(forwards.state_dict())
    x = torch.randn(2, 12, WIDTH)
    torch.testing.assert_close(backwards(x, (3, 4)), forwards(x.flip(1), (3, 4)).flip(1))


def published_vil(width: int, blocks: int) -> dict[str, Tensor]:
    """Random tensors under the names and in the shapes of a ``vil2_*.th`` for 3 x 3 patches of 16 pixels."""
    inner = 2 * width
    shapes: dict[str, tuple[int, ...]] = {
        "xlstm.patch_embed.proj.weight": (width, 3, 16, 16),
        "xlstm.patch_embed.proj.bias": (width,),
        "xlstm.pos_embed.embed": (1, 3, 3, width),
        "xlstm.post_blocks_norm.weight": (width,),
        "xlstm.post_blocks_norm.bias": (width,),
        "head.0.weight": (2 * width,),
        "head.0.bias": (2 * width,),
        "head.1.weight": (10, 2 * width),
        "head.1.bias": (10,),
    }
    for index in range(blocks):
        block = f"xlstm.blocks.{index}"
        shapes |= {f"{block}.xlstm_norm.{part}": (width,) for part in ("weight", "bias")}
        for name, shape in {
            "proj_up.weight": (2 * inner, width),
            "proj_up.bias": (2 * inner,),
            "conv.weight": (inner, 1, 3, 3),
            "conv.bias": (inner,),
            "learnable_skip": (inner,),
            "proj_down.weight": (width, inner),
            "proj_down.bias": (width,),
            **{f"{part}_proj.weight": (inner // 4, 4, 4) for part in "qkv"},
            **{f"{part}_proj.bias": (inner,) for part in "qkv"},
            **{f"mlstm_cell.{gate}gate.weight": (NUM_HEADS, 3 * inner) for gate in "if"},
            **{f"mlstm_cell.{gate}gate.bias": (NUM_HEADS,) for gate in "if"},
            **{f"mlstm_cell.outnorm.{part}": (inner,) for part in ("weight", "bias")},
        }.items():
            shapes[f"{block}.xlstm.{name}"] = shape
    return {name: 0.3 * torch.randn(shape, dtype=torch.float64) for name, shape in shapes.items()}


def slow_vil(raw: dict[str, Tensor], pixels: Tensor, width: int, blocks: int) -> Tensor:
    """ViL of the paper for one image, patch after patch, with the mLSTM as a recurrence: [3, 48, 48] -> [2 * D]."""
    inner, raw = 2 * width, {name.removeprefix("xlstm."): tensor for name, tensor in raw.items()}
    x = F.conv2d(pixels.unsqueeze(0), raw["patch_embed.proj.weight"], raw["patch_embed.proj.bias"], stride=16)[0]
    x = x.permute(1, 2, 0).reshape(9, width) + raw["pos_embed.embed"].reshape(9, width)
    for index in range(blocks):
        part = {name: raw[f"blocks.{index}.{name}"] for name in ("xlstm_norm.weight", "xlstm_norm.bias")}
        of = lambda name, index=index: raw[f"blocks.{index}.xlstm.{name}"]  # noqa: E731
        normed = F.layer_norm(x, (width,), 1 + part["xlstm_norm.weight"], part["xlstm_norm.bias"])
        if index % 2 == 1:
            normed = normed.flip(0)
        up = normed @ of("proj_up.weight").T + of("proj_up.bias")
        value_in, gate = up[:, :inner], up[:, inner:]
        image = value_in.T.reshape(1, inner, 3, 3)
        local = F.silu(F.conv2d(image, of("conv.weight"), of("conv.bias"), padding=1, groups=inner))[0].reshape(inner, 9).T
        sources = {"q": local, "k": local, "v": value_in}
        q, k, v = (
            torch.block_diag(*of(f"{name}_proj.weight")).matmul(source.T).T + of(f"{name}_proj.bias")
            for name, source in sources.items()
        )
        joined = torch.cat((q, k, v), dim=1)
        i, f = (joined @ of(f"mlstm_cell.{name}gate.weight").T + of(f"mlstm_cell.{name}gate.bias") for name in "if")
        size = inner // NUM_HEADS
        out = torch.empty(9, inner, dtype=torch.float64)
        for head in range(NUM_HEADS):
            own = slice(head * size, (head + 1) * size)
            out[:, own] = slow_mlstm(q[:, own], k[:, own], v[:, own], i[:, head], f[:, head])
        out = F.group_norm(out, NUM_HEADS) * (1 + of("mlstm_cell.outnorm.weight")) + of("mlstm_cell.outnorm.bias")
        out = (out + of("learnable_skip") * local) * F.silu(gate)
        out = out @ of("proj_down.weight").T + of("proj_down.bias")
        x = x + (out.flip(0) if index % 2 == 1 else out)
    x = F.layer_norm(x, (width,), 1 + raw["post_blocks_norm.weight"], raw["post_blocks_norm.bias"], eps=1e-6)
    return F.layer_norm(torch.cat((x[0], x[-1])), (2 * width,), raw["head.0.weight"], raw["head.0.bias"])


def slow_mlstm(q: Tensor, k: Tensor, v: Tensor, i: Tensor, f: Tensor) -> Tensor:
    """Equations 19 to 27 of Beck et al. 2024 as they stand, unstabilised: [S, E] each, gates [S] -> [S, E]."""
    size = q.shape[1]
    memory, normaliser = torch.zeros(size, size, dtype=q.dtype), torch.zeros(size, dtype=q.dtype)
    rows = []
    for step in range(len(q)):
        forget, let_in, key = torch.sigmoid(f[step]), torch.exp(i[step]), k[step] / math.sqrt(size)
        memory = forget * memory + let_in * torch.outer(v[step], key)
        normaliser = forget * normaliser + let_in * key
        rows.append(memory @ q[step] / max(abs(float(normaliser @ q[step])), 1.0))
    return torch.stack(rows)


def test_vil_with_ported_weights_is_the_recurrence_of_the_paper() -> None:
    raw = published_vil(WIDTH, BLOCKS)
    model = VisionLstm(WIDTH, BLOCKS, side=SIDE).double()
    load_vil2(model, raw)
    pixels = torch.randn(2, 3, SIDE, SIDE, dtype=torch.float64)
    expected = torch.stack([slow_vil(raw, image, WIDTH, BLOCKS) for image in pixels])
    torch.testing.assert_close(model(pixels), expected, atol=1e-4, rtol=1e-4)


def test_a_file_that_is_no_vil_is_refused() -> None:
    raw = published_vil(WIDTH, BLOCKS)
    with pytest.raises(ScorerError, match="of 1 blocks has no blocks.1"):
        load_vil2(VisionLstm(WIDTH, 1, side=SIDE), raw)
    del raw["head.0.bias"]
    with pytest.raises(ScorerError, match="should hold head.0.bias"):
        load_vil2(VisionLstm(WIDTH, BLOCKS, side=SIDE), raw)


def numbered(height: int, width: int) -> Tensor:
    return (torch.arange(height * width).float() / (height * width)).view(1, height, width).repeat(3, 1, 1)


def test_five_crops_are_centre_and_corners() -> None:
    inputs = replace(find_baseline("stairiqa").inputs, resize=10, crop=4)
    image = numbered(10, 12)
    crops = evaluation_crops(image, inputs)
    assert crops.shape == (5, 3, 4, 4)
    assert torch.equal(crops[0], image[:, 3:7, 4:8])
    assert torch.equal(crops[4], image[:, 6:, 8:])


def test_crops_of_a_test_are_the_same_each_time_and_those_of_training_are_drawn() -> None:
    inputs = replace(find_baseline("hyperiqa").inputs, crop=8)
    image, random = numbered(32, 32), torch.Generator().manual_seed(1)
    first, again = evaluation_crops(image, inputs), evaluation_crops(image, inputs)
    assert first.shape == (25, 3, 8, 8) and torch.equal(first, again)
    assert len({float(train_crop(image, inputs, random)[0, 0, 0]) for _ in range(8)}) > 4


def test_half_of_the_training_crops_are_mirrored_where_the_authors_did() -> None:
    inputs = replace(find_baseline("dbcnn").inputs, crop=8)
    random = torch.Generator().manual_seed(1)
    rising = [bool(crop[0, 0, 0] < crop[0, 0, 1]) for crop in (train_crop(numbered(9, 9), inputs, random) for _ in range(40))]
    assert 10 < sum(rising) < 30


def test_small_images_are_enlarged_and_whole_ones_stretched() -> None:
    dbcnn, vgg16 = find_baseline("dbcnn").inputs, find_baseline("vgg16").inputs
    assert evaluation_crops(numbered(20, 40), replace(dbcnn, crop=32)).shape == (1, 3, 32, 64)
    assert evaluation_crops(numbered(64, 40), replace(dbcnn, crop=32)).shape == (1, 3, 64, 40)
    assert evaluation_crops(numbered(20, 40), vgg16).shape == (1, 3, 224, 224)


RESULT = BaselineResult("hyperiqa", "ImageNet-1k", "agiqa-3k", "quality", "five-fold, image prompts apart", 2385, 0.81234, 0.86)


def test_a_table_says_where_each_figure_comes_from() -> None:
    row = results_table([RESULT]).splitlines()[2]
    assert row == (
        "| HyperIQA | ImageNet-1k | published | agiqa-3k | quality | five-fold, image prompts apart | 2385 | 0.8123 | 0.8600 |"
    )


def test_a_figure_from_random_weights_is_not_printed() -> None:
    with pytest.raises(ScorerError, match=r"HyperIQA on agiqa-3k began with random weights \(random-3\)"):
        results_table([RESULT, replace(RESULT, weights="random-3")])


def documented(baseline: Baseline) -> str:
    """The row of docs/baselines.md that says how ``baseline`` is made."""
    inputs = baseline.inputs
    cut = f"{inputs.crop} px out of {inputs.resize or 'the image'}" if inputs.crop else f"stretched to {inputs.resize} px"
    mirrored = ", half mirrored" if inputs.mirror else ""
    tested = {"whole": "the whole image", "five": "5 crops", "random-25": "25 crops"}[inputs.test_crops]
    stages = "; then ".join(documented_stage(stage) for stage in baseline.stages)
    cells = (
        f"`{baseline.name}`",
        f"{baseline.title}: {baseline.source}",
        f"{cut}{mirrored}; tested on {tested}",
        {"mse": "MSE", "l1": "L1"}[baseline.loss],
        stages,
        baseline.recipe,
        f"{baseline.weights.origin} ({baseline.weights.licence})",
        baseline.deviations,
    )
    return f"| {' | '.join(cells)} |"


def documented_stage(stage: TrainingStage) -> str:
    optimiser = {"adam": "Adam", "adamw": "AdamW", "sgd": f"SGD, momentum {stage.momentum}"}[stage.optimiser]
    rate = f"{stage.learning_rate:.0e}".replace("e-0", "e-")
    if stage.backbone_learning_rate is None:
        rate += ", backbone still"
    elif stage.backbone_learning_rate != stage.learning_rate:
        rate += f", backbone {stage.backbone_learning_rate:.0e}".replace("e-0", "e-")
    decay = f", × {stage.decay_factor} every {stage.decay_epochs} epochs" if stage.decay_epochs else ""
    return f"{optimiser}, {rate}{decay}, decay {stage.weight_decay:.0e}, batch {stage.batch_size}, {stage.epochs} epochs".replace(
        "e-0", "e-"
    )


def test_the_documented_table_is_the_registry() -> None:
    lines = (REPOSITORY / "docs" / "baselines.md").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line.startswith("| `")] == [documented(baseline) for baseline in BASELINES.values()]
