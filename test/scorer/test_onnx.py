"""onnx_graph.py, onnx_export.py and xlstm/plain_stack.py: plain operations against the fast ones, ONNX against PyTorch."""

from pathlib import Path

import pytest
import torch
from test_predict import write_scorer

from retort_scorer.checkpoint import AspectScorer, read_checkpoint, write_checkpoint
from retort_scorer.encoders.embedded import EmbeddedEncoder
from retort_scorer.errors import ScorerError
from retort_scorer.feature_store import Features
from retort_scorer.feature_table import build_feature_table
from retort_scorer.heads.ensemble import Ensemble
from retort_scorer.heads.head_inputs import HeadInputs, HeadWidths
from retort_scorer.heads.kernel_ridge import KernelRidge
from retort_scorer.heads.level_reduction import LevelReduction
from retort_scorer.heads.neural_head import NeuralHead, NeuralShape
from retort_scorer.heads.ridge import Ridge
from retort_scorer.mixers.mixer import MixerShape
from retort_scorer.onnx_graph import ScorerGraph, plain_head
from retort_scorer.xlstm.plain_stack import PlainStack
from retort_scorer.xlstm.shape import XlstmShape
from retort_scorer.xlstm.stack import XlstmStack

SAMPLE = Path(__file__).resolve().parents[2] / "packages" / "datasets" / "sample" / "images"
COMPONENTS = (3, 4)


@pytest.mark.parametrize("shape", [XlstmShape(d_model=16, num_heads=2), XlstmShape(d_model=32, num_heads=4, slstm_at=(0, 2))])
@pytest.mark.parametrize("S", [1, 2, 13])
def test_the_plain_stack_equals_the_fast_one(shape: XlstmShape, S: int) -> None:
    torch.manual_seed(0)
    stack = XlstmStack(shape).double().eval()
    with torch.no_grad():
        for weight in stack.parameters():
            weight.add_(0.1 * torch.randn_like(weight))
        x = torch.randn(3, S, shape.d_model, dtype=torch.float64)
        assert torch.allclose(PlainStack(stack)(x), stack(x), atol=1e-12)


def random_heads() -> list[NeuralHead | KernelRidge | Ridge]:
    neural = NeuralHead(NeuralShape(sizes=MixerShape(d_model=16)), HeadWidths(COMPONENTS, 0, 384))
    pooled = NeuralHead(NeuralShape(pooling="attention", sizes=MixerShape(d_model=16)), HeadWidths(COMPONENTS, 0, 384))
    kernel, ridge = KernelRidge(COMPONENTS, 6, 0), Ridge(sum(COMPONENTS), 0)
    kernel.centres.normal_()
    kernel.weights.normal_()
    ridge.weights.normal_()
    return [neural, pooled, kernel, ridge]


@torch.no_grad()
def test_plain_heads_predict_as_the_heads_themselves() -> None:
    torch.manual_seed(1)
    heads = random_heads()
    reduction = LevelReduction((5, 6), COMPONENTS)
    for place, (width, count) in enumerate(zip((5, 6), COMPONENTS, strict=True)):
        reduction.get_buffer(f"basis{place}").copy_(torch.randn(width, count))
    vector = torch.randn(11).half()
    inputs = HeadInputs(build_feature_table([(Features(torch.zeros(0, 1), vector), None)]), reduction)
    for head in [*heads, Ensemble(heads, [1, 2, 3, 4])]:
        expected = head.eval().predict(inputs)
        assert torch.allclose(plain_head(head)(reduction(vector.unsqueeze(0)), reduction), expected, atol=1e-5)


def write_mixed_scorer(path: Path) -> Path:
    """As ``write_scorer``, with kernel ridge and ridge beside the network for quality."""
    checkpoint = read_checkpoint(write_scorer(path))
    torch.manual_seed(2)
    quality = checkpoint.aspects["quality"]
    kernel = KernelRidge(quality.reduction.components, 8, 0)
    kernel.centres.normal_()
    kernel.weights.normal_()
    kernel.mos_mean.fill_(2.5)
    ridge = Ridge(sum(quality.reduction.components), 0)
    ridge.weights.normal_(std=0.1)
    ridge.offset.fill_(2.5)
    head = Ensemble([quality.head, kernel, ridge], [0.4, 0.3, 0.3])
    scorers = {**checkpoint.aspects, "quality": AspectScorer(quality.reduction, head, 0.5)}
    aspects = {
        aspect: {
            "reduction": scorer.reduction.describe(),
            "head": scorer.head.describe(),
            "conformal": {"half_width": scorer.half_width},
        }
        for aspect, scorer in scorers.items()
    }
    parts = {aspect: {"reduction": scorer.reduction, "head": scorer.head} for aspect, scorer in scorers.items()}
    tensors = {
        f"{aspect}.{kind}.{name}": tensor
        for aspect, modules in parts.items()
        for kind, module in modules.items()
        for name, tensor in module.state_dict().items()
    }
    kept = {name: value for name, value in checkpoint.header.items() if name not in ("format_version", "same_as")}
    write_checkpoint(path, tensors, {**kept, "aspects": aspects})
    return path


def test_a_pack_has_an_onnx_file_that_says_what_pytorch_says(tmp_path: Path) -> None:
    pytest.importorskip("onnx", reason="onnx isn't installed (requirements-onnx.txt)")
    onnxruntime = pytest.importorskip("onnxruntime", reason="onnxruntime isn't installed (requirements-onnx.txt)")
    from retort_scorer.onnx_export import TOLERANCE, export_onnx

    checkpoint = read_checkpoint(write_mixed_scorer(tmp_path / "scorer.safetensors"))
    images = sorted(SAMPLE.iterdir())[::60]
    check = export_onnx(checkpoint, tmp_path / "scorer.onnx", images)
    assert (check.aspects, check.left_out, check.images) == (("quality",), ("correspondence",), len(images))
    assert 0 <= check.largest_difference <= TOLERANCE
    session = onnxruntime.InferenceSession(tmp_path / "scorer.onnx")
    assert [(given.name, given.shape) for given in session.get_inputs()] == [("pixels", [1, 3, 512, 512])]
    said = {float(session.run(None, {"pixels": torch.full((1, 3, 512, 512), level).numpy()})[0][0]) for level in (0.0, 90.0, 255.0)}
    assert len(said) == 3
    export_onnx(checkpoint, tmp_path / "again.onnx", images[:1])
    assert (tmp_path / "again.onnx").read_bytes() == (tmp_path / "scorer.onnx").read_bytes()


def test_a_graph_that_differs_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("onnx", reason="onnx isn't installed (requirements-onnx.txt)")
    pytest.importorskip("onnxruntime", reason="onnxruntime isn't installed (requirements-onnx.txt)")
    from retort_scorer import onnx_export

    checkpoint = read_checkpoint(write_scorer(tmp_path / "scorer.safetensors"))
    shifted = EmbeddedEncoder("embedded")
    with torch.no_grad():
        shifted.networks[0].stem.bias += 0.5
    monkeypatch.setattr(onnx_export, "ScorerGraph", lambda networks, scorers: ScorerGraph(shifted.networks, scorers))
    with pytest.raises(ScorerError, match="differs by"):
        onnx_export.export_onnx(checkpoint, tmp_path / "scorer.onnx", sorted(SAMPLE.iterdir())[:1])
    assert not (tmp_path / "scorer.onnx").exists()


def test_a_head_without_a_plain_form_is_refused_in_a_sentence() -> None:
    head = NeuralHead(NeuralShape(mixer="gru", sizes=MixerShape(d_model=16)), HeadWidths(COMPONENTS, 0, 384))
    with pytest.raises(ScorerError, match="ONNX knows xlstm, kernel-ridge and ridge"):
        plain_head(head)
