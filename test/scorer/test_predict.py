"""predict.py and checkpoint.py: new images, one scorer file, nothing else."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from safetensors.torch import save

from retort_scorer.checkpoint import read_checkpoint, write_checkpoint
from retort_scorer.encoders.registry import describe_encoder
from retort_scorer.errors import CheckpointUnreadableError
from retort_scorer.heads.head_inputs import HeadWidths
from retort_scorer.heads.level_reduction import LevelReduction
from retort_scorer.heads.neural_head import NeuralHead, NeuralShape
from retort_scorer.mixers.mixer import MixerShape
from retort_scorer.predict import run_predict

LEVELS = describe_encoder("embedded").levels
WIDTHS = HeadWidths((1,) * len(LEVELS), 0, 384)


def empty_scorer(aspect: str) -> tuple[LevelReduction, NeuralHead]:
    """A reduction that looks at a number a level, and a head with random weights whose predictions spread over the scale."""
    reduction = LevelReduction(LEVELS, WIDTHS.levels)
    for place in range(len(LEVELS)):
        reduction.get_buffer(f"basis{place}")[place % 3] = 1
    head = NeuralHead(NeuralShape(uses_text=aspect == "correspondence", sizes=MixerShape(d_model=16)), WIDTHS)
    head.mos_mean.fill_(2.5)
    return reduction, head


def write_scorer(path: Path, **changes: Any) -> Path:
    torch.manual_seed(0)
    revisions = describe_encoder("embedded").revisions
    tensors, aspects = {}, {}
    for aspect, half_width in (("quality", 0.5), ("correspondence", None)):
        reduction, head = empty_scorer(aspect)
        aspects[aspect] = {
            "reduction": reduction.describe(),
            "head": head.describe(),
            "conformal": {"half_width": half_width},
        }
        tensors |= {f"{aspect}.reduction.{name}": tensor for name, tensor in reduction.state_dict().items()}
        tensors |= {f"{aspect}.head.{name}": tensor for name, tensor in head.state_dict().items()}
    header = {
        "encoder": "embedded",
        "encoder_revision": {"image": revisions.image, "text": revisions.text},
        "aspects": aspects,
        **changes,
    }
    write_checkpoint(path, tensors, header)
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("predict")
    for number in range(3):
        Image.effect_noise((90, 60 + number), 40 * (number + 1)).convert("RGB").save(folder / f"{number}.png")
    (folder / "broken.png").write_bytes(b"<html>")
    yield folder


def predict(folder: Path, names: list[str], prompt: str | None) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    listing, out = folder / "images.jsonl", folder / "out.jsonl"
    rows = [{"image": name, "path": str(folder / name), "image_prompt": prompt} for name in names]
    listing.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    checkpoint = write_scorer(folder / "scorer.safetensors")
    command = {"checkpoint": str(checkpoint), "feature_store": None, "images": str(listing), "out": str(out)}
    result = run_predict(command, lambda event, **fields: None, lambda: False)
    return result, [json.loads(line) for line in out.read_text().splitlines()]


def test_an_image_scores_the_same_alone_and_among_others(folder: Path) -> None:
    _, together = predict(folder, ["0.png", "1.png", "2.png"], "grey noise")
    _, alone = predict(folder, ["1.png"], "grey noise")
    among = [line for line in together if line["image"] == "1.png"]
    assert [line["aspect"] for line in among] == ["quality", "correspondence"]
    for left, right in zip(alone, among, strict=True):
        assert left["predicted_mos"] == pytest.approx(right["predicted_mos"], abs=1e-4)
    assert len({line["predicted_mos"] for line in together}) == 6


def test_intervals_are_the_half_width_around_the_prediction_or_none(folder: Path) -> None:
    _, (quality, correspondence) = predict(folder, ["0.png"], "grey noise")
    assert quality["high"] - quality["predicted_mos"] == pytest.approx(0.5)
    assert quality["predicted_mos"] - quality["low"] == pytest.approx(0.5)
    assert (correspondence["low"], correspondence["high"]) == (None, None)


def test_without_an_image_prompt_correspondence_is_skipped_with_a_reason(folder: Path) -> None:
    result, lines = predict(folder, ["0.png"], None)
    assert [line["aspect"] for line in lines] == ["quality"]
    assert result["skipped"][0]["aspect"] == "correspondence" and "needs the image prompt" in result["skipped"][0]["reason"]


def test_an_unreadable_image_is_named_and_the_others_go_on(folder: Path) -> None:
    result, lines = predict(folder, ["broken.png", "missing.png", "2.png"], None)
    assert [entry["image"] for entry in result["failed"]] == ["broken.png", "missing.png"]
    assert [line["image"] for line in lines] == ["2.png"]


@pytest.mark.parametrize("content", [b"", b"junk" * 10, save({"a": torch.ones(1)})])
def test_a_file_that_is_no_scorer_is_refused_in_a_sentence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "scorer.safetensors").write_bytes(content)
    with pytest.raises(CheckpointUnreadableError, match=r"scorer\.safetensors"):
        read_checkpoint(tmp_path / "scorer.safetensors")


NARROW = {
    "reduction": LevelReduction((3, 4), (1, 1)).describe(),
    "head": NeuralHead(NeuralShape(sizes=MixerShape(d_model=16)), HeadWidths((1, 1), 0, 384)).describe(),
}


def test_a_checkpoint_of_another_format_or_shape_is_refused(tmp_path: Path) -> None:
    newer = write_scorer(tmp_path / "newer.safetensors", format_version=99)
    with pytest.raises(CheckpointUnreadableError, match="format version 99"):
        read_checkpoint(newer)
    narrow = write_scorer(tmp_path / "narrow.safetensors", aspects={"quality": {**NARROW, "conformal": {"half_width": None}}})
    with pytest.raises(CheckpointUnreadableError, match="damaged"):
        read_checkpoint(narrow)


def test_a_checkpoint_on_features_of_another_encoder_is_refused(tmp_path: Path) -> None:
    path = write_scorer(tmp_path / "old.safetensors", encoder_revision={"image": "old.v0", "text": "old.v0"})
    with pytest.raises(CheckpointUnreadableError, match=r"fitted on features old\.v0"):
        run_predict({"checkpoint": str(path), "images": "none", "out": "none"}, lambda event, **fields: None, lambda: False)
