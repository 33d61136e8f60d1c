"""encoders/timm_backbone.py and timm_library.py: any network of timm as an encoder, and what is said when it can't be."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from conftest import PACKAGE, SAMPLE
from retort_scorer.baselines.baseline import build_baseline
from retort_scorer.baselines.registry import find_baseline
from retort_scorer.encoders.timm_backbone import TimmBackbone
from retort_scorer.errors import ScorerError
from retort_scorer.source_image import read_source_image

IMAGE = next(iter(sorted((SAMPLE / "images").glob("DALLE2*.jpg"))))


# A map, a map with its channels last, a sequence with a class token in front, one without.
@pytest.mark.parametrize(
    ("name", "tokens", "width", "vector"),
    [
        ("resnet10t", 36, 512, 512),
        ("swin_tiny_patch4_window7_224", 49, 768, 768),
        ("vit_tiny_patch16_224", 196, 192, 192),
        ("mixer_s32_224", 49, 512, 512),
    ],
)
def test_a_network_gives_cells_and_a_vector(name: str, tokens: int, width: int, vector: int) -> None:
    encoder = TimmBackbone(name, random_seed=5)
    features = encoder.encode_image(read_source_image(IMAGE, encoder.side))
    assert features.tokens.shape == (tokens, width) and features.vector.shape == (vector,)
    assert torch.isfinite(features.tokens).all() and features.tokens.std(dim=0).max() > 0


def test_cells_lie_row_by_row() -> None:
    encoder = TimmBackbone("resnet10t", random_seed=5)
    plain = torch.full((1, 3, encoder.side, encoder.side), 128.0)
    spotted = plain.clone()
    spotted[..., :16, -16:] = 255
    change = (encoder.encode_image(spotted).tokens - encoder.encode_image(plain).tokens).abs().mean(dim=1)
    assert int(change.argmax()) == 5  # the last of six in the first row


def test_random_weights_are_in_the_revisions_name() -> None:
    first, again, other = (TimmBackbone("resnet10t", random_seed=seed) for seed in (5, 5, 6))
    assert first.revision.startswith("timm-") and first.revision.endswith("-resnet10t-176px-random-5")
    assert other.revision != first.revision
    pixels = read_source_image(IMAGE, first.side)
    assert torch.equal(first.encode_image(pixels).vector, again.encode_image(pixels).vector)
    assert not torch.equal(first.encode_image(pixels).vector, other.encode_image(pixels).vector)


def test_networks_and_weights_that_timm_does_not_have_are_named() -> None:
    with pytest.raises(ScorerError, match=r"has no network 'resnet5000': near it are .*resnet50\b"):
        TimmBackbone("resnet5000", random_seed=0)
    with pytest.raises(ScorerError, match=r"timm's resnet50 has no weights 'clip': there are .*tv_in1k"):
        TimmBackbone("resnet50.clip", random_seed=0)


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No cache, and a proxy that refuses every connection at once."""
    for variable in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(variable, "http://127.0.0.1:9")
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))


@pytest.mark.usefixtures("no_network")
@pytest.mark.parametrize(("name", "what"), [("resnet50", "timm's resnet50.tv_in1k"), ("vil", "ViL-S")])
def test_weights_that_cannot_be_fetched_are_one_sentence(name: str, what: str) -> None:
    with pytest.raises(ScorerError, match=rf"^The weights of {what} could not be fetched \(.*\): let this machine reach .*\.$"):
        build_baseline(find_baseline(name))


def test_a_missing_timm_is_one_sentence_with_its_command() -> None:
    program = (
        "from retort_scorer.baselines.registry import find_baseline\n"
        "from retort_scorer.baselines.baseline import build_baseline\n"
        "build_baseline(find_baseline('mgqa'), random_seed=0)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE)}
    ran = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False)
    assert ran.stderr.strip().splitlines()[-1] == (
        "retort_scorer.errors.ScorerError: The Python package timm is missing: "
        "run pip install -r packages/scorer/requirements-baselines.txt in the scorer's environment."
    )
